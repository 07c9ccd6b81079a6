"""Charges, payments and credits of a property, in windows of a few months, so that an answer stays small."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from app.db.models.leasing import LedgerEntry
from app.domain.clock import Clock
from app.integrations.base import SAMPLED, Batch, Page, Problems, Reading, Row
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import (
    as_list,
    cents,
    day,
    inside,
    mountain_day,
    optional_id,
    record_id,
    text,
    wire_day,
    yes,
)
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.statuses import CHARGE_CODE
from app.integrations.paging import Mark
from app.integrations.records import sample_of

LEDGER: Final = Method("artransactions", "getLeaseArTransactions")
WINDOW_MONTHS: Final = 3  # of a full reading; what changed since the last one is less
SINCE_MONTHS: Final = 6
_AHEAD: Final = timedelta(days=62)  # charges may be posted for the months to come
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class LedgerReader:
    """Reads ledgers. A part is the first day of a window; a full reading begins with everything before
    the horizon, so that sums over a ledger are its balance however long a household has lived there."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def read(self, reading: Reading) -> Page:
        params: dict[str, Any] = {"propertyId": int(reading.property_id), "showFullLedger": 1, "includeReversals": 1}
        last_day = mountain_day(self._clock.now()) + _AHEAD
        mark = Mark.of(reading.cursor)
        start = date.fromisoformat(mark.part) if mark.part else None
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
        sample: dict[str, dict[str, Any]] = {}
        owed: dict[str, int] = {}
        for lease in as_list(inside(found, "leases", "lease")):
            for ledger in _ledgers(lease):
                rows.extend(_rows_of(ledger, home, problems))
                _take_balance(lease, ledger, owed, problems)
                if len(sample) < SAMPLED:
                    sample |= sample_of(as_list(inside(ledger, "transactions", "transaction")), "id")
        cursor = mark.then(following.isoformat() if following <= last_day else None)
        return Page((Batch(LedgerEntry, rows),), cursor, problems.all(), sample=sample, owed=owed)


def _ledgers(lease: Any) -> list[Any]:
    """The ledgers hang on the customers; some answers put them beside the customers."""
    holders = [*as_list(inside(lease, "customers", "customer")), inside(lease, "customers")]
    return [ledger for holder in holders for ledger in as_list(inside(holder, "ledgers", "ledger"))]


def _take_balance(lease: Any, ledger: Any, owed: dict[str, int], problems: Problems) -> None:
    """What Entrata says of a ledger as a whole; it is the same in every window."""
    account = f"{text(inside(lease, 'id'))}/{text(inside(ledger, 'id'))}"
    try:
        balance = cents(inside(ledger, "balance"))
    except ValueError:
        problems.add("ledger with an unreadable balance", account)
        return
    if balance is not None:
        owed[account] = balance


def _rows_of(ledger: Any, home: str, problems: Problems) -> list[Row]:
    rows: list[Row] = []
    interval = ""
    for item in as_list(inside(ledger, "transactions", "transaction")):
        entry = _entry(item, problems)
        if entry is not None and not entry.temporary:
            interval = entry.interval_id or interval
            row = _row(entry, interval, home, problems)
            if row is not None:
                rows.append(row)
    return rows


class _Entry(NamedTuple):
    """A transaction as it was read."""

    id: str
    interval_id: str | None
    code: str
    description: str
    dated: date | None
    posted: date | None
    amount: int | None  # cents
    payment_id: str | None
    temporary: bool


# Ledgers are most of what a sync reads, so their entries are read without a model: one function per field, in the
# order of _Entry.
_FIELDS: Final[tuple[tuple[str, Callable[[Any], Any]], ...]] = (
    ("id", record_id),
    ("leaseIntervalId", optional_id),
    ("arCodeName", text),
    ("description", text),
    ("transactionDate", day),
    ("postDate", day),
    ("amount", cents),
    ("arPaymentId", optional_id),
    ("isTemporary", yes),
)


def _entry(item: Any, problems: Problems) -> _Entry | None:
    """The transaction; None, and a problem with the field that is wrong, when it can't be read."""
    if not isinstance(item, dict):
        problems.add("unreadable ledger entry: not an object", "without an id")
        return None
    try:
        return _Entry._make([read(item.get(field)) for field, read in _FIELDS])
    except ValueError:
        field, reason = _first_wrong(item)
        problems.add(f"unreadable ledger entry: {field} {reason}", str(item.get("id"))[:40])
        return None


def _first_wrong(item: dict[str, Any]) -> tuple[str, str]:
    for field, read in _FIELDS:
        try:
            read(item.get(field))
        except ValueError as wrong:
            return field, str(wrong) if str(wrong).startswith("is ") else "is not readable"
    return "", ""


def _row(entry: _Entry, interval: str, home: str, problems: Problems) -> Row | None:
    """A ledger row; None for an entry that lacks what a ledger row is."""
    posted = entry.posted or entry.dated
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
        "description": entry.description or entry.code,
        "amount_cents": entry.amount,
        "posted_on": posted,
        "due_on": (entry.dated or posted) if kind == "charge" else None,
    }


def _months_later(start: date, months: int) -> date:
    """The first of the month that many months after the start's month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, 1)
