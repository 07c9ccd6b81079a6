"""Every charge, payment and credit of a household, day by day, up to today.

Charges fall due on the first of the month (the first month is prorated). A late fee follows when anything is open
after the grace days. A household pays up before it renews; when it moves out its deposit settles what is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

from app.sandbox.portfolio.calendar import add_months, days_in_month, history_start, month_label, month_starts
from app.sandbox.portfolio.records import EntryKind, Lease, LedgerEntry
from app.sandbox.portfolio.tenancies import Household

LATE_FEE_CENTS = 75_00
GRACE_DAYS = 4
PET_RENT_CENTS = {"cat": 25_00, "dog": 35_00}
PARKING_CENTS = 45_00
_WRITE_OFF_DAYS = 75


@dataclass
class Ledger:
    """The entries of one term while they are being written; `open_cents` is what is owed so far."""

    term: Lease
    today: date
    ids: count[int]
    entries: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    open_cents: int = 0

    def add(self, kind: EntryKind, code: str, description: str, cents: int, day: date) -> None:
        """Write one entry unless its day has not come. Amounts are given as positive numbers."""
        if day > self.today or cents <= 0:
            return
        amount = cents if kind == "charge" else -cents
        self.open_cents += amount
        self.entries.append(
            LedgerEntry(
                next(self.ids),
                self.term.id,
                self.term.property_id,
                kind,
                code,
                description,
                amount,
                day,
                day if kind == "charge" else None,
            )
        )

    def pay(self, cents: int, day: date, rng: Random) -> None:
        how = "Online payment" if rng.random() < 0.85 else "Check payment"
        self.add("payment", "payment", how, cents, day)


def entries_of(household: Household, today: date, rng: Random, ids: count[int]) -> Iterator[LedgerEntry]:
    """All entries of a household's terms, by term and day."""
    for number, term in enumerate(household.terms):
        if term.start_on > today:
            return
        ledger = Ledger(term, today, ids)
        begin = history_start(today)
        if number == 0 and term.start_on >= begin:
            _move_in(ledger, rng)
        unpaid_since = _unpaid_since(household, term, today, rng)
        for month in month_starts(max(term.start_on, begin), min(term.end_on, today)):
            _month(ledger, household, month, unpaid_since, rng)
        _settle(ledger, household, rng)
        yield from sorted(ledger.entries, key=lambda entry: (entry.posted_on, entry.id))


def _move_in(ledger: Ledger, rng: Random) -> None:
    term = ledger.term
    ledger.add("charge", "application_fee", "Application and administration fee", 125_00, term.start_on)
    ledger.add("charge", "deposit", "Security deposit", term.deposit_cents, term.start_on)
    ledger.pay(term.deposit_cents + 125_00, term.start_on, rng)
    winter = term.start_on.month in (11, 12, 1, 2)
    if rng.random() < (0.35 if winter else 0.08):
        ledger.add("charge", "rent", "Rent for the move-in special's month", term.rent_cents // 4, term.start_on)
        ledger.add("credit", "concession", "Move-in special", term.rent_cents // 4, term.start_on)


def _unpaid_since(household: Household, term: Lease, today: date, rng: Random) -> date:
    """The first month that a household that stops paying no longer pays."""
    never = date.max
    story = household.story
    if story is not None:
        return add_months(today.replace(day=1), -story.unpaid_months) if story.unpaid_months else never
    if household.pays != "stops" or term is not household.terms[-1]:
        return never
    until = min(today, term.end_on)
    return add_months(until.replace(day=1), -int(rng.random() * 3.5))


def _month(ledger: Ledger, household: Household, month: date, unpaid_since: date, rng: Random) -> None:
    term = ledger.term
    day = max(month, term.start_on)
    _charge(ledger, household, month, day, rng)
    if month >= unpaid_since:
        _late_fee(ledger, day)
        return
    pays = household.pays
    if pays == "late" and rng.random() < 0.6:
        _late_fee(ledger, day)
        ledger.pay(ledger.open_cents, day + timedelta(days=6 + int(rng.random() * 14)), rng)
    elif pays == "partial" and rng.random() < 0.7:
        ledger.pay(ledger.open_cents * (50 + int(rng.random() * 35)) // 100, day + timedelta(days=2), rng)
        _late_fee(ledger, day)
        if rng.random() < 0.8:
            ledger.pay(ledger.open_cents, day + timedelta(days=13 + int(rng.random() * 10)), rng)
    else:
        ledger.pay(ledger.open_cents, day + timedelta(days=int(rng.random() * 3.2)), rng)


def _charge(ledger: Ledger, household: Household, month: date, day: date, rng: Random) -> None:
    term = ledger.term
    length = days_in_month(month)
    last = min(month.replace(day=length), term.end_on)
    lived = (last - day).days + 1
    label = month_label(month)
    for code, name, cents in _monthly(household, term):
        ledger.add("charge", code, f"{name}, {label}", cents * lived // length, day)
    utilities = 28_00 + int(rng.random() * 4200) + (9_00 if month.month in (6, 7, 8, 9) else 0)
    ledger.add("charge", "utility", f"Water, sewer and trash, {label}", utilities * lived // length, day)


def _monthly(household: Household, term: Lease) -> Iterator[tuple[str, str, int]]:
    yield "rent", "Rent", term.rent_cents
    if household.pet:
        yield "pet_rent", "Pet rent", PET_RENT_CENTS[household.pet]
    if household.cars:
        yield "parking", "Reserved parking", PARKING_CENTS * household.cars


def _late_fee(ledger: Ledger, day: date) -> None:
    if ledger.open_cents > 0:
        ledger.add("charge", "late_fee", "Late fee", LATE_FEE_CENTS, day + timedelta(days=GRACE_DAYS))


def _settle(ledger: Ledger, household: Household, rng: Random) -> None:
    """What happens to an open balance at the end of a term, or what makes a story's balance exact."""
    term, story = ledger.term, household.story
    if story is not None and story.owes_cents is not None and term is household.terms[-1]:
        paid_on = max(term.start_on, add_months(ledger.today.replace(day=1), -1) + timedelta(days=11))
        ledger.pay(ledger.open_cents - story.owes_cents, min(paid_on, ledger.today), rng)
        return
    if term.end_on >= ledger.today or ledger.open_cents <= 0:
        return
    if term is not household.terms[-1]:
        ledger.pay(ledger.open_cents, term.end_on, rng)
        return
    out = term.end_on
    ledger.add("credit", "deposit", "Deposit applied", min(term.deposit_cents, ledger.open_cents), out)
    drawn = rng.random()
    if drawn < 0.4:
        ledger.pay(ledger.open_cents, out + timedelta(days=20), rng)
    elif drawn < 0.85:
        written_off_on = out + timedelta(days=_WRITE_OFF_DAYS)
        ledger.add("credit", "write_off", "Written off to bad debt", ledger.open_cents, written_off_on)
