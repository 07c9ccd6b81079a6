"""Vendors' invoices and the general ledger of one community, worked out from what happened there.

Rent, other income and bad debt are the ledgers' sums; repairs and turnover contain the invoices. So the books, the
ledgers and the invoices tell the same story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from app.sandbox.portfolio.calendar import HOME, history_start, month_label, month_of, month_starts
from app.sandbox.portfolio.catalog import CommunitySpec
from app.sandbox.portfolio.records import LedgerEntry, WorkOrder
from app.sandbox.portfolio.register import GlMonth, Invoice, Vendor
from app.sandbox.portfolio.tenancies import YEARLY_RENT_GROWTH, Household

OTHER_INCOME = ("pet_rent", "parking", "utility", "late_fee", "application_fee")
TURN_TRADES = ("painting", "cleaning", "locksmith")
PAY_DAYS = 30

_TURN_WORDS = ("Turn ", "Rekey ")
_PARTS_CENTS = 95_00  # per work order done in-house
_FLOORING_CENTS = 430_00  # per move-out, on average
_TRADE_BILL = {"plumbing": (180, 420), "electrical": (160, 380), "hvac": (190, 620), "pest": (70, 110)}
# community, vendor, days ago, dollars, status, what
_KNOWN: tuple[tuple[str, str, int, int, str, str], ...] = (
    ("Harbor Point", "CoolBreeze HVAC", 4, 3_275, "pending_approval", "Rooftop unit 2, compressor"),
    ("Parkview Tower", "CoolBreeze HVAC", 2, 1_140, "pending_approval", "Chilled water pump seal"),
    ("Maple Grove", "AceFlow Plumbing", 11, 1_840, "unpaid", "Riser replacement, building C"),
    ("Cedar Ridge", "AceFlow Plumbing", 39, 2_610, "unpaid", "Sewer line jetting and camera"),
    ("Elm Street Flats", "SecureLock Services", 44, 685, "unpaid", "Lobby door closer and lock"),
    ("Sunset Villas", "GreenThumb Landscaping", 36, 4_980, "unpaid", "Storm clean-up"),
)
_COST_GROWTH = 0.035

# account: cents a unit and month, and how much of it follows the season
_RUNNING: dict[str, tuple[int, tuple[float, ...]]] = {
    "payroll": (134_00, (1.0,) * 12),
    "utilities": (74_00, (1.1, 1.05, 0.95, 0.9, 0.95, 1.05, 1.15, 1.15, 1.05, 0.9, 0.9, 1.0)),
    "marketing": (17_00, (0.8, 0.9, 1.1, 1.2, 1.2, 1.2, 1.1, 1.1, 1.0, 0.9, 0.8, 0.7)),
    "insurance": (61_00, (1.0,) * 12),
    "admin": (21_00, (1.0,) * 12),
}
_TAX_SHARE = 0.115  # of the rent at market
_FEE_SHARE = 0.03
_EXPECTED = {"repairs": 60_00, "turnover": 43_00, "bad_debt": 3_00}  # cents a unit and month


@dataclass
class Books:
    """Draws the invoices and books of one community. `ids` numbers invoices and months."""

    spec: CommunitySpec
    property_id: int
    today: date
    rng: Random
    vendors: Sequence[Vendor]
    doors: Mapping[int, str]  # unit numbers by unit id
    ids: count[int]

    def invoices(self, orders: Sequence[WorkOrder], households: Sequence[Household]) -> tuple[Invoice, ...]:
        """By day of invoice."""
        here = [vendor for vendor in self.vendors if not vendor.property_ids or self.property_id in vendor.property_ids]
        by_trade: dict[str, list[Vendor]] = defaultdict(list)
        for vendor in here:
            by_trade[vendor.category].append(vendor)
        drawn = [*self._monthly(by_trade), *self._repairs(orders, here), *self._turns(households, by_trade)]
        drawn.sort(key=lambda line: line[1:4])
        begin = history_start(self.today)
        return (*(self._invoice(*line) for line in drawn if begin <= line[1] <= self.today), *self._known())

    def _known(self) -> Iterator[Invoice]:
        """Bills that people ask about."""
        by_name = {vendor.name: vendor for vendor in self.vendors}
        for community, name, age, dollars, status, words in _KNOWN:
            if community == self.spec.name:
                invoice = self._invoice(by_name[name], self.today - timedelta(days=age), dollars * 100, words)
                yield replace(invoice, status=status, paid_on=None)

    def _monthly(self, by_trade: dict[str, list[Vendor]]) -> Iterator[tuple[Vendor, date, int, str]]:
        contracts = (
            ("landscaping", 1_250, "Grounds maintenance"),
            ("cleaning", 640, "Common area cleaning"),
            ("pest", 260, "Preventive pest treatment"),
        )
        for trade, cents, words in contracts:
            vendor = by_trade[trade][-1 if self.property_id % 3 == 0 else 0]
            for month in month_starts(history_start(self.today), self.today):
                yield vendor, month + timedelta(days=4), cents * self.spec.units, f"{words}, {month_label(month)}"

    def _repairs(
        self, orders: Sequence[WorkOrder], vendors: Sequence[Vendor]
    ) -> Iterator[tuple[Vendor, date, int, str]]:
        by_name = {vendor.name: vendor for vendor in vendors}
        for order in orders:
            vendor = by_name.get(order.assignee)
            if vendor is None or order.completed_at is None:
                continue
            low, high = _TRADE_BILL[order.category]
            factor = 2 if order.priority == "emergency" else 1
            cents = factor * (low * 100 + int(self.rng.random() * (high - low) * 100))
            done_on = order.completed_at.astimezone(HOME).date()
            yield vendor, done_on + timedelta(days=1 + int(self.rng.random() * 5)), cents, f"WO-{order.id}"

    def _turns(
        self, households: Sequence[Household], by_trade: dict[str, list[Vendor]]
    ) -> Iterator[tuple[Vendor, date, int, str]]:
        """After every move-out: paint, clean, now and then new locks."""
        for household in households:
            out = household.moved_out_on
            if out is None or out >= self.today:
                continue
            unit = self.doors[household.terms[-1].unit_id]
            paint, clean, lock = (self._one_of(by_trade[trade]) for trade in TURN_TRADES)
            yield (
                paint,
                out + timedelta(days=3),
                38_000 + int(self.rng.random() * 27_000),
                f"Turn painting, unit {unit}",
            )
            yield clean, out + timedelta(days=5), 15_500 + int(self.rng.random() * 9_000), f"Turn cleaning, unit {unit}"
            if self.rng.random() < 0.5:
                yield lock, out + timedelta(days=2), 6_500 + int(self.rng.random() * 4_000), f"Rekey, unit {unit}"

    def _one_of(self, vendors: Sequence[Vendor]) -> Vendor:
        return vendors[int(self.rng.random() * len(vendors))]

    def _invoice(self, vendor: Vendor, day: date, cents: int, words: str) -> Invoice:
        number = next(self.ids)
        due_on = day + timedelta(days=PAY_DAYS)
        drawn = self.rng.random()
        age = (self.today - day).days
        paid_on = day + timedelta(days=12 + int(drawn * 24))
        late = (drawn > 0.97 and age < 100) or (drawn > 0.85 and age < PAY_DAYS + 20)
        status = "paid"
        if age < 9 and drawn < 0.55:
            status = "pending_approval"
        elif paid_on > self.today or late:
            status = "unpaid"
        return Invoice(
            id=number,
            number=f"{''.join(word[0] for word in vendor.name.split())}-{number % 1_000_000:06d}",
            vendor_id=vendor.id,
            property_id=self.property_id,
            amount_cents=cents,
            invoiced_on=day,
            due_on=due_on,
            paid_on=paid_on if status == "paid" else None,
            status=status,
            description=words,
        )

    def months(
        self, ledger: Sequence[LedgerEntry], invoices: Sequence[Invoice], orders: Sequence[WorkOrder]
    ) -> tuple[GlMonth, ...]:
        """Every account of every month from the start of the history to December of this year."""
        income = _income(ledger)
        bills = self._bills(invoices)
        parts = self._in_house(orders)
        found: list[GlMonth] = []
        closed_before = self.today.replace(day=1)
        for month in month_starts(history_start(self.today), self.today.replace(month=12, day=31)):
            actual = self._actual(month, income, bills, parts) if month < closed_before else None
            for account, budget in self._budget(month).items():
                is_income = account in ("rent", "other_income")
                cents = None if actual is None else actual[account]
                found.append(GlMonth(next(self.ids), self.property_id, month, account, is_income, cents, budget))
        return tuple(found)

    def _actual(
        self,
        month: date,
        income: dict[tuple[date, str], int],
        bills: dict[tuple[date, str], int],
        parts: dict[date, int],
    ) -> dict[str, int]:
        rent, other = income[month, "rent"], income[month, "other_income"]
        turns = bills[month, "turns"]
        running = {
            account: round(cents * self.spec.units * season[month.month - 1] * self._then(month) * self._noise(0.04))
            for account, (cents, season) in _RUNNING.items()
        }
        return {
            "rent": rent,
            "other_income": other,
            "bad_debt": income[month, "bad_debt"],
            "repairs": bills[month, "repairs"] + parts[month] * _PARTS_CENTS,
            "turnover": bills[month, "turnover"] + turns * _FLOORING_CENTS,
            "taxes": self._taxes(month),
            "management_fee": round((rent + other) * _FEE_SHARE),
            **running,
        }

    def _budget(self, month: date) -> dict[str, int]:
        """What was planned: everything full at 95 %, costs as usual. Weak communities were planned too kindly."""
        hope = 1.0 if self.spec.renewal > 0.52 else 0.93
        rent = round(self._market(month) * 0.945 * self._noise(0.01))
        other = round(rent * 0.075)
        units = self.spec.units
        running = {
            account: round(cents * units * season[month.month - 1] * self._then(month) * self._noise(0.02))
            for account, (cents, season) in _RUNNING.items()
        }
        expected = {
            account: round(cents * units * self._then(month) * hope * self._noise(0.03))
            for account, cents in _EXPECTED.items()
        }
        return {
            "rent": rent,
            "other_income": other,
            **expected,
            "taxes": self._taxes(month),
            "management_fee": round((rent + other) * _FEE_SHARE),
            **running,
        }

    def _market(self, month: date) -> float:
        """The rent of all units at that month's market, in cents."""
        shares = sum(plan.share for plan in self.spec.plans)
        mean = sum(plan.rent * plan.share for plan in self.spec.plans) / shares * 100
        years = (month - self.today).days / 365
        return mean * self.spec.units * (1 + YEARLY_RENT_GROWTH) ** years

    def _taxes(self, month: date) -> int:
        return round(self._market(month.replace(month=1)) * _TAX_SHARE)

    def _then(self, month: date) -> float:
        """Costs in that month compared to today's."""
        return (1 + _COST_GROWTH) ** ((month - self.today).days / 365)

    def _noise(self, share: float) -> float:
        return 1 - share + 2 * share * self.rng.random()

    def _bills(self, invoices: Sequence[Invoice]) -> dict[tuple[date, str], int]:
        """Cents by month and account; under `turns` the number of turned units."""
        trade = {vendor.id: vendor.category for vendor in self.vendors}
        sums: dict[tuple[date, str], int] = defaultdict(int)
        for invoice in invoices:
            month = month_of(invoice.invoiced_on)
            turn = invoice.description.startswith(_TURN_WORDS)
            sums[month, "turnover" if turn else "repairs"] += invoice.amount_cents
            if trade[invoice.vendor_id] == "painting":
                sums[month, "turns"] += 1
        return sums

    def _in_house(self, orders: Sequence[WorkOrder]) -> dict[date, int]:
        """How many work orders the own technicians finished, by month."""
        vendors = {vendor.name for vendor in self.vendors}
        done: dict[date, int] = defaultdict(int)
        for order in orders:
            if order.completed_at is not None and order.assignee not in vendors:
                done[order.completed_at.astimezone(HOME).date().replace(day=1)] += 1
        return done


def _income(ledger: Sequence[LedgerEntry]) -> dict[tuple[date, str], int]:
    """The ledgers' cents by month and account."""
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for entry in ledger:
        month = month_of(entry.posted_on)
        if entry.code in ("rent", "concession"):
            sums[month, "rent"] += entry.amount_cents
        elif entry.code in OTHER_INCOME:
            sums[month, "other_income"] += entry.amount_cents
        elif entry.code == "write_off":
            sums[month, "bad_debt"] -= entry.amount_cents
    return sums
