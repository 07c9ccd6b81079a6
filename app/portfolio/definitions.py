"""What the figures mean. Every metric is defined once, here, and each answer that uses it can quote the definition.

Occupancy      Units that are down (not rentable) are left out of every share.
               physical  units with someone living in them, those on notice included ÷ rentable units
               leased    physical, plus vacant units that are leased already ÷ rentable units
               exposure  units nobody has leased next: vacant and not leased, or on notice and not leased ÷ rentable
                         units
Delinquency    A resident is delinquent when their lease has a past-due balance. They are as many days late as the
               oldest charge that is still open (payments settle the oldest charges first).
               rate      past-due balances of the people living there at the end of a period ÷ the monthly rent of
                         their leases; for the running month both are today's
NOI            net operating income: all income accounts minus all operating expense accounts, actual, closed months
Average rent   monthly rent of the leases people live under at the end of a period ÷ the number of occupied units
Renewal rate   leases that ended in a period and were followed by a renewal ÷ leases that ended in it
Turnover cost  what was spent on making vacated units ready (the turnover account), closed months; per move-out it is
               divided by the residents who moved out in the same months
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.money import Money

Bucket = Literal["0–30 days", "31–60 days", "61–90 days", "over 90 days"]
BUCKETS: tuple[Bucket, ...] = ("0–30 days", "31–60 days", "61–90 days", "over 90 days")
BUCKET_ENDS = (30, 60, 90)

SENTENCES: dict[str, str] = {
    "occupancy": "Occupied units, those on notice included, divided by rentable units.",
    "noi": "Income minus operating expenses, from closed months.",
    "revenue": "All income accounts, from closed months.",
    "operating_expenses": "All operating expense accounts, from closed months.",
    "delinquency_rate": "Past-due balances of residents at the end of the period divided by their monthly rent.",
    "average_rent": "Monthly rent of occupied units at the end of the period, divided by their number.",
    "renewal_rate": "Leases that ended in the period and were renewed, divided by all that ended in it.",
    "turnover_cost": "What was spent on making vacated units ready, from closed months.",
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
