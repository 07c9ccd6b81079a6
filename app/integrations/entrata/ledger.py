"""Charges, payments and credits of a property, in windows of a few months, so that an answer stays small."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

from app.db.models.leasing import LedgerEntry
from app.domain.clock import Clock
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, inside, mountain_day, text, wire_day
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.statuses import CHARGE_CODE

LEDGER: Final = Method("artransactions", "getLeaseArTransactions")
WINDOW_MONTHS: Final = 3  # of a full reading; what changed since the last one is less
SINCE_MONTHS: Final = 6
_AHEAD: Final = timedelta(days=62)  # charges may be posted for the months to come
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class LedgerReader:
    """Reads ledgers. The cursor is the first day of the next window; a full reading begins with everything before
    the horizon, so that sums over a ledger are its balance however long a household has lived there."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def read(self, reading: Reading) -> Page:
        params: dict[str, Any] = {"propertyId": int(reading.property_id), "showFullLedger": 1, "includeReversals": 1}
        last_day = mountain_day(self._clock.now()) + _AHEAD
        start = date.fromisoformat(reading.cursor) if reading.cursor else None
        if reading.since is not None:
            start = start or mountain_day(reading.since)
        if start is None:
            following = reading.horizon
        else:
            following = _months_later(start, WINDOW_MONTHS if reading.since is None else SINCE_MONTHS)
            params["transactionFromDate"] = wire_day(start)
        if following <= last_day:
            params["transactionToDate"] = wire_day(following - timedelta(days=1))
        problems = Problems()
        found = await self._client.call(LEDGER, params)
        home = read_model_id(reading.property_id)
        rows: list[Row] = []
        for lease in as_list(inside(found.value, "leases", "lease")):
            for customer in as_list(inside(lease, "customers", "customer")):
                # The ledgers hang on the customer; some answers put them beside the customers.
                rows.extend(_rows_of(customer, lease, home, problems))
            rows.extend(_rows_of(inside(lease, "customers"), lease, home, problems))
        cursor = following.isoformat() if following <= last_day else ""
        return Page((Batch(LedgerEntry, rows),), cursor, problems.all())


def _rows_of(holder: Any, lease: Any, home: str, problems: Problems) -> list[Row]:
    rows: list[Row] = []
    for ledger in as_list(inside(holder, "ledgers", "ledger")):
        items = as_list(inside(ledger, "transactions", "transaction"))
        interval = ""
        for entry in models.parsed(models.Transaction, items, problems, id_key="id"):
            interval = entry.interval_id or interval
            row = _row(entry, interval, home, problems)
            if row is not None:
                rows.append(row)
    return rows


def _row(entry: models.Transaction, interval: str, home: str, problems: Problems) -> Row | None:
    """A ledger row; None for a temporary entry and for one that lacks what a ledger row is."""
    posted = entry.posted or entry.dated
    if entry.temporary:
        return None
    if entry.amount is None or posted is None or not interval:
        lacks = "an amount" if entry.amount is None else "a date" if posted is None else "a lease term"
        problems.add(f"ledger entry without {lacks}", entry.id)
        return None
    code = CHARGE_CODE.get(entry.code.lower())
    if code is None:
        code = _SLUG.sub("_", entry.code.lower()).strip("_") or "unnamed"
        problems.add(f"unknown charge code: {entry.code[:60] or 'empty'}", entry.id)
    kind = "payment" if entry.payment_id else "credit" if entry.amount < 0 else "charge"
    return {
        "id": read_model_id(entry.id),
        "lease_id": read_model_id(interval),
        "property_id": home,
        "kind": kind,
        "code": code,
        "description": text(entry.description) or entry.code,
        "amount_cents": entry.amount,
        "posted_on": posted,
        "due_on": (entry.dated or posted) if kind == "charge" else None,
    }


def _months_later(start: date, months: int) -> date:
    """The first of the month that many months after the start's month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, 1)
