"""The demo portfolio as a whole: communities made one at a time, so that any number of them fits into memory.

portfolio = Portfolio(seed=7, today=date(2026, 3, 18))
for community in portfolio.communities(): ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count
from random import Random

from app.sandbox.portfolio.calls import CallLog
from app.sandbox.portfolio.catalog import TWELVE, CommunitySpec, PlanSpec, communities, competitor_names
from app.sandbox.portfolio.crm import crm
from app.sandbox.portfolio.finance import Books
from app.sandbox.portfolio.leasing import Interest
from app.sandbox.portfolio.ledgers import entries_of
from app.sandbox.portfolio.maintenance import Maintenance, WorkOrderNumbers
from app.sandbox.portfolio.people import People, phone_number
from app.sandbox.portfolio.records import FloorPlan, Lease, LedgerEntry, Property, Resident, Unit, WorkOrder
from app.sandbox.portfolio.register import (
    Call,
    CallNote,
    Company,
    Contact,
    Deal,
    GlMonth,
    GuestCard,
    Invoice,
    MarketComp,
    Task,
    Tour,
    Vendor,
)
from app.sandbox.portfolio.stories import EMPTY_DOORS, RESERVED_NAMES, RESIDENTS
from app.sandbox.portfolio.tenancies import Door, Household, Lives, UnitLife, market_rent
from app.sandbox.portfolio.todos import tasks
from app.sandbox.portfolio.vendors import approved_vendors

FIRST_PROPERTY_ID = 10_001
_IDS_PER_PROPERTY = 10_000  # units, residents and leases
_ENTRIES_PER_PROPERTY = 1_000_000
_REGISTER_IDS_PER_PROPERTY = 20_000  # cards, tours, surveys, invoices, months
_FIRST_LINE = 200  # phone numbers; the ones before belong to offices and vendors
_LINES_PER_PROPERTY = 1_500
_CRM_LINE = 60


@dataclass(frozen=True)
class Community:
    """Everything a property system holds about one community."""

    property: Property
    floor_plans: tuple[FloorPlan, ...]
    units: tuple[Unit, ...]
    residents: tuple[Resident, ...]
    leases: tuple[Lease, ...]
    ledger: tuple[LedgerEntry, ...]
    work_orders: tuple[WorkOrder, ...]
    households: tuple[Household, ...]


@dataclass(frozen=True)
class CommunityRegister:
    """What Sophia's register holds about one community."""

    guest_cards: tuple[GuestCard, ...]
    tours: tuple[Tour, ...]
    comps: tuple[MarketComp, ...]
    invoices: tuple[Invoice, ...]
    gl_months: tuple[GlMonth, ...]


@dataclass(frozen=True)
class CompanyRegister:
    """What Sophia's register holds about the company as a whole."""

    vendors: tuple[Vendor, ...]
    companies: tuple[Company, ...]
    contacts: tuple[Contact, ...]
    deals: tuple[Deal, ...]
    calls: tuple[Call, ...]
    notes: tuple[CallNote, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Portfolio:
    """A portfolio about `today`, the day at the properties. `size` communities; the first twelve are the known."""

    seed: int
    today: date
    size: int = len(TWELVE)

    @cached_property
    def specs(self) -> tuple[CommunitySpec, ...]:
        return communities(self.size, self.seed)

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """All properties, without anything inside them."""
        return tuple(_property(number, spec) for number, spec in enumerate(self.specs))

    def ids_of(self, names: Iterable[str]) -> tuple[int, ...]:
        """The ids of the communities of those names, in the portfolio's order; unknown names have none."""
        wanted = set(names)
        return tuple(prop.id for prop in self.properties if prop.name in wanted)

    def communities(self) -> Iterator[Community]:
        """All communities, each made when it is asked for."""
        return (self.community(prop.id) for prop in self.properties)

    def community(self, property_id: int) -> Community:
        """One community. The same every time; raises IndexError for an unknown id."""
        number = property_id - FIRST_PROPERTY_ID
        if not 0 <= number < self.size:
            raise IndexError(property_id)
        return _Builder(self, number).build()

    def register_of(self, community: Community) -> CommunityRegister:
        """The register's part of a community that this portfolio made."""
        number = community.property.id - FIRST_PROPERTY_ID
        spec = self.specs[number]
        first_id = (number + 1) * _REGISTER_IDS_PER_PROPERTY
        interest = self._interest(community)
        cards, tours = interest.prospects(community.households)
        doors = {unit.id: unit.number for unit in community.units}
        books = Books(
            spec,
            community.property.id,
            self.today,
            self.random("books", number),
            self.vendors,
            doors,
            count(first_id + 5_001),
        )
        invoices = books.invoices(community.work_orders, community.households)
        return CommunityRegister(
            guest_cards=cards,
            tours=tours,
            comps=interest.comps(competitor_names(number, self.seed)),
            invoices=invoices,
            gl_months=books.months(community.ledger, invoices, community.work_orders),
        )

    def guest_cards_of(self, community: Community) -> tuple[GuestCard, ...]:
        """Only the guest cards of a community's register."""
        return self._interest(community).prospects(community.households)[0]

    def _interest(self, community: Community) -> Interest:
        number = community.property.id - FIRST_PROPERTY_ID
        chance = self.random("interest", number)
        first_line = _FIRST_LINE + number * _LINES_PER_PROPERTY + _LINES_PER_PROPERTY // 2
        people = People(chance, reserved=RESERVED_NAMES, first_line=first_line)
        ids = count((number + 1) * _REGISTER_IDS_PER_PROPERTY + 1)
        return Interest(self.specs[number], community.property.id, self.today, chance, people, ids)

    @cached_property
    def vendors(self) -> tuple[Vendor, ...]:
        return approved_vendors(self.properties, self.today)

    def company_register(self) -> CompanyRegister:
        """The company-wide part; calls with residents are with those of the first community."""
        chance = self.random("company", 0)
        business = crm(self.today, chance, People(chance, reserved=RESERVED_NAMES, first_line=_CRM_LINE))
        log = CallLog(self.today, chance, business.contacts)
        first = self.community(FIRST_PROPERTY_ID)
        living = [home.resident for home in first.households if home.terms[-1].status == "current"]
        return CompanyRegister(
            vendors=self.vendors,
            companies=business.companies,
            contacts=business.contacts,
            deals=business.deals,
            calls=log.calls([(first.property, resident) for resident in living]),
            notes=log.notes(),
            tasks=tasks(self.today, chance),
        )

    def random(self, topic: str, number: int) -> Random:
        """The chance that belongs to one topic of one community, so that topics do not disturb each other."""
        return Random(f"{self.seed}|{self.today.isoformat()}|{topic}|{number}")


class _Builder:
    """Makes one community."""

    def __init__(self, portfolio: Portfolio, number: int) -> None:
        self.portfolio = portfolio
        self.spec = portfolio.specs[number]
        self.property = portfolio.properties[number]
        self.first_id = (number + 1) * _IDS_PER_PROPERTY
        self.first_entry_id = (number + 1) * _ENTRIES_PER_PROPERTY
        self.rng = portfolio.random("units", number)
        people = People(self.rng, reserved=RESERVED_NAMES, first_line=_FIRST_LINE + number * _LINES_PER_PROPERTY)
        self.lives = Lives(self.spec, self.property.id, portfolio.today, self.rng, people, count(self.first_id + 2_000))
        self.maintenance = Maintenance(
            self.spec.name,
            self.property.id,
            portfolio.today,
            portfolio.random("maintenance", number),
            WorkOrderNumbers(number, portfolio.size),
        )
        self.ledger_rng = portfolio.random("ledger", number)

    def build(self) -> Community:
        plans = tuple(self._plan(number, plan) for number, plan in enumerate(self.spec.plans))
        units: list[Unit] = []
        households: list[Household] = []
        for number, (number_on_door, building, floor) in enumerate(self.spec.layout.numbers()):
            choice = _plan_of(self.spec, number)
            unit_id = self.first_id + number + 1
            rent = market_rent(self.spec.plans[choice], floor, self.rng)
            life = self._life(Door(unit_id, rent), number_on_door)
            units.append(self._unit(unit_id, plans[choice], number_on_door, building, floor, rent, life))
            households.extend(life.households)
        ids = count(self.first_entry_id + 1)
        ledger = tuple(
            entry
            for household in households
            for entry in entries_of(household, self.portfolio.today, self.ledger_rng, ids)
        )
        return Community(
            property=self.property,
            floor_plans=plans,
            units=tuple(units),
            residents=tuple(household.resident for household in households),
            leases=tuple(term for household in households for term in household.terms),
            ledger=ledger,
            work_orders=self.maintenance.work_orders(units, households),
            households=tuple(households),
        )

    def _life(self, door: Door, number: str) -> UnitLife:
        for story in RESIDENTS:
            if (story.property, story.unit) == (self.spec.name, number):
                return self.lives.told(door, story)
        wanted = EMPTY_DOORS.get((self.spec.name, number))
        if wanted is not None:
            return self.lives.empty(door, wanted)
        return self.lives.ordinary(door)

    def _plan(self, number: int, plan: PlanSpec) -> FloorPlan:
        return FloorPlan(
            id=self.first_id + 9_000 + number,
            property_id=self.property.id,
            name=plan.name,
            bedrooms=plan.bedrooms,
            bathrooms=plan.bathrooms,
            square_feet=plan.square_feet,
            market_rent_cents=plan.rent * 100,
            amenities=self.spec.amenities,
        )

    def _unit(
        self, unit_id: int, plan: FloorPlan, number: str, building: str, floor: int, rent: int, life: UnitLife
    ) -> Unit:
        pets = self.spec.pet_friendly and self.rng.random() < 0.85
        return Unit(
            id=unit_id,
            property_id=self.property.id,
            floor_plan_id=plan.id,
            number=number,
            building=building,
            floor=floor,
            bedrooms=plan.bedrooms,
            bathrooms=plan.bathrooms,
            square_feet=plan.square_feet,
            market_rent_cents=rent,
            status=life.status,
            available_on=life.available_on,
            pet_friendly=pets,
            amenities=plan.amenities,
        )


def _property(number: int, spec: CommunitySpec) -> Property:
    mailbox = spec.name.lower().replace(" ", "")
    return Property(
        id=FIRST_PROPERTY_ID + number,
        name=spec.name,
        aliases=spec.aliases,
        street=spec.street,
        city=spec.city,
        state="TX",
        postal_code=spec.postal_code,
        year_built=spec.year_built,
        unit_count=spec.units,
        pet_friendly=spec.pet_friendly,
        timezone="America/Chicago",
        phone=phone_number(number % 40),
        email=f"leasing@{mailbox}.example",
    )


def _plan_of(spec: CommunitySpec, number: int) -> int:
    """Which floor plan the `number`-th unit has: plans are spread evenly by their shares."""
    position = number * 37 % 100
    for choice, plan in enumerate(spec.plans):
        position -= plan.share
        if position < 0:
            return choice
    return len(spec.plans) - 1
