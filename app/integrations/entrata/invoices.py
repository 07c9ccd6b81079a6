"""Vendors' invoices, from version r1 of getInvoices: r2 no longer says which property a line is for.

An invoice of several properties belongs to none of them in the read model: it counts once, for those who see all.
Entrata approves an invoice by posting it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from app.db.models.finance import Invoice as InvoiceRow
from app.domain.clock import Clock
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, inside, mountain_day, optional_id, wire_day
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.windows import window
from app.integrations.paging import Mark
from app.integrations.records import UNKNOWN, parsed, sample_of

INVOICES: Final = Method("vendors", "getInvoices")
LOOK_BACK: Final = timedelta(days=90)  # invoices are asked for by the day they were posted
_WINDOW: Final = timedelta(days=92)
_POSTED, _PAID = "posted", "paid"


class InvoiceReader:
    """Reads the organization's invoices: a full reading by quarters of their post day since the horizon, an
    incremental one those posted lately, then those that were paid since."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client, self._clock = client, clock

    async def read(self, reading: Reading) -> Page:
        """A page of invoices."""
        params, cursor = self._asked(reading)
        found = await self._client.call(INVOICES, {**params, "includeExported": 1})
        problems = Problems()
        items = as_list(inside(found, "invoices", "invoice"))
        read = [_row(one, problems) for one in parsed(models.Invoice, items, problems, id_key="id")]
        rows = {row["id"]: row for row in read if row is not None}
        batch = Batch(InvoiceRow, list(rows.values()))
        return Page((batch,), cursor, problems.all(), sample=sample_of(items, "id"))

    def _asked(self, reading: Reading) -> tuple[dict[str, Any], str]:
        """The parameters of this page, and the cursor of the next."""
        if reading.since is None:
            first, last, cursor = window(reading, mountain_day(self._clock.now()), _WINDOW)
            return {"fromDate": wire_day(first), **({"toDate": wire_day(last)} if last else {})}, cursor
        since = mountain_day(reading.since)
        if Mark.of(reading.cursor, _POSTED).part == _POSTED:
            return {"fromDate": wire_day(max(reading.horizon, since - LOOK_BACK))}, Mark(_PAID).cursor
        return {"paidInvoiceFromDate": wire_day(since)}, ""


def _row(one: models.Invoice, problems: Problems) -> Row | None:
    """The canonical row; None for an invoice that lacks what an invoice is."""
    lacking = "an amount" if one.amount is None else "a day" if one.dated is None or one.due is None else ""
    if lacking:
        problems.add(f"invoice without {lacking}", one.id)
        return None
    status = _status(one, problems)
    paid = [payment.paid for payment in one.payments if payment.paid is not None and not payment.reversed]
    return {
        "id": read_model_id(one.id),
        "number": one.number[:40] or one.id[:40],
        "vendor_id": read_model_id(one.vendor_id),
        "property_id": _home(one, problems),
        "amount_cents": one.amount,
        "invoiced_on": one.dated,
        "due_on": one.due,
        "paid_on": max(paid, default=None) if status == "paid" else None,
        "status": status,
        "description": one.note[:200],
    }


def _status(one: models.Invoice, problems: Problems) -> str:
    if one.posted is None or one.open_amount is None:
        lacks = "whether it is posted" if one.posted is None else "what is still due"
        problems.add(f"invoice that does not say {lacks}", one.id)
        return UNKNOWN
    if not one.posted:
        return "pending_approval"
    if one.open_amount == 0:
        return "paid"
    if one.open_amount != one.amount:
        problems.add("partly paid invoice, shown with its whole amount", one.id)
    return "unpaid"


def _home(one: models.Invoice, problems: Problems) -> str | None:
    """The property that all lines are for; None when they are for several."""
    try:
        homes = {optional_id(inside(line, "property", "id")) for line in one.lines}
    except ValueError:
        homes = {None}
    if not homes or None in homes:
        problems.add("invoice with a line for no property", one.id)
        return None
    return read_model_id(str(homes.pop())) if len(homes) == 1 else None
