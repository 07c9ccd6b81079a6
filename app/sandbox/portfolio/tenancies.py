"""Who lived where and when: the life of each unit as a chain of households and their lease terms.

A unit's life is walked forward from before the ledgers begin until a term reaches past today. What is known today
about tomorrow (notices, signed renewals, leases signed ahead) is part of it; what nobody has decided yet is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from app.sandbox.portfolio.calendar import add_months, history_start
from app.sandbox.portfolio.catalog import CommunitySpec, PlanSpec
from app.sandbox.portfolio.people import People
from app.sandbox.portfolio.records import Lease, LeaseStatus, Resident, UnitStatus
from app.sandbox.portfolio.stories import ResidentStory

YEARLY_RENT_GROWTH = 0.032
DECIDE_DAYS = 60  # before the end of a term, households say whether they stay
TURN_DAYS = 6  # to paint and clean between two households

_MOVE_WEIGHT = (0.5, 0.55, 0.75, 0.9, 1.2, 1.4, 1.4, 1.35, 1.0, 0.8, 0.6, 0.5)  # January to December
_PETS = ("", "", "", "", "", "cat", "dog", "dog")
_CLAUSES = (
    "60 days' written notice before moving out",
    "Late fee of $75 when rent is unpaid after the 4th",
    "Renter's insurance of at least $100,000 liability",
    "Quiet hours from 10 pm to 7 am",
    "Early termination for two months' rent",
    "No smoking inside the apartment",
)


@dataclass(frozen=True, slots=True)
class Household:
    """One household's stay: its resident, its terms in order, and how it lives and pays."""

    resident: Resident
    terms: tuple[Lease, ...]
    pays: str  # prompt, late, partial, stops
    pet: str
    cars: int
    moved_in_on: date
    story: ResidentStory | None = None

    @property
    def moved_out_on(self) -> date | None:
        return self.terms[-1].move_out_on


@dataclass(frozen=True, slots=True)
class UnitLife:
    """The households of one unit in order, and how it stands today."""

    households: tuple[Household, ...]
    status: UnitStatus
    available_on: date | None


@dataclass(frozen=True, slots=True)
class Door:
    """A unit as its lives see it: `rent_cents` is what the market pays for it today."""

    unit_id: int
    rent_cents: int


@dataclass
class Lives:
    """Draws the lives of one community's units. `ids` numbers residents and leases."""

    spec: CommunitySpec
    property_id: int
    today: date
    rng: Random
    people: People
    ids: count[int]

    def ordinary(self, door: Door) -> UnitLife:
        """A unit without a story."""
        return self._forward(door, self._first_move_in(), [])

    def empty(self, door: Door, wanted: str) -> UnitLife:
        """A unit that stands empty today; leased ahead from the first of next month if `wanted` is vacant_leased."""
        left = self.today - timedelta(days=TURN_DAYS + 5)
        before = self._past_stay(door, add_months(left, -14), left)
        if wanted == "vacant":
            return UnitLife((before,), "vacant", left + timedelta(days=TURN_DAYS))
        start = add_months(self.today.replace(day=1), 1)
        ahead = self._household(door, start, [self._term(door, start, 12, "future", move_in=True)])
        return UnitLife((before, ahead), "vacant_leased", None)

    def told(self, door: Door, story: ResidentStory) -> UnitLife:
        """The unit of a resident everyone asks about."""
        start = add_months(self.today.replace(day=1), -story.months)
        left = start - timedelta(days=TURN_DAYS + 12)
        before = self._past_stay(door, add_months(left, -12), left)
        terms = [self._term(door, start, 12, "current", move_in=True)]
        while terms[-1].end_on < self.today:
            terms = self._renewed(terms, door)
        if story.leaving:
            end = add_months(self.today.replace(day=1), 2) - timedelta(days=1)
            given = self.today - timedelta(days=9)
            terms[-1] = replace(terms[-1], status="notice", end_on=end, move_out_on=end, notice_given_on=given)
        here = self._household(door, start, terms, story)
        if story.leaving:
            return UnitLife((before, here), "notice", terms[-1].end_on + timedelta(days=TURN_DAYS))
        return UnitLife((before, here), "occupied", None)

    def _first_move_in(self) -> date:
        """Somewhere in the two and a quarter years before the history, more often in summer."""
        begin = history_start(self.today)
        while True:
            start = begin - timedelta(days=int(self.rng.random() * 820))
            if self.rng.random() * 1.4 < _MOVE_WEIGHT[start.month - 1]:
                return start

    def _forward(self, door: Door, start: date, lived: list[Household]) -> UnitLife:
        """Household after household until today."""
        begin = history_start(self.today)
        while start <= self.today:
            stay = self._stay(door, start)
            if stay.terms[-1].end_on >= begin:
                lived.append(stay)
            last = stay.terms[-1]
            if last.end_on >= self.today:
                return self._occupied(door, lived)
            start = last.end_on + timedelta(days=self._gap(last.end_on))
        return self._vacant(door, start, lived)

    def _occupied(self, door: Door, lived: list[Household]) -> UnitLife:
        leaving_on = lived[-1].moved_out_on
        if leaving_on is None:
            return UnitLife(tuple(lived), "occupied", None)
        start = leaving_on + timedelta(days=self._gap(leaving_on))
        if (start - self.today).days <= self._signed_ahead() and self.rng.random() < 0.6:
            lived.append(self._household(door, start, [self._term(door, start, 12, "future", move_in=True)]))
            return UnitLife(tuple(lived), "notice", None)
        return UnitLife(tuple(lived), "notice", leaving_on + timedelta(days=TURN_DAYS))

    def _vacant(self, door: Door, start: date, lived: list[Household]) -> UnitLife:
        if (start - self.today).days <= self._signed_ahead():
            lived.append(self._household(door, start, [self._term(door, start, 12, "future", move_in=True)]))
            return UnitLife(tuple(lived), "vacant_leased", None)
        if self.rng.random() < 0.06:
            return UnitLife(tuple(lived), "down", None)
        since = lived[-1].terms[-1].end_on if lived else history_start(self.today)
        return UnitLife(tuple(lived), "vacant", since + timedelta(days=TURN_DAYS))

    def _stay(self, door: Door, start: date) -> Household:
        """One household from its move-in to its move-out or to what is known today."""
        months = _weighted_months(self.rng)
        terms = [self._term(door, start, months, "current", move_in=True)]
        pays = self._payer()
        stays = self.spec.renewal if pays != "stops" else 0.1
        while True:
            last = terms[-1]
            decided_on = last.end_on - timedelta(days=DECIDE_DAYS - int(self.rng.random() * 30))
            renews = self.rng.random() < stays
            if decided_on > self.today:
                break
            if not renews:
                terms[-1] = self._ended(last, decided_on)
                break
            terms = self._renewed(terms, door)
            if terms[-1].start_on > self.today:
                break
        return self._household(door, start, terms, pays=pays)

    def _past_stay(self, door: Door, start: date, end: date) -> Household:
        term = self._term(door, start, 12, "current", move_in=True)
        ended = replace(
            term, status="past", end_on=end, move_out_on=end, notice_given_on=end - timedelta(days=DECIDE_DAYS)
        )
        return self._household(door, start, [ended], pays="prompt")

    def _ended(self, term: Lease, given_on: date) -> Lease:
        status: LeaseStatus = "notice" if term.end_on >= self.today else "past"
        return replace(term, status=status, move_out_on=term.end_on, notice_given_on=given_on)

    def _renewed(self, terms: list[Lease], door: Door) -> list[Lease]:
        """The terms and one more, for a few percent above the last rent."""
        last = terms[-1]
        start = last.end_on + timedelta(days=1)
        raised = round(last.rent_cents * (1.02 + 0.035 * self.rng.random()) / 500) * 500
        status: LeaseStatus = "future" if start > self.today else "current"
        term = self._term(door, start, 12, status, rent_cents=min(raised, round(door.rent_cents * 1.04 / 500) * 500))
        before = replace(last, status="past" if last.end_on < self.today else "current")
        return [*terms[:-1], before, replace(term, renewed_from_id=last.id, deposit_cents=last.deposit_cents)]

    def _term(
        self,
        door: Door,
        start: date,
        months: int,
        status: LeaseStatus,
        *,
        move_in: bool = False,
        rent_cents: int | None = None,
    ) -> Lease:
        """A term without its household yet."""
        rent = rent_cents or self._signed_rent(door, start)
        return Lease(
            id=next(self.ids),
            tenancy_id=0,
            property_id=self.property_id,
            unit_id=door.unit_id,
            resident_id=0,
            occupants=(),
            status=status,
            start_on=start,
            end_on=add_months(start, months) - timedelta(days=1),
            move_in_on=start if move_in else None,
            move_out_on=None,
            notice_given_on=None,
            rent_cents=rent,
            deposit_cents=round(rent * 0.5 / 5000) * 5000 if self.rng.random() < 0.7 else rent,
            renewed_from_id=None,
            clauses=(),
        )

    def _signed_rent(self, door: Door, start: date) -> int:
        """What the market paid for the unit on that day, in cents."""
        years = (self.today - start).days / 365
        drift = (1 + YEARLY_RENT_GROWTH) ** -years * (0.965 + 0.05 * self.rng.random())
        return round(door.rent_cents * drift / 500) * 500

    def _household(
        self,
        door: Door,
        start: date,
        terms: list[Lease],
        story: ResidentStory | None = None,
        pays: str = "",
    ) -> Household:
        """Give the terms their people. A tenancy's id is its first term's."""
        someone = self.people.someone(story.name if story else "", story.phone if story else "")
        resident = Resident(
            next(self.ids), self.property_id, someone.name, someone.email, someone.phone, self.rng.random() < 0.93
        )
        family = someone.name.rpartition(" ")[2]
        others = story.occupants if story else self._others(family)
        clauses = (story.clauses if story else ()) + self._clauses()
        if story and story.name == "Priya Patel":
            terms = [replace(term, deposit_cents=2 * term.rent_cents) for term in terms]
        signed = tuple(
            replace(
                term,
                tenancy_id=terms[0].id,
                resident_id=resident.id,
                occupants=(someone.name, *others),
                clauses=clauses,
            )
            for term in terms
        )
        pet = story.pet if story else (_PETS[int(self.rng.random() * 8)] if self.spec.pet_friendly else "")
        cars = story.cars if story else int(self.rng.random() * 2.4)
        return Household(resident, signed, story.pays if story else pays or self._payer(), pet, cars, start, story)

    def _others(self, family: str) -> tuple[str, ...]:
        number = (0, 0, 0, 1, 1, 2)[int(self.rng.random() * 6)]
        return tuple(
            f"{self.people.name().partition(' ')[0]} {family}" if self.rng.random() < 0.7 else self.people.name()
            for _ in range(number)
        )

    def _clauses(self) -> tuple[str, ...]:
        first = int(self.rng.random() * len(_CLAUSES))
        return (_CLAUSES[0], _CLAUSES[first]) if first else (_CLAUSES[0],)

    def _payer(self) -> str:
        drawn = self.rng.random() / self.spec.pay
        if drawn < 0.018:
            return "stops"
        if drawn < 0.05:
            return "partial"
        return "late" if drawn < 0.14 else "prompt"

    def _gap(self, after: date) -> int:
        """Days until the next household moves in: fewer in summer."""
        season = 1.9 - 0.8 * _MOVE_WEIGHT[after.month - 1]
        return TURN_DAYS + 3 + round(self.spec.gap_days * season * (0.15 + 1.7 * self.rng.random()) * 0.74)

    def _signed_ahead(self) -> int:
        """How many days before moving in a new household has signed."""
        return 4 + int(self.rng.random() * 34)


def market_rent(plan: PlanSpec, floor: int, rng: Random) -> int:
    """A unit's asking rent in cents: higher floors and renovated units cost more."""
    renovated = 60 if rng.random() < 0.25 else 0
    return (plan.rent + 5 * (floor - 1) + renovated + 5 * int(rng.random() * 7) - 15) * 100


def _weighted_months(rng: Random) -> int:
    drawn = rng.random()
    if drawn < 0.08:
        return 6
    if drawn < 0.16:
        return 9
    return 15 if drawn > 0.92 else 12
