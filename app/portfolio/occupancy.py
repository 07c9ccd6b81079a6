"""How full communities are, today from the units' status and on a past day from the leases. The shares are defined
in app/portfolio/definitions.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease
from app.db.models.property import PropertyMonth, Unit
from app.domain.period import Period
from app.portfolio.area import Area
from app.portfolio.definitions import UnitCounts, share
from app.portfolio.leases import first_lease


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
    next_leases = select(Lease.unit_id).where(area.rows(Lease), Lease.status == "future")
    next_leased = (
        select(Unit.property_id, Unit.status, func.count())
        .where(area.rows(Unit), Unit.status.in_(("notice", "vacant")), Unit.id.in_(next_leases))
        .group_by(Unit.property_id, Unit.status)
    )
    for home, status, number in await session.execute(next_leased):
        counts[home][status] -= number
        counts[home][f"{status}_leased"] = counts[home].get(f"{status}_leased", 0) + number
    return {home: UnitCounts(**states) for home, states in counts.items()}


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
    lived_in = await _kept(session, area, day) or await _counted(session, area, day)
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


async def _counted(session: AsyncSession, area: Area, day: date) -> dict[str, int]:
    """Units lived in on a day by property id, counted from the leases."""
    per_home = (
        select(Lease.property_id, func.count(Lease.unit_id.distinct()))
        .where(area.rows(Lease), lived_in_on(day))
        .group_by(Lease.property_id)
    )
    return {row[0]: row[1] for row in await session.execute(per_home)}


async def _kept(session: AsyncSession, area: Area, day: date) -> dict[str, int]:
    """The same from the last month end that was summed up, with the moves since; empty when none was. Only for more
    than one community: a single one is counted."""
    if area.one is not None:
        return {}
    month = month_ended(day)
    rows = (area.rows(PropertyMonth), PropertyMonth.month == month)
    kept = select(PropertyMonth.property_id, PropertyMonth.occupied_units).where(*rows)
    lived_in: dict[str, int] = {row[0]: row[1] for row in await session.execute(kept)}
    if len(lived_in) < len(area.communities):
        return {}
    ended = Period.month_of(month).end
    if day > ended:
        for change, moves_on in ((1, Lease.move_in_on), (-1, Lease.move_out_on)):
            moved = (
                select(Lease.property_id, func.count())
                .where(
                    area.rows(Lease),
                    Lease.status.in_(("current", "notice", "past")),
                    moves_on > ended,
                    moves_on <= day,
                    first_lease() if change > 0 else Lease.renewed.is_(False),
                )
                .group_by(Lease.property_id)
            )
            for home, number in await session.execute(moved):
                lived_in[home] = lived_in.get(home, 0) + change * number
    return lived_in


def month_ended(day: date) -> date:
    """The first day of the last month that was over, or ended, on a day."""
    if Period.month_of(day).end == day:
        return day.replace(day=1)
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
