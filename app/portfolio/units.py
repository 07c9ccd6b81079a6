"""Units: which are available, and everything about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, Resident
from app.db.models.property import FloorPlan, Property, Unit
from app.domain.money import Money
from app.portfolio.area import Area
from app.portfolio.find import LIVING, UnitPlace
from app.portfolio.visible import first_rows


@dataclass(frozen=True)
class AvailableUnit:
    """A unit that can be leased: vacant, or on notice without a next lease. Free now when `available_on` is today."""

    property: str
    unit: str
    floor_plan: str
    bedrooms: int
    bathrooms: float
    square_feet: int
    rent: Money  # a month
    available_on: date
    pet_friendly: bool


@dataclass(frozen=True)
class Wanted:
    """What a prospect is looking for. Rents are a month."""

    bedrooms: int | None = None
    bathrooms: float | None = None
    min_rent: Money | None = None
    max_rent: Money | None = None
    available_by: date | None = None
    pet_friendly: bool = False


@dataclass(frozen=True)
class Available:
    """How many units fit and what they cost, over everything, and the cheapest of them as rows."""

    total: int
    free_now: int
    lowest_rent: Money | None
    highest_rent: Money | None
    units: tuple[AvailableUnit, ...]


def rentable(area: Area) -> ColumnElement[bool]:
    """Units of an area that can still be leased: vacant, or on notice, and nobody is about to move in."""
    leased_next = select(Lease.unit_id).where(area.rows(Lease), Lease.status == "future")
    return and_(area.rows(Unit), Unit.status.in_(("vacant", "notice")), Unit.id.not_in(leased_next))


async def available_units(session: AsyncSession, area: Area, wanted: Wanted, today: date, limit: int) -> Available:
    """The units of an area that fit, cheapest first."""
    fits = and_(rentable(area), *_conditions(wanted))
    now = or_(Unit.available_on.is_(None), Unit.available_on <= today) & (Unit.status == "vacant")
    counts = select(
        func.count(),
        func.count().filter(now),
        func.min(Unit.asking_rent_cents),
        func.max(Unit.asking_rent_cents),
    )
    total, free_now, low, high = (await session.execute(counts.where(fits))).one()
    order = (Unit.asking_rent_cents, Unit.property_id, Unit.number)
    found = await session.execute(
        select(
            Property.name,
            Unit.number,
            FloorPlan.name,
            Unit.bedrooms,
            Unit.bathrooms,
            Unit.square_feet,
            Unit.asking_rent_cents,
            Unit.available_on,
            Unit.pet_friendly,
        )
        .join(Property, (Property.workspace_id == Unit.workspace_id) & (Property.id == Unit.property_id))
        .outerjoin(FloorPlan, (FloorPlan.workspace_id == Unit.workspace_id) & (FloorPlan.id == Unit.floor_plan_id))
        .where(first_rows(area.principal, Unit, fits, order, limit))
        .order_by(Unit.asking_rent_cents, Property.name, Unit.number)
    )
    units = tuple(
        AvailableUnit(home, unit, plan or "", beds, baths, feet, Money(rent), max(free or today, today), pets)
        for home, unit, plan, beds, baths, feet, rent, free, pets in found
    )
    return Available(total, free_now, Money(low) if total else None, Money(high) if total else None, units)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.bedrooms is not None:
        conditions.append(Unit.bedrooms == wanted.bedrooms)
    if wanted.bathrooms is not None:
        conditions.append(Unit.bathrooms == wanted.bathrooms)
    if wanted.min_rent is not None:
        conditions.append(Unit.asking_rent_cents >= wanted.min_rent.cents)
    if wanted.max_rent is not None:
        conditions.append(Unit.asking_rent_cents <= wanted.max_rent.cents)
    if wanted.available_by is not None:
        vacant_now = and_(Unit.status == "vacant", Unit.available_on.is_(None))
        conditions.append(or_(vacant_now, Unit.available_on <= wanted.available_by))
    if wanted.pet_friendly:
        conditions.append(Unit.pet_friendly.is_(True))
    return conditions


@dataclass(frozen=True)
class UnitDetails:
    """One unit. `resident`, `lease_rent` and `lease_end` are None when nobody lives there."""

    property: str
    unit: str
    floor_plan: str
    building: str
    floor: int | None
    bedrooms: int
    bathrooms: float
    square_feet: int
    asking_rent: Money
    status: str
    available_on: date | None
    pet_friendly: bool
    amenities: tuple[str, ...]
    rent_override: bool
    resident: str | None
    lease_rent: Money | None
    lease_end: date | None


async def unit_details(session: AsyncSession, place: UnitPlace) -> UnitDetails:
    """Everything the read model knows of a unit, with the lease of whoever lives there."""
    unit = place.unit
    plan = await session.get(FloorPlan, (unit.workspace_id, unit.floor_plan_id)) if unit.floor_plan_id else None
    lived_in = (
        await session.execute(
            select(Resident.name, Lease.rent_cents, Lease.end_on)
            .join(Resident, (Resident.workspace_id == Lease.workspace_id) & (Resident.id == Lease.resident_id))
            .where(
                Lease.workspace_id == unit.workspace_id,
                Lease.unit_id == unit.id,
                Lease.status.in_(LIVING),
                Lease.deleted_at.is_(None),
            )
            .order_by(Lease.start_on.desc())
            .limit(1)
        )
    ).first()
    own, shared = _parts(unit.amenities), _parts(plan.amenities if plan else "")
    return UnitDetails(
        property=place.home.name,
        unit=unit.number,
        floor_plan=plan.name if plan else "",
        building=unit.building,
        floor=unit.floor,
        bedrooms=unit.bedrooms,
        bathrooms=unit.bathrooms,
        square_feet=unit.square_feet,
        asking_rent=Money(unit.asking_rent_cents),
        status=unit.status,
        available_on=unit.available_on,
        pet_friendly=unit.pet_friendly,
        amenities=tuple(dict.fromkeys((*own, *shared))),
        rent_override=unit.rent_override_cents is not None,
        resident=lived_in[0] if lived_in else None,
        lease_rent=Money(lived_in[1]) if lived_in else None,
        lease_end=lived_in[2] if lived_in else None,
    )


def _parts(text: str) -> list[str]:
    return [part for part in text.split("|") if part]
