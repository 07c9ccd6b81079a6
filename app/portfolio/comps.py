"""What competitors near a community ask, beside what we ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.property import MarketComp, Unit
from app.domain.money import Money
from app.portfolio.area import Area


@dataclass(frozen=True)
class Comp:
    """One competitor's floor plan at its latest survey. Rents are a month; `effective` is after concessions;
    `occupancy` is a fraction. Distance and size are None where the survey doesn't tell."""

    competitor: str
    distance_miles: float | None
    bedrooms: int
    square_feet: int | None
    asking: Money
    effective: Money
    occupancy: float | None
    concession: str
    surveyed_on: date
    record: str  # read-model id
    as_of: datetime


@dataclass(frozen=True)
class BedroomMarket:
    """One bedroom count: what competitors ask on average, and what we ask (None when we have no such unit)."""

    bedrooms: int
    competitors: int
    average_asking: Money
    average_effective: Money
    lowest: Money
    highest: Money
    ours: Money | None
    difference: Money | None  # ours minus theirs


@dataclass(frozen=True)
class Market:
    markets: tuple[BedroomMarket, ...]
    comps: tuple[Comp, ...]


async def market(session: AsyncSession, area: Area, bedrooms: int | None, radius_miles: float | None) -> Market:
    """The latest survey of each competitor floor plan near the one community of `area`, nearest first. Within a
    radius are those whose distance is known."""
    query = select(MarketComp).where(area.rows(MarketComp))
    if bedrooms is not None:
        query = query.where(MarketComp.bedrooms == bedrooms)
    if radius_miles is not None:
        query = query.where(MarketComp.distance_miles <= radius_miles)
    surveyed = (await session.scalars(query)).all()
    latest: dict[tuple[str, int], date] = {}
    for row in surveyed:
        latest[_plan(row)] = max(row.surveyed_on, latest.get(_plan(row), row.surveyed_on))
    rows = sorted(
        (row for row in surveyed if row.surveyed_on == latest[_plan(row)]),
        key=lambda row: (row.bedrooms, _far(row), row.competitor, row.square_feet or 0),
    )
    ours = await _our_asking(session, area)
    by_bedrooms = {number: [row for row in rows if row.bedrooms == number] for number in {r.bedrooms for r in rows}}
    return Market(
        markets=tuple(_summary(number, found, ours.get(number)) for number, found in sorted(by_bedrooms.items())),
        comps=tuple(_comp(row) for row in rows),
    )


def _far(row: MarketComp) -> float:
    """Who is at an unknown distance comes last."""
    return math.inf if row.distance_miles is None else row.distance_miles


def _plan(row: MarketComp) -> tuple[str, int]:
    """What is surveyed again and again. Not by square feet: surveys differ by a few."""
    return row.competitor, row.bedrooms


async def _our_asking(session: AsyncSession, area: Area) -> dict[int, Money]:
    """Our average asking rent by bedrooms, over all units."""
    found = await session.execute(
        select(Unit.bedrooms, func.avg(Unit.asking_rent_cents)).where(area.rows(Unit)).group_by(Unit.bedrooms)
    )
    return {bedrooms: _whole_dollars(float(cents)) for bedrooms, cents in found}


def _summary(bedrooms: int, rows: list[MarketComp], ours: Money | None) -> BedroomMarket:
    asking = [row.asking_rent_cents for row in rows]
    average = _whole_dollars(sum(asking) / len(asking))
    return BedroomMarket(
        bedrooms=bedrooms,
        competitors=len({row.competitor for row in rows}),
        average_asking=average,
        average_effective=_whole_dollars(sum(row.effective_rent_cents for row in rows) / len(rows)),
        lowest=Money(min(asking)),
        highest=Money(max(asking)),
        ours=ours,
        difference=ours - average if ours else None,
    )


def _whole_dollars(cents: float) -> Money:
    """Averages of asking rents are said in whole dollars."""
    return Money(round(cents / 100) * 100)


def _comp(row: MarketComp) -> Comp:
    return Comp(
        competitor=row.competitor,
        distance_miles=row.distance_miles,
        bedrooms=row.bedrooms,
        square_feet=row.square_feet,
        asking=Money(row.asking_rent_cents),
        effective=Money(row.effective_rent_cents),
        occupancy=row.occupancy,
        concession=row.concession,
        surveyed_on=row.surveyed_on,
        record=row.id,
        as_of=row.as_of,
    )
