"""Leases: which end when, who moves in and out, and one lease in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, Resident
from app.db.models.property import Property, Unit
from app.domain.money import Money
from app.domain.period import Period
from app.portfolio.area import Area
from app.portfolio.find import LIVING, Tenancy
from app.portfolio.visible import first_rows

Standing = Literal["undecided", "on notice", "renewed", "moved out"]
STANDINGS: tuple[Standing, ...] = ("undecided", "on notice", "renewed", "moved out")
ENDING = (*LIVING, "past")

Ts = TypeVarTuple("Ts")


def first_lease() -> ColumnElement[bool]:
    """Leases that renew no other: their first day is a move-in. (Written so that the index over renewals, in which
    most leases are alike, is not taken for a good way to find them.)"""
    return func.coalesce(Lease.renewed_from_id, "") == ""


@dataclass(frozen=True)
class Expiration:
    """A lease that ends. `asking` is what the unit is offered for now; rents are a month."""

    resident: str
    property: str
    unit: str
    ends_on: date
    rent: Money
    asking: Money
    standing: Standing
    past_due: Money


@dataclass(frozen=True)
class Expirations:
    """How many leases end, by standing and by month (`2026-04`), their rent, and the leases themselves, soonest
    first."""

    total: int
    by_standing: dict[str, int]
    by_month: dict[str, int]
    rent: Money
    leases: tuple[Expiration, ...]


async def expirations(session: AsyncSession, area: Area, period: Period, limit: int) -> Expirations:
    """The leases of an area that end in a period."""
    ending = and_(area.rows(Lease), Lease.status.in_(ENDING), Lease.end_on.between(period.start, period.end))
    standing = case(
        (Lease.renewed, "renewed"), *((Lease.status == key, said) for key, said in _SAID.items()), else_="undecided"
    )
    by_standing: dict[str, int] = {}
    by_month: dict[str, int] = {}
    rent = 0
    for ends_on, state, number, cents in await _ending(session, ending, standing):
        by_standing[state] = by_standing.get(state, 0) + number
        month = f"{ends_on:%Y-%m}"
        by_month[month] = by_month.get(month, 0) + number
        rent += cents
    found = await session.execute(
        _places(
            select(
                Resident.name,
                Property.name,
                Unit.number,
                Lease.end_on,
                Lease.rent_cents,
                Unit.asking_rent_cents,
                standing,
                Lease.past_due_cents,
            )
        )
        .where(first_rows(area.principal, Lease, ending, (Lease.end_on, Lease.property_id), limit))
        .order_by(Lease.end_on, Property.name, Unit.number)
    )
    leases = tuple(
        Expiration(who, home, unit, ends, Money(pays), Money(asks), state, Money(owes))
        for who, home, unit, ends, pays, asks, state, owes in found
    )
    return Expirations(
        total=sum(by_standing.values()),
        by_standing=by_standing,
        by_month=dict(sorted(by_month.items())),
        rent=Money(rent),
        leases=leases,
    )


_SAID: dict[str, Standing] = {"past": "moved out", "notice": "on notice"}


async def _ending(
    session: AsyncSession, ending: ColumnElement[bool], standing: ColumnElement[Standing]
) -> Sequence[tuple[date, Standing, int, int]]:
    """How many leases end on which day in which standing, with their rent in cents."""
    shown = standing.label("standing")
    query = select(Lease.end_on, shown, func.count(), func.sum(Lease.rent_cents)).where(ending)
    found = await session.execute(query.group_by(Lease.end_on, shown))
    return [(day, state, number, int(cents)) for day, state, number, cents in found]


def _places(query: Select[*Ts]) -> Select[*Ts]:
    """Joins a query over leases to the resident, the property and the unit."""
    return (
        query.select_from(Lease)
        .join(Resident, (Resident.workspace_id == Lease.workspace_id) & (Resident.id == Lease.resident_id))
        .join(Property, (Property.workspace_id == Lease.workspace_id) & (Property.id == Lease.property_id))
        .join(Unit, (Unit.workspace_id == Lease.workspace_id) & (Unit.id == Lease.unit_id))
    )


@dataclass(frozen=True)
class MoveEvent:
    """Someone moves in or out on a day. `rent` is a month."""

    moves_on: date
    resident: str
    property: str
    unit: str
    bedrooms: int
    rent: Money
    past_due: Money


@dataclass(frozen=True)
class MoveEvents:
    total: int
    events: tuple[MoveEvent, ...]


async def move_events(
    session: AsyncSession, area: Area, kind: Literal["move_in", "move_out"], period: Period, limit: int
) -> MoveEvents:
    """The move-ins or move-outs of an area in a period, soonest first."""
    moves_on = Lease.move_in_on if kind == "move_in" else Lease.move_out_on
    happening = and_(
        area.rows(Lease),
        moves_on.between(period.start, period.end),
        Lease.status.in_(("future", *ENDING)),
        first_lease() if kind == "move_in" else Lease.renewed.is_(False),
    )
    total = await session.scalar(select(func.count()).select_from(Lease).where(happening))
    found = await session.execute(
        _places(
            select(
                moves_on,
                Resident.name,
                Property.name,
                Unit.number,
                Unit.bedrooms,
                Lease.rent_cents,
                Lease.past_due_cents,
            )
        )
        .where(first_rows(area.principal, Lease, happening, (moves_on, Lease.property_id), limit))
        .order_by(moves_on, Property.name, Unit.number)
    )
    return MoveEvents(
        total or 0,
        tuple(
            MoveEvent(day, who, home, unit, beds, Money(rent), Money(owes))
            for day, who, home, unit, beds, rent, owes in found
            if day is not None
        ),
    )


@dataclass(frozen=True)
class LeaseDetails:
    """One lease in full. `rent` is a month; `renewal` is the start of the next lease of the same resident."""

    resident: str
    property: str
    unit: str
    status: str
    start_on: date
    end_on: date
    moved_in_on: date | None
    moves_out_on: date | None
    notice_given_on: date | None
    rent: Money
    deposit: Money
    occupants: tuple[str, ...]
    clauses: tuple[str, ...]
    balance: Money
    next_start: date | None
    next_rent: Money | None


async def lease_details(session: AsyncSession, tenancy: Tenancy, lease: Lease) -> LeaseDetails:
    """The lease of a tenancy, and its renewal when there is one."""
    following = await session.scalars(
        select(Lease)
        .where(
            Lease.workspace_id == lease.workspace_id,
            Lease.renewed_from_id == lease.id,
            Lease.status != "cancelled",
            Lease.deleted_at.is_(None),
        )
        .limit(1)
    )
    following = following.first()
    return LeaseDetails(
        resident=tenancy.resident.name,
        property=tenancy.home.name,
        unit=tenancy.unit.number if tenancy.unit else "",
        status=lease.status,
        start_on=lease.start_on,
        end_on=lease.end_on,
        moved_in_on=lease.move_in_on,
        moves_out_on=lease.move_out_on,
        notice_given_on=lease.notice_given_on,
        rent=Money(lease.rent_cents),
        deposit=Money(lease.deposit_cents),
        occupants=tuple(name for name in lease.occupants.split("|") if name) or (tenancy.resident.name,),
        clauses=tuple(clause for clause in lease.clauses.split("|") if clause),
        balance=Money(lease.balance_cents),
        next_start=following.start_on if following else None,
        next_rent=Money(following.rent_cents) if following else None,
    )
