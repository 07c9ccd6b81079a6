"""Charges and payments. The Database API lists charges (credits are negative ones) by what changed; payments are only
in the report `receivables_activity`, by the day they were received and with the payer's name instead of an id.

A payment belongs to the household of that name that moved in on that day at that property. One that fits no household,
or several, is reported and left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from app.db.models.leasing import LedgerEntry
from app.domain.clock import Clock
from app.integrations.appfolio import models
from app.integrations.appfolio.database import EVER, DatabaseClient
from app.integrations.appfolio.directory import Directory, Places
from app.integrations.appfolio.fields import name_words, plain_name
from app.integrations.appfolio.households import Household, Households, PayerKey
from app.integrations.appfolio.ids import read_model_id
from app.integrations.appfolio.reports import ReportPage, ReportsClient
from app.integrations.appfolio.statuses import CHARGE_CODE
from app.integrations.appfolio.totals import Totals
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.records import parsed, sample_of

RECEIPTS: Final = "receivables_activity"
_FIRST_DAY: Final = date(1990, 1, 1)
_WINDOW_MONTHS: Final = 12
_AHEAD: Final = timedelta(days=31)
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class LedgerReader:
    """Reads ledgers. Cursors are `c:<page>` for charges, then `r:<first day of a window>:<query of its next page>` for
    payments; a full reading begins with everything before the horizon, so that sums over a ledger are its balance."""

    def __init__(
        self,
        database: DatabaseClient,
        reports: ReportsClient,
        households: Households,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._database, self._reports, self._households = database, reports, households
        self._directory, self._clock = directory, clock
        self._totals = Totals(reports)
        self._payers: dict[PayerKey, set[str]] = {}

    async def read(self, reading: Reading) -> Page:
        problems = Problems()
        await self._households.ensure(problems)
        places = await self._directory.places()
        part, _, rest = (reading.cursor or "c:1").partition(":")
        if not reading.cursor:
            self._totals.begin(whole=reading.since is None)
        if part == "c":
            return await self._charges(reading, int(rest), places, problems)
        start, _, query = rest.partition(":")
        return await self._receipts(reading, date.fromisoformat(start), query, places, problems)

    async def _charges(self, reading: Reading, number: int, places: Places, problems: Problems) -> Page:
        found = await self._database.page("charges", reading.since or EVER, number)
        charges = parsed(models.Charge, found.records, problems, id_key="Id")
        rows: list[Row] = []
        for charge in charges:
            accounts = await self._directory.named("gl_accounts", holding=charge.gl_account_id or "")
            household = self._households.of(charge.occupancy_id)
            if household is None or not household.terms:
                problems.add("charge to an unknown household", charge.id)
                continue
            row = _charge_row(charge, household, accounts, places, problems)
            if row is not None:
                self._totals.add(household, row, places)
                rows.append(row)
        first = (_FIRST_DAY if reading.since is None else reading.since.date()).isoformat()
        cursor = f"c:{found.next_page}" if found.next_page else f"r:{first}:"
        sample = sample_of(found.records, "Id")
        return Page((Batch(LedgerEntry, rows),), cursor, problems.all(), sample=sample)

    async def _receipts(self, reading: Reading, start: date, query: str, places: Places, problems: Problems) -> Page:
        today = self._clock.now().date()
        end = self._window_end(reading, start)
        found = await self._receipt_page(start, min(end, today + _AHEAD), query)
        if not query or not self._payers:
            self._payers = self._households.payers(places)
        rows: list[Row] = []
        for receipt in parsed(models.Receipt, found.rows, problems, id_key="txn_id"):
            household = self._payer(receipt, problems)
            row = _receipt_row(receipt, household, problems) if household is not None else None
            if row is not None and household is not None:
                row["property_id"] = read_model_id(_property_of(household))
                self._totals.add(household, row, places)
                rows.append(row)
        cursor = ""
        if found.following:
            cursor = f"r:{start.isoformat()}:{found.following}"
        elif end < today + _AHEAD:
            cursor = f"r:{(end + timedelta(days=1)).isoformat()}:"
        else:
            await self._totals.compare(today, places, problems)
        return Page((Batch(LedgerEntry, rows),), cursor, problems.all())

    def _window_end(self, reading: Reading, start: date) -> date:
        """The last day of the window: all before the horizon, then a year each."""
        if start < reading.horizon:
            return reading.horizon - timedelta(days=1)
        year, month = divmod(start.year * 12 + start.month - 1 + _WINDOW_MONTHS, 12)
        return date(year, month + 1, 1) - timedelta(days=1)

    async def _receipt_page(self, start: date, end: date, query: str) -> ReportPage:
        """A page of a window; the window's first one again when the link to it has expired."""
        found = await self._reports.page(RECEIPTS, query) if query else None
        if found is None:
            days = {"receipt_date_from": start.isoformat(), "receipt_date_to": end.isoformat()}
            found = await self._reports.run(RECEIPTS, days)
        return found

    def _payer(self, receipt: models.Receipt, problems: Problems) -> Household | None:
        """The one household that a payment can be from; None, and a problem, when there is none or several."""
        if not receipt.id:
            return None  # nothing was received from them
        key = plain_name(receipt.property_name), name_words(receipt.party), receipt.move_in
        fitting = self._payers.get(key, set())
        if len(fitting) == 1:
            return self._households.of(next(iter(fitting)))
        problems.add(f"payment that fits {'no household' if not fitting else 'several households'}", receipt.id)
        return None


def _property_of(household: Household) -> str:
    return next(iter(household.tenants.values())).property_id


def _charge_row(
    charge: models.Charge, household: Household, accounts: Mapping[str, str], places: Places, problems: Problems
) -> Row | None:
    """A ledger row; None for a charge that lacks what a ledger row is."""
    if charge.amount is None or charge.charged is None or not household.tenants:
        lacks = "an amount" if charge.amount is None else "a date" if charge.charged is None else "a property"
        problems.add(f"charge without {lacks}", charge.id)
        return None
    lease = household.lease_on(charge.charged)
    assert lease is not None
    account = accounts.get(charge.gl_account_id or "", "")
    code = CHARGE_CODE.get(plain_name(account))
    if code is None:
        code = _SLUG.sub("_", account.lower()).strip("_") or "unnamed"
        problems.add(f"unknown charge code: {account[:60] or 'empty'}", charge.id)
    kind = "credit" if charge.amount < 0 else "charge"
    return {
        "id": read_model_id(charge.id),
        "lease_id": read_model_id(lease.id),
        "property_id": read_model_id(_property_of(household)),
        "kind": kind,
        "code": code,
        "description": charge.description or account,
        "amount_cents": charge.amount,
        "posted_on": charge.charged,
        "due_on": charge.charged if kind == "charge" else None,
    }


def _receipt_row(receipt: models.Receipt, household: Household, problems: Problems) -> Row | None:
    """A payment, or (with its sign turned) a payment that was taken back."""
    if receipt.amount is None or receipt.received is None:
        problems.add(f"payment without {'an amount' if receipt.amount is None else 'a date'}", receipt.id)
        return None
    lease = household.lease_on(receipt.received)
    if lease is None:
        problems.add("payment to a household without a lease", receipt.id)
        return None
    return {
        "id": read_model_id(f"receipt-{receipt.id[:40]}"),
        "lease_id": read_model_id(lease.id),
        "property_id": "",
        "kind": "payment",
        "code": "payment",
        "description": receipt.remarks or receipt.reference or "Payment",
        "amount_cents": -receipt.amount,
        "posted_on": receipt.received,
        "due_on": None,
    }
