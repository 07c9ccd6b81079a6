"""Two years of work orders of one community, up to this morning.

Numbers run backwards from the newest, interleaved over the communities, so that a newer work order has a higher
number. About three months ago the company changed its system and numbers began again at 1001; older work orders kept
the high numbers of the former system.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from app.sandbox.portfolio.calendar import history_start, local_moment
from app.sandbox.portfolio.complaints import COMPLAINTS, EMERGENCIES, PRIORITIES, TRADES, WAITING_FOR
from app.sandbox.portfolio.people import People
from app.sandbox.portfolio.records import Priority, Unit, WorkCategory, WorkOrder, WorkOrderStatus
from app.sandbox.portfolio.stories import WORK_ORDERS
from app.sandbox.portfolio.tenancies import Household

RESTART = 1_000
RECENT_PER_PROPERTY = 122
PER_UNIT_AND_YEAR = 2.5
_MOST_PER_PROPERTY = 2_000
_IN_HOUSE = {
    "Maple Grove": "Luis Ortega",
    "Oakwood Terrace": "Luis Ortega",
    "Cedar Ridge": "Luis Ortega",
}
_TRADE_VENDORS = {"plumbing": "AceFlow Plumbing", "electrical": "BrightSpark Electric", "hvac": "CoolBreeze HVAC"}
_HVAC_SEASON = (0.9, 0.7, 0.5, 0.6, 1.0, 1.5, 1.8, 1.8, 1.3, 0.7, 0.6, 0.9)
_COLD = (11, 12, 1, 2, 3)
_OPENING = 7 * 60
_LAST_NIGHT = 6 * 60 + 30  # nothing of today is later than half past six, so no work order lies in the future


@dataclass(frozen=True, slots=True)
class WorkOrderNumbers:
    """The numbers of one community among `communities`; `place` counts from 0."""

    place: int
    communities: int

    @property
    def newest(self) -> int:
        """The highest number of all communities."""
        return RESTART + RECENT_PER_PROPERTY * self.communities

    def of(self, age: int) -> int:
        """The number of the `age`-th newest work order, 0 being the newest."""
        if age < RECENT_PER_PROPERTY:
            return self.newest - age * self.communities - self.place
        former = 100_000 if self.communities <= 12 else 10_000_000
        return former - (age - RECENT_PER_PROPERTY) * self.communities - self.place


@dataclass
class Maintenance:
    """Draws the work orders of one community."""

    name: str
    property_id: int
    today: date
    rng: Random
    numbers: WorkOrderNumbers

    def work_orders(self, units: Sequence[Unit], households: Sequence[Household]) -> tuple[WorkOrder, ...]:
        """Oldest first."""
        people = People(self.rng)
        technicians = (_IN_HOUSE.get(self.name) or people.name(), people.name())
        living = _by_unit(households)
        drawn = [self._draw(units, living, technicians, day, minute) for day, minute in self._moments(len(units))]
        drawn.extend(self._overnight(units, living, technicians))
        drawn.sort(key=lambda order: (order.created_at, order.unit_id or 0, order.description))
        drawn = drawn[-_MOST_PER_PROPERTY:]
        newest = len(drawn) - 1
        return tuple(_told(replace(order, id=self.numbers.of(newest - place))) for place, order in enumerate(drawn))

    def _moments(self, units: int) -> Iterator[tuple[date, int]]:
        """Days and minutes at which something is reported, up to yesterday."""
        begin = history_start(self.today)
        days = (self.today - begin).days
        for _ in range(round(units * PER_UNIT_AND_YEAR * days / 365)):
            day = begin + timedelta(days=int(self.rng.random() * days))
            yield day, _OPENING + int(self.rng.random() * 12 * 60)

    def _overnight(
        self, units: Sequence[Unit], living: dict[int, list[Household]], technicians: tuple[str, str]
    ) -> Iterator[WorkOrder]:
        """What came in since midnight; every third community had an emergency."""
        if self.rng.random() < 0.34 or self.numbers.place % 12 in (0, 5, 10):
            order = self._draw(units, living, technicians, self.today, int(self.rng.random() * _LAST_NIGHT))
            words = _words(order.category, self.today, emergency=True)
            yield replace(
                order,
                description=words[int(self.rng.random() * len(words))],
                priority="emergency",
                status="open" if self.rng.random() < 0.6 else "in_progress",
                scheduled_on=self.today,
                permission_to_enter=True,
                updated_at=order.created_at + timedelta(minutes=20),
            )
        for _ in range(int(self.rng.random() * 2.5)):
            order = self._draw(units, living, technicians, self.today, int(self.rng.random() * _LAST_NIGHT))
            yield replace(order, status="open", assignee="", completed_at=None, updated_at=order.created_at)

    def _draw(
        self,
        units: Sequence[Unit],
        living: dict[int, list[Household]],
        technicians: tuple[str, str],
        day: date,
        minute: int,
    ) -> WorkOrder:
        unit = units[int(self.rng.random() * len(units))]
        category, in_house = self._trade(day)
        priority = _weighted(PRIORITIES, self.rng)
        words = _words(category, day, emergency=priority == "emergency")
        created = local_moment(day, minute)
        vendor = _TRADE_VENDORS.get(category, "Lone Star Pest Control" if category == "pest" else "")
        own = not vendor or self.rng.random() * 100 < in_house
        resident = next(
            (home.resident.id for home in living.get(unit.id, ()) if _lives(home, day)),
            None,
        )
        order = WorkOrder(
            id=0,
            property_id=self.property_id,
            unit_id=unit.id,
            resident_id=resident,
            description=words[int(self.rng.random() * len(words))],
            category=category,
            priority=priority,
            status="open",
            assignee=technicians[int(self.rng.random() * 2)] if own else vendor,
            permission_to_enter=self.rng.random() < 0.7,
            created_at=created,
            scheduled_on=None,
            completed_at=None,
            updated_at=created,
        )
        return self._progress(order, day, created)

    def _trade(self, day: date) -> tuple[WorkCategory, int]:
        weights: list[tuple[WorkCategory, int, float]] = [
            (trade, in_house, share * (_HVAC_SEASON[day.month - 1] if trade == "hvac" else 1))
            for trade, share, in_house in TRADES
        ]
        drawn = self.rng.random() * sum(weight for _, _, weight in weights)
        for trade, in_house, weight in weights:
            drawn -= weight
            if drawn < 0:
                return trade, in_house
        return "general", 95

    def _progress(self, order: WorkOrder, day: date, created: datetime) -> WorkOrder:
        """How far it has come by today: most are done within days, a few wait long."""
        urgent = {"emergency": 0.3, "high": 2.5, "normal": 6.5, "low": 14.0}[order.priority]
        needs = self.rng.expovariate(1 / urgent)
        done_at = created + timedelta(days=needs, minutes=40)
        drawn = self.rng.random()
        if drawn < 0.02:
            return replace(order, status="cancelled", updated_at=created + timedelta(hours=3))
        this_morning = local_moment(self.today, 0)
        if done_at < this_morning:
            visited = max(day, (done_at - timedelta(hours=6)).date())
            return replace(order, status="completed", scheduled_on=visited, completed_at=done_at, updated_at=done_at)
        age = (self.today - day).days
        status: WorkOrderStatus = "open" if drawn < 0.5 else "in_progress" if drawn < 0.87 else "on_hold"
        if status == "open" and age < 2:
            return replace(order, assignee="" if drawn < 0.3 else order.assignee)
        touched = min(created + timedelta(hours=20), this_morning)
        if status == "on_hold":
            reason = WAITING_FOR[int(self.rng.random() * len(WAITING_FOR))]
            return replace(order, status=status, description=f"{order.description} ({reason})", updated_at=touched)
        visit = self.today + timedelta(days=int(self.rng.random() * 4))
        return replace(order, status=status, scheduled_on=visit, updated_at=max(created, touched))


def _told(order: WorkOrder) -> WorkOrder:
    """The work order with its story, if its number has one."""
    story = next((story for story in WORK_ORDERS if story.number == order.id), None)
    if story is None:
        return order
    done = story.status == "completed"
    finished = order.created_at + timedelta(days=2, hours=4)
    return replace(
        order,
        description=story.description,
        category=story.category,
        priority=story.priority,
        status=story.status,
        assignee=story.assignee,
        scheduled_on=order.created_at.date() + timedelta(days=2) if story.status != "open" else None,
        completed_at=finished if done else None,
        updated_at=finished if done else order.created_at + timedelta(days=1),
    )


def _words(category: WorkCategory, day: date, *, emergency: bool) -> tuple[str, ...]:
    """What residents report; nobody's heating fails in July."""
    words = (EMERGENCIES if emergency else COMPLAINTS)[category]
    unseasonal = ("AC ",) if day.month in _COLD else ("Heater", "No heat")
    return tuple(word for word in words if category != "hvac" or not word.startswith(unseasonal))


def _by_unit(households: Sequence[Household]) -> dict[int, list[Household]]:
    grouped: dict[int, list[Household]] = {}
    for household in households:
        grouped.setdefault(household.terms[0].unit_id, []).append(household)
    return grouped


def _lives(household: Household, day: date) -> bool:
    return household.moved_in_on <= day <= household.terms[-1].end_on


def _weighted(choices: tuple[tuple[Priority, int], ...], rng: Random) -> Priority:
    drawn = rng.random() * sum(weight for _, weight in choices)
    for choice, weight in choices:
        drawn -= weight
        if drawn < 0:
            return choice
    return choices[-1][0]
