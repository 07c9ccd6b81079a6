"""Vendors, from the report `vendor_directory`: it knows trades, insurance and how to reach them. By its
`vendor_integration_id` work orders name a vendor. AppFolio approves a vendor for the whole account."""

from __future__ import annotations

from typing import Final

from app.db.models.maintenance import Vendor as VendorRow
from app.integrations.appfolio import models
from app.integrations.appfolio.ids import SOURCE, read_model_id
from app.integrations.appfolio.reports import ReportsClient
from app.integrations.appfolio.statuses import TRADE
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.paging import Mark
from app.integrations.records import parsed, phone, sample_of

DIRECTORY: Final = "vendor_directory"
EVERYWHERE_HERE: Final = f"{SOURCE}:*"


class VendorReader:
    """Reads vendors."""

    def __init__(self, reports: ReportsClient) -> None:
        self._reports = reports

    async def read(self, reading: Reading) -> Page:
        """A page of vendors. One that may not be sent anywhere is left out."""
        step = await self._reports.listing(DIRECTORY, {"vendor_visibility": "active"}).step(Mark.of(reading.cursor))
        problems = Problems()
        vendors = parsed(models.Vendor, step.records, problems, id_key="vendor_id")
        rows = [_row(one, problems) for one in vendors if not one.do_not_use]
        gone = tuple((VendorRow, read_model_id(one.id)) for one in vendors if one.do_not_use)
        sample = sample_of(step.records, "vendor_id")
        return Page((Batch(VendorRow, rows),), step.cursor(), problems.all(), gone, sample)


def _row(one: models.Vendor, problems: Problems) -> Row:
    if not one.shown_name:
        problems.add("vendor without a name", one.id)
    return {
        "id": read_model_id(one.id),
        "name": (one.shown_name or "Unnamed vendor")[:120],
        "category": _category(one, problems),
        "phone": phone(one.phones),
        "email": one.email[:200],
        "property_ids": EVERYWHERE_HERE,
        "insured_until": one.insured_until,
        "rating": None,
    }


def _category(one: models.Vendor, problems: Problems) -> str:
    """The first of its trades that is known; "general" without one."""
    trades = [" ".join(trade.lower().split()) for trade in one.trades.split(",")]
    known = [TRADE[trade] for trade in trades if trade in TRADE]
    if not known and any(trades):
        problems.add(f"unknown vendor trade: {one.trades[:60]}", one.id)
    return known[0] if known else "general"
