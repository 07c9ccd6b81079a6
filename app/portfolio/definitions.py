"""What the figures mean. Every metric is defined once, here, with an example worked by hand; each answer that uses it
can show the definition (docs/definitions.md, `sophia define`, the button under an answer). The examples are held to the
code by tests/portfolio/test_definitions.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.definition import Definition
from app.domain.errors import NotFound
from app.domain.money import Money

Bucket = Literal["0–30 days", "31–60 days", "61–90 days", "over 90 days"]
BUCKETS: tuple[Bucket, ...] = ("0–30 days", "31–60 days", "61–90 days", "over 90 days")
BUCKET_ENDS = (30, 60, 90)

_ALL = (
    Definition(
        "occupancy",
        "Occupancy",
        "Units that somebody lives in, those on notice included, divided by rentable units.",
        (
            "Rentable units are all units without those that are down (models, offices, units under repair).",
            "Physical occupancy: units that somebody lives in, those on notice included ÷ rentable units.",
            "Leased occupancy: those, and vacant units that are leased already ÷ rentable units.",
            "Exposure: units that nobody has leased next, whether vacant or on notice ÷ rentable units.",
            "For a past day only physical occupancy is known: from the leases, over the units that are rentable today.",
        ),
        (
            "Of 100 units, 88 are occupied, 4 on notice (1 of them leased next), 6 vacant (2 of them leased), 2 down.",
            "Rentable: 100 − 2 = 98.",
            "Physical: (88 + 4) ÷ 98 = 92 ÷ 98 = 93.9%.",
            "Leased: (92 + 2) ÷ 98 = 94 ÷ 98 = 95.9%.",
            "Exposure: 4 vacant + 3 on notice = 7 ÷ 98 = 7.1%.",
        ),
        "93.9% physical, 95.9% leased, 7.1% exposure",
    ),
    Definition(
        "delinquency",
        "Delinquency",
        "What residents owe past its due day; they are as many days late as their oldest open charge.",
        (
            "A resident is delinquent when their lease has a past-due balance: charges due before today, minus all "
            "that was paid or credited.",
            "Payments and credits settle the oldest charges first.",
            "Days late count from the due day of the oldest charge that is still open.",
            "The whole past-due balance stands in the bucket of that age: 0–30, 31–60, 61–90, over 90 days.",
        ),
        (
            "Rent of $1,400 fell due on March 1, utilities of $60 on March 15, rent of $1,400 on April 1.",
            "$1,000 was paid on March 5. It settles a part of March's rent: $400 of that stay open.",
            "Past due on April 10: $400 + $60 + $1,400 = $1,860.",
            "The oldest open charge fell due on March 1, 40 days before April 10.",
        ),
        "$1,860 past due, 40 days late, in the bucket 31–60 days",
    ),
    Definition(
        "delinquency_rate",
        "Delinquency rate",
        "Past-due balances of residents at the end of the period divided by their monthly rent.",
        (
            "Past-due balances of the people who live there at the end of the period ÷ their leases' monthly rent.",
            "For the running month both are today's.",
            "What people owe who moved out is not in it.",
        ),
        (
            "Three residents pay $1,500, $1,500 and $2,000 a month: $5,000.",
            "One of them is $350 past due, another $150: $500.",
            "$500 ÷ $5,000 = 10%.",
        ),
        "10%",
    ),
    Definition(
        "noi",
        "NOI",
        "Income minus operating expenses, from closed months.",
        (
            "Net operating income: all income accounts (rent, other income) minus all operating expense accounts, as "
            "booked.",
            "Bad debt, turnover and the management fee are operating expenses; debt service, depreciation and capital "
            "projects are not in it.",
            "Only months that are closed count; a period with an open month says so.",
        ),
        (
            "Income: rent $120,000 + other income $9,000 = $129,000.",
            "Expenses: payroll $20,000 + repairs $12,000 + taxes $15,000 + insurance $6,000 + bad debt $1,000 = "
            "$54,000.",
            "$129,000 − $54,000 = $75,000.",
        ),
        "$75,000",
    ),
    Definition(
        "revenue",
        "Revenue",
        "All income accounts, from closed months.",
        ("Rent and other income as booked, in months that are closed.", "Bad debt is an expense, not less revenue."),
        ("Rent $120,000 + other income $9,000 = $129,000.",),
        "$129,000",
    ),
    Definition(
        "operating_expenses",
        "Operating expenses",
        "All operating expense accounts, from closed months.",
        (
            "Payroll, repairs, turnover, utilities, marketing, insurance, taxes, management fee, administration and "
            "bad debt as booked, in months that are closed.",
        ),
        ("Payroll $20,000 + repairs $12,000 + taxes $15,000 + insurance $6,000 + bad debt $1,000 = $54,000.",),
        "$54,000",
    ),
    Definition(
        "average_rent",
        "Average rent",
        "Monthly rent of occupied units at the end of the period, divided by their number.",
        (
            "Monthly rent of the leases that people live under at the end of the period ÷ the number of occupied "
            "units.",
            "It is what leases say, not what new units are offered for; vacant units are not in it.",
            "Concessions, fees and utilities are not in it.",
        ),
        (
            "Three occupied units pay $1,500, $1,500 and $2,000 a month; a fourth is vacant and asks $1,900.",
            "($1,500 + $1,500 + $2,000) ÷ 3 = $5,000 ÷ 3 = $1,666.67.",
        ),
        "$1,666.67",
    ),
    Definition(
        "renewal_rate",
        "Renewal rate",
        "Leases that ended in the period and were renewed, divided by all that ended in it.",
        (
            "Leases whose last day lies in the period and that were followed by a renewal ÷ all leases whose last day "
            "lies in it.",
            "Who stays from month to month without a new lease is not renewed.",
            "Applications that were cancelled are not in it.",
        ),
        (
            "In March 8 leases ended.",
            "5 residents had signed a renewal, 2 moved out, 1 stayed from month to month.",
            "5 ÷ 8 = 62.5%.",
        ),
        "62.5%",
    ),
    Definition(
        "turnover_cost",
        "Turnover cost",
        "What was spent on making vacated units ready, from closed months.",
        (
            "The turnover account as booked, in months that are closed.",
            "Per move-out: divided by the residents who moved out in the same months.",
        ),
        ("$9,000 was spent in a month in which 4 residents moved out.", "$9,000 ÷ 4 = $2,250 a move-out."),
        "$9,000, $2,250 a move-out",
    ),
)
DEFINITIONS: Mapping[str, Definition] = {definition.key: definition for definition in _ALL}
"""Every definition by its key; those of metrics have the metric's name."""


def define(name: str) -> Definition:
    """The definition people call `name`: its key, its name, or a part of what it covers. Raises NotFound."""
    wanted = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    key = _ALSO.get(wanted, wanted.replace(" ", "_"))
    if key not in DEFINITIONS:
        raise NotFound(
            f"I have no definition of “{name[:60]}”.",
            next_step=f"I have {', '.join(DEFINITIONS)}.",
            code="no_such_definition",
        )
    return DEFINITIONS[key]


_ALSO: Mapping[str, str] = {
    "physical occupancy": "occupancy",
    "leased occupancy": "occupancy",
    "leased": "occupancy",
    "exposure": "occupancy",
    "vacancy": "occupancy",
    "days late": "delinquency",
    "past due": "delinquency",
    "net operating income": "noi",
    "opex": "operating_expenses",
    "rent": "average_rent",
    "renewals": "renewal_rate",
    "turn cost": "turnover_cost",
}


def share(part: int, whole: int) -> float:
    """`part ÷ whole` as a fraction; 0 when there is nothing to divide by."""
    return part / whole if whole else 0.0


@dataclass(frozen=True)
class UnitCounts:
    """Units by state. `notice` and `vacant` count those that nobody has leased next; `*_leased` those that someone
    has."""

    occupied: int = 0
    notice: int = 0
    notice_leased: int = 0
    vacant: int = 0
    vacant_leased: int = 0
    down: int = 0

    def __add__(self, other: UnitCounts) -> UnitCounts:
        return UnitCounts(
            self.occupied + other.occupied,
            self.notice + other.notice,
            self.notice_leased + other.notice_leased,
            self.vacant + other.vacant,
            self.vacant_leased + other.vacant_leased,
            self.down + other.down,
        )

    @property
    def lived_in(self) -> int:
        return self.occupied + self.notice + self.notice_leased

    @property
    def leased_units(self) -> int:
        return self.lived_in + self.vacant_leased

    @property
    def exposed(self) -> int:
        return self.vacant + self.notice

    @property
    def rentable(self) -> int:
        return self.lived_in + self.vacant + self.vacant_leased

    @property
    def physical(self) -> float:
        """Physical occupancy as a fraction."""
        return share(self.lived_in, self.rentable)

    @property
    def leased(self) -> float:
        """Leased occupancy as a fraction."""
        return share(self.leased_units, self.rentable)

    @property
    def exposure(self) -> float:
        """Exposure as a fraction."""
        return share(self.exposed, self.rentable)


def noi(income: Money, expenses: Money) -> Money:
    """Net operating income."""
    return income - expenses


def average_rent(total_rent: Money, occupied: int) -> Money:
    """The average monthly rent, rounded to the cent; $0 when nobody lives there."""
    return Money(round(total_rent.cents / occupied)) if occupied else Money(0)


def cost_per_move_out(turnover: Money, move_outs: int) -> Money:
    """Turnover cost per move-out, rounded to the cent; $0 when nobody moved out."""
    return Money(round(turnover.cents / move_outs)) if move_outs else Money(0)
