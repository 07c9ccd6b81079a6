"""Two years of work orders of one community, up to this morning.

Numbers run backwards from the newest, interleaved over the communities, so that a newer work order has a higher
number. About three months ago the company changed its system and numbers began again at 1001; older work orders kept
the high numbers of the former system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
_TRADE_VENDORS = {
    "plumbing": "AceFlow Plumbing",
    "electrical": "BrightSpark Electric",
    "hvac": "CoolBreeze HVAC",
    "pest": "Bluebonnet Pest",
}
_DAYS_NEEDED = {"emergency": 0.3, "high": 2.5, "normal": 6.5, "low": 14.0}
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


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where work orders come from and who does them."""

    units: Sequence[Unit]
    living: Mapping[int, Sequence[Household]]
    technicians: tuple[str, str]

    def resident_of(self, unit_id: int, day: date) -> int | None:
        return next((home.resident.id for home in self.living.get(unit_id, ()) if _lives(home, day)), None)


@dataclass(frozen=True, slots=True)
class _Progress:
    status: WorkOrderStatus
    updated_at: datetime
    scheduled_on: date | None = None
    completed_at: datetime | None = None
    waits_for: str = ""
    unassigned: bool = False


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
        scene = _Scene(units, _by_unit(households), (_IN_HOUSE.get(self.name) or people.name(), people.name()))
        earlier = sorted(self._moments(len(units)))[-_MOST_PER_PROPERTY:]
        night = sorted(int(self.rng.random() * _LAST_NIGHT) for _ in range(1 + int(self.rng.random() * 2.5)))
        newest = len(earlier) + len(night) - 1
        orders = [
            self._draw(scene, self.numbers.of(newest - place), day, minute)
            for place, (day, minute) in enumerate(earlier)
        ]
        emergency = self.numbers.place % 12 in (0, 5, 10) or self.rng.random() < 0.34
        for place, minute in enumerate(night):
            number = self.numbers.of(len(night) - 1 - place)
            orders.append(
                self._tonight(self._draw(scene, number, self.today, minute), emergency=emergency and not place)
            )
        return tuple(_told(order) for order in orders)

    def _moments(self, units: int) -> Iterator[tuple[date, int]]:
        """Days and minutes at which something is reported, up to yesterday."""
        begin = history_start(self.today)
        days = (self.today - begin).days
        for _ in range(round(units * PER_UNIT_AND_YEAR * days / 365)):
            day = begin + timedelta(days=int(self.rng.random() * days))
            yield day, _OPENING + int(self.rng.random() * 12 * 60)

    def _tonight(self, order: WorkOrder, *, emergency: bool) -> WorkOrder:
        """What came in since midnight: nobody has looked at it, or the technician on duty is there."""
        if not emergency:
            return replace(
                order, status="open", priority="normal" if order.priority == "emergency" else order.priority,
                description=order.description.partition(" (")[0], assignee="", scheduled_on=None,
                updated_at=order.created_at,
            )  # fmt: skip
        return replace(
            order,
            description=self._any(_words(order.category, self.today, emergency=True)),
            priority="emergency",
            status="open" if self.rng.random() < 0.6 else "in_progress",
            scheduled_on=self.today,
            permission_to_enter=True,
            updated_at=order.created_at + timedelta(minutes=20),
        )

    def _draw(self, scene: _Scene, number: int, day: date, minute: int) -> WorkOrder:
        unit = scene.units[int(self.rng.random() * len(scene.units))]
        category, in_house = self._trade(day)
        priority = _weighted(PRIORITIES, self.rng)
        words = self._any(_words(category, day, emergency=priority == "emergency"))
        vendor = _TRADE_VENDORS.get(category, "")
        own = not vendor or self.rng.random() * 100 < in_house
        assignee = scene.technicians[int(self.rng.random() * 2)] if own else vendor
        created = local_moment(day, minute)
        progress = self._progress(priority, day, created)
        return WorkOrder(
            id=number,
            property_id=self.property_id,
            unit_id=unit.id,
            resident_id=scene.resident_of(unit.id, day),
            description=f"{words} ({progress.waits_for})" if progress.waits_for else words,
            category=category,
            priority=priority,
            status=progress.status,
            assignee="" if progress.unassigned else assignee,
            permission_to_enter=self.rng.random() < 0.7,
            created_at=created,
            scheduled_on=progress.scheduled_on,
            completed_at=progress.completed_at,
            updated_at=progress.updated_at,
        )

    def _any(self, words: tuple[str, ...]) -> str:
        return words[int(self.rng.random() * len(words))]

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

    def _progress(self, priority: Priority, day: date, created: datetime) -> _Progress:
        """How far it has come by today: most are done within days, a few wait long."""
        done_at = created + timedelta(days=self.rng.expovariate(1 / _DAYS_NEEDED[priority]), minutes=40)
        drawn = self.rng.random()
        if drawn < 0.02 and day < self.today:
            return _Progress("cancelled", created + timedelta(hours=3))
        this_morning = local_moment(self.today, 0)
        if done_at < this_morning:
            visited = max(day, (done_at - timedelta(hours=6)).date())
            return _Progress("completed", done_at, scheduled_on=visited, completed_at=done_at)
        if drawn < 0.5 and (self.today - day).days < 2:
            return _Progress("open", created, unassigned=drawn < 0.3)
        touched = max(created, min(created + timedelta(hours=20), this_morning))
        if drawn > 0.87:
            return _Progress("on_hold", touched, waits_for=self._any(WAITING_FOR))
        visit = self.today + timedelta(days=int(self.rng.random() * 4))
        return _Progress("open" if drawn < 0.5 else "in_progress", touched, scheduled_on=visit)


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
