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
from app.integrations.appfolio.reports import ReportsClient
from app.integrations.appfolio.statuses import CHARGE_CODE
from app.integrations.appfolio.totals import Totals
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.paging import Mark
from app.integrations.records import parsed, sample_of

RECEIPTS: Final = "receivables_activity"
_CHARGES: Final = "charges"
_FIRST_DAY: Final = date(1990, 1, 1)
_WINDOW_MONTHS: Final = 12
_AHEAD: Final = timedelta(days=31)
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class LedgerReader:
    """Reads ledgers. The parts of a reading are `charges`, then for payments the first days of windows; a full reading
    begins with everything before the horizon, so that sums over a ledger are its balance."""

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
        mark = Mark.of(reading.cursor, _CHARGES)
        if not reading.cursor:
            self._totals.begin(whole=reading.since is None)
        read = self._charges if mark.part == _CHARGES else self._receipts
        return await read(reading, mark, places, problems)

    async def _charges(self, reading: Reading, mark: Mark, places: Places, problems: Problems) -> Page:
        step = await self._database.listing("charges", reading.since or EVER).step(mark)
        charges = parsed(models.Charge, step.records, problems, id_key="Id")
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
        sample = sample_of(step.records, "Id")
        return Page((Batch(LedgerEntry, rows),), step.cursor(first), problems.all(), sample=sample)

    async def _receipts(self, reading: Reading, mark: Mark, places: Places, problems: Problems) -> Page:
        start, last = date.fromisoformat(mark.part), self._clock.now().date() + _AHEAD
        end = min(self._window_end(reading, start), last)
        days = {"receipt_date_from": start.isoformat(), "receipt_date_to": end.isoformat()}
        step = await self._reports.listing(RECEIPTS, days).step(mark)
        if not step.mark.place or not self._payers:
            self._payers = self._households.payers(places)
        rows: list[Row] = []
        for receipt in parsed(models.Receipt, step.records, problems, id_key="txn_id"):
            household = self._payer(receipt, problems)
            row = _receipt_row(receipt, household, problems) if household is not None else None
            if row is not None and household is not None:
                row["property_id"] = read_model_id(_property_of(household))
                self._totals.add(household, row, places)
                rows.append(row)
        cursor = step.cursor((end + timedelta(days=1)).isoformat() if end < last else None)
        if not cursor:
            await self._totals.compare(self._clock.now().date(), places, problems)
        return Page((Batch(LedgerEntry, rows),), cursor, problems.all())

    def _window_end(self, reading: Reading, start: date) -> date:
        """The last day of the window: all before the horizon, then a year each."""
        if start < reading.horizon:
            return reading.horizon - timedelta(days=1)
        year, month = divmod(start.year * 12 + start.month - 1 + _WINDOW_MONTHS, 12)
        return date(year, month + 1, 1) - timedelta(days=1)

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
