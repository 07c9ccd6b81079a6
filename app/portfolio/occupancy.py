"""How full communities are, today from the units' status and on a past day from the leases. The shares are defined
in app/portfolio/definitions.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease
from app.db.models.property import Unit
from app.portfolio.area import Area
from app.portfolio.definitions import UnitCounts, share


@dataclass(frozen=True)
class Occupancy:
    """Unit counts and shares of one community. For a past day only `lived_in` and `physical` are known."""

    property: str
    units: int  # rentable
    down: int
    lived_in: int
    leased_units: int | None
    exposed: int | None
    physical: float
    leased: float | None
    exposure: float | None


def _today(name: str, counts: UnitCounts) -> Occupancy:
    return Occupancy(
        property=name,
        units=counts.rentable,
        down=counts.down,
        lived_in=counts.lived_in,
        leased_units=counts.leased_units,
        exposed=counts.exposed,
        physical=counts.physical,
        leased=counts.leased,
        exposure=counts.exposure,
    )


@dataclass(frozen=True)
class OccupancyReport:
    """The communities of an area by name, and all of them together."""

    total: Occupancy
    communities: tuple[Occupancy, ...]


async def occupancy_today(session: AsyncSession, area: Area) -> OccupancyReport:
    """Occupancy as the property system has it now."""
    counts = await unit_counts(session, area)
    names = {community.id: community.name for community in area.communities}
    rows = tuple(_today(names[key], counts.get(key, UnitCounts())) for key in names)
    return OccupancyReport(_today(area.name, sum(counts.values(), UnitCounts())), rows)


async def unit_counts(session: AsyncSession, area: Area) -> dict[str, UnitCounts]:
    """Units by state, for each community of an area (by property id)."""
    counts: dict[str, dict[str, int]] = {}
    by_status = (
        select(Unit.property_id, Unit.status, func.count())
        .where(area.rows(Unit))
        .group_by(Unit.property_id, Unit.status)
    )
    for home, status, number in await session.execute(by_status):
        counts.setdefault(home, {})[status] = number
    next_leased = (
        select(Unit.property_id, Unit.status, func.count())
        .where(area.rows(Unit), Unit.status.in_(("notice", "vacant")), _leased_next())
        .group_by(Unit.property_id, Unit.status)
    )
    for home, status, number in await session.execute(next_leased):
        counts[home][status] -= number
        counts[home][f"{status}_leased"] = counts[home].get(f"{status}_leased", 0) + number
    return {home: UnitCounts(**states) for home, states in counts.items()}


def _leased_next() -> ColumnElement[bool]:
    return exists().where(
        Lease.workspace_id == Unit.workspace_id,
        Lease.unit_id == Unit.id,
        Lease.status == "future",
        Lease.deleted_at.is_(None),
    )


def lived_in_on(day: date) -> ColumnElement[bool]:
    """Leases under which someone lived in the unit on that day (the day of moving out does not count)."""
    gone = case(
        (Lease.move_out_on.is_not(None), Lease.move_out_on <= day),
        (Lease.status == "past", Lease.end_on < day),
        else_=False,
    )
    return and_(
        Lease.status.in_(("current", "notice", "past")),
        Lease.start_on <= day,
        or_(Lease.move_in_on.is_(None), Lease.move_in_on <= day),
        ~gone,
    )


async def occupancy_on(session: AsyncSession, area: Area, day: date) -> OccupancyReport:
    """Physical occupancy on a past day, from the leases; measured against the units that are rentable today."""
    per_home = (
        select(Lease.property_id, func.count(Lease.unit_id.distinct()))
        .where(area.rows(Lease), lived_in_on(day))
        .group_by(Lease.property_id)
    )
    lived_in: dict[str, int] = {row[0]: row[1] for row in await session.execute(per_home)}
    counts = await unit_counts(session, area)
    names = {community.id: community.name for community in area.communities}
    rows = tuple(_past(names[key], counts.get(key, UnitCounts()), lived_in.get(key, 0)) for key in names)
    total = _past(area.name, sum(counts.values(), UnitCounts()), sum(lived_in.values()))
    return OccupancyReport(total, rows)


def _past(name: str, counts: UnitCounts, lived_in: int) -> Occupancy:
    units = max(counts.rentable, lived_in)
    return Occupancy(
        property=name,
        units=units,
        down=counts.down,
        lived_in=lived_in,
        leased_units=None,
        exposed=None,
        physical=share(lived_in, units),
        leased=None,
        exposure=None,
    )
