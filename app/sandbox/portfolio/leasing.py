"""Who wants to live in a community (guest cards, tours) and what its competitors charge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from app.sandbox.portfolio.calendar import add_months, local_moment
from app.sandbox.portfolio.catalog import CommunitySpec
from app.sandbox.portfolio.people import People
from app.sandbox.portfolio.register import GuestCard, MarketComp, Tour
from app.sandbox.portfolio.tenancies import Household

CARD_DAYS = 150  # how far back guest cards go
TOUR_DAYS_AHEAD = 9
SURVEYS = 4  # monthly surveys of competitors
CARDS_PER_UNIT_AND_DAY = 0.0032

_SOURCES = ("Website", "Zillow", "Apartments.com", "Google", "Walk-in", "Resident referral", "Instagram", "Drive-by")
_AGENTS = {"Riverside Lofts": "Angela Brandt", "Maple Grove": "Jen Park"}
_OPENS, _SLOTS = 10 * 60, 15  # tours start on the half hour from ten to five
_CONCESSIONS = ("", "", "", "Half a month free", "$500 look-and-lease", "Six weeks free on 14 months", "No deposit")

# prospects who are also contacts in the CRM: community, days from today, minutes after midnight
_KNOWN_TOURS = {
    "Jake Sullivan": ("Riverside Lofts", 1, 11 * 60),
    "Greg Hammond": ("Parkview Tower", -1, 14 * 60 + 30),
    "Alan Park": ("Harbor Point", 3, 10 * 60 + 30),
}


@dataclass
class Interest:
    """Draws the prospects and competitors of one community. `ids` numbers cards, tours and surveys."""

    spec: CommunitySpec
    property_id: int
    today: date
    rng: Random
    people: People
    ids: count[int]

    def prospects(self, households: Sequence[Household]) -> tuple[tuple[GuestCard, ...], tuple[Tour, ...]]:
        """Guest cards by day of inquiry, and the tours that came of them."""
        agent = _AGENTS.get(self.spec.name) or self.people.name()
        cards = [*self._became_residents(households), *self._others()]
        cards.sort(key=lambda card: (card.inquired_on, card.id))
        tours = [tour for card in cards if (tour := self._tour(card, agent)) is not None]
        tours.extend(self._known_tours(agent))
        tours.sort(key=lambda tour: (tour.starts_at, tour.id))
        return tuple(cards), tuple(tours)

    def _became_residents(self, households: Sequence[Household]) -> Iterator[GuestCard]:
        """Everyone who moved in lately, or has signed, once was a prospect."""
        for household in households:
            inquired_on = household.moved_in_on - timedelta(days=12 + int(self.rng.random() * 24))
            first = household.terms[0]
            if first.move_in_on is None or (self.today - inquired_on).days > CARD_DAYS:
                continue
            resident = household.resident
            yield GuestCard(
                next(self.ids), self.property_id, resident.name, resident.email, resident.phone, self._bedrooms(),
                "leased", self._source(), min(inquired_on, self.today - timedelta(days=4)),
            )  # fmt: skip

    def _others(self) -> Iterator[GuestCard]:
        for _ in range(round(self.spec.units * CARDS_PER_UNIT_AND_DAY * CARD_DAYS)):
            age = int(self.rng.random() ** 1.3 * CARD_DAYS)
            someone = self.people.someone()
            yield GuestCard(
                next(self.ids), self.property_id, someone.name, someone.email, someone.phone, self._bedrooms(),
                self._status(age), self._source(), self.today - timedelta(days=age),
            )  # fmt: skip

    def _status(self, age: int) -> str:
        drawn = self.rng.random()
        if age < 2:
            return "new" if drawn < 0.7 else "contacted"
        if age < 14:
            return "contacted" if drawn < 0.55 else "toured" if drawn < 0.9 else "applied"
        if age < 40:
            return "contacted" if drawn < 0.2 else "toured" if drawn < 0.5 else "lost"
        return "lost"

    def _bedrooms(self) -> int:
        plans = self.spec.plans
        return plans[int(self.rng.random() * len(plans))].bedrooms

    def _source(self) -> str:
        return _SOURCES[int(self.rng.random() * len(_SOURCES))]

    def _tour(self, card: GuestCard, agent: str) -> Tour | None:
        """Toured, applied and leased prospects came once; some of the lost ones too; new ones may have booked."""
        drawn = self.rng.random()
        if card.status in ("new", "contacted"):
            if drawn > (0.85 if (self.today - card.inquired_on).days < 14 else 0.2):
                return None
            ahead = int(self.rng.random() ** 1.6 * (TOUR_DAYS_AHEAD + 1))
            day, status = self.today + timedelta(days=ahead), "booked"
        else:
            if card.status == "lost" and drawn > 0.4:
                return None
            day = min(card.inquired_on + timedelta(days=1 + int(self.rng.random() * 6)), self.today - timedelta(days=1))
            status = "done" if card.status != "lost" or drawn < 0.28 else "no_show" if drawn < 0.36 else "cancelled"
        return self._at(card.name, card.id, day, _OPENS + 30 * int(self.rng.random() * _SLOTS), status, agent)

    def _known_tours(self, agent: str) -> Iterator[Tour]:
        for prospect, (community, days, minutes) in _KNOWN_TOURS.items():
            if community == self.spec.name:
                day = self.today + timedelta(days=days)
                yield self._at(prospect, None, day, minutes, "done" if days < 0 else "booked", agent)

    def _at(self, prospect: str, card_id: int | None, day: date, minutes: int, status: str, agent: str) -> Tour:
        return Tour(next(self.ids), self.property_id, prospect, card_id, local_moment(day, minutes), status, agent)

    def comps(self, names: Sequence[str]) -> tuple[MarketComp, ...]:
        """Four to six competitors, each floor plan surveyed monthly. `names` are names of other communities."""
        found: list[MarketComp] = []
        for number in range(4 + int(self.rng.random() * 3)):
            name = names[number]
            distance = round(0.3 + self.rng.random() * (1.2 + number), 1)
            level = 0.91 + 0.19 * self.rng.random()
            for survey in range(SURVEYS):
                found.extend(self._survey(name, distance, level, SURVEYS - 1 - survey))
        return tuple(found)

    def _survey(self, name: str, distance: float, level: float, months_ago: int) -> Iterator[MarketComp]:
        surveyed_on = add_months(self.today, -months_ago) - timedelta(days=3 + int(self.rng.random() * 9))
        concession = _CONCESSIONS[int(self.rng.random() * len(_CONCESSIONS))]
        occupancy = round(0.905 + 0.07 * self.rng.random(), 3)
        by_bedrooms = {plan.bedrooms: plan for plan in self.spec.plans}
        for plan in by_bedrooms.values():
            asking = round(plan.rent * level * (1 - 0.003 * months_ago) * (0.98 + 0.04 * self.rng.random()) / 5) * 5
            given = {"Half a month free": asking / 24, "Six weeks free on 14 months": asking * 1.5 / 14}
            off = given.get(concession, 500 / 12 if concession.startswith("$500") else 0)
            square_feet = round(plan.square_feet * (0.94 + 0.12 * self.rng.random()))
            yield MarketComp(
                next(self.ids), self.property_id, name, distance, plan.bedrooms, square_feet, asking * 100,
                round(asking - off) * 100, occupancy, concession, surveyed_on,
            )  # fmt: skip
