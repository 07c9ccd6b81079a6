"""Tours: who visits which community when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import GuestCard, Tour
from app.domain.period import Period
from app.portfolio.area import Area
from app.portfolio.find import folded


@dataclass(frozen=True)
class TourLine:
    """One tour; `starts_at` is in the community's own time zone."""

    starts_at: datetime
    prospect: str
    property: str
    status: str
    agent: str


@dataclass(frozen=True)
class Tours:
    """Tours that were not cancelled, by time, and how many of each status there are (cancelled ones included)."""

    total: int
    by_status: dict[str, int]
    tours: tuple[TourLine, ...]


async def tours(session: AsyncSession, area: Area, period: Period, timezone: str, limit: int) -> Tours:
    """The tours of an area on the days of a period, days being counted in `timezone`."""
    zone = ZoneInfo(timezone)
    first = datetime.combine(period.start, time(), zone)
    after = datetime.combine(period.end + timedelta(days=1), time(), zone)
    within = and_(area.rows(Tour), Tour.starts_at >= first, Tour.starts_at < after)
    counts = await session.execute(select(Tour.status, func.count()).where(within).group_by(Tour.status))
    by_status: dict[str, int] = {row[0]: row[1] for row in counts}
    found = await session.execute(
        select(Tour.starts_at, Tour.prospect, Tour.property_id, Tour.status, Tour.agent)
        .where(within, Tour.status != "cancelled")
        .order_by(Tour.starts_at, Tour.prospect)
        .limit(limit)
    )
    homes = {community.id: community for community in area.communities}
    lines = tuple(
        TourLine(at.astimezone(ZoneInfo(homes[home].timezone)), prospect, homes[home].name, status, agent)
        for at, prospect, home, status, agent in found
    )
    total = sum(number for status, number in by_status.items() if status != "cancelled")
    return Tours(total, by_status, lines)


async def booked_at(session: AsyncSession, area: Area, start: datetime) -> list[str]:
    """The prospects whose booked tours of an area start at that moment."""
    found = await session.scalars(
        select(Tour.prospect).where(area.rows(Tour), Tour.starts_at == start, Tour.status == "booked")
    )
    return list(found)


async def guest_card_of(session: AsyncSession, area: Area, name: str) -> GuestCard | None:
    """The latest guest card of that name at a community."""
    found = await session.scalars(
        select(GuestCard)
        .where(area.rows(GuestCard), GuestCard.search_name == folded(name))
        .order_by(GuestCard.inquired_on.desc())
        .limit(1)
    )
    return found.first()
