"""Financial and operating metrics by month and by community. What each means stands in
app/portfolio/definitions.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease
from app.db.models.property import PropertyMonth
from app.domain.money import Money
from app.domain.period import Period
from app.portfolio.area import Area
from app.portfolio.definitions import average_rent, share
from app.portfolio.finance import GlSums, gl_sums, months_in
from app.portfolio.months import FIELDS, LeaseSums, measure, measure_flow, measure_today

Metric = Literal[
    "noi", "revenue", "operating_expenses", "delinquency_rate", "average_rent", "renewal_rate", "turnover_cost"
]
MONEY: tuple[Metric, ...] = ("noi", "revenue", "operating_expenses", "average_rent", "turnover_cost")
GL: tuple[Metric, ...] = ("noi", "revenue", "operating_expenses", "turnover_cost")
POINT: tuple[Metric, ...] = ("delinquency_rate", "average_rent")


@dataclass(frozen=True)
class Reading:
    """A metric's value: money or a fraction, never both. `of` and `part` are what a share was made of; for turnover
    cost `part` is the number of move-outs."""

    money: Money | None = None
    fraction: float | None = None
    part: int = 0
    of: int = 0

    @property
    def known(self) -> bool:
        return self.money is not None or self.fraction is not None


def reading(metric: Metric, gl: GlSums | None, leases: LeaseSums | None) -> Reading:
    """The value of a metric from its sums; empty when there is nothing to work it out from."""
    if metric in GL:
        return _from_gl(metric, gl, leases)
    if leases is None:
        return Reading()
    if metric == "average_rent":
        if not leases.occupied_units:
            return Reading()
        rent = average_rent(Money(leases.leased_rent_cents), leases.occupied_units)
        return Reading(money=rent, of=leases.occupied_units)
    if metric == "renewal_rate":
        part, of = leases.renewed_leases, leases.expiring_leases
        return Reading(fraction=share(part, of), part=part, of=of) if of else Reading()
    rate = share(leases.past_due_cents, leases.leased_rent_cents)
    owing, living = leases.delinquent_leases, leases.occupied_units
    return Reading(fraction=rate, part=owing, of=living) if living else Reading()


def _from_gl(metric: Metric, gl: GlSums | None, leases: LeaseSums | None) -> Reading:
    if gl is None:
        return Reading()
    if metric == "turnover_cost":
        return Reading(money=Money(gl.turnover), part=leases.move_outs if leases else 0)
    cents = {"noi": gl.income - gl.expenses, "revenue": gl.income, "operating_expenses": gl.expenses}[metric]
    return Reading(money=Money(cents))


@dataclass(frozen=True)
class MonthReading:
    """The metric in one month; `through` is its last day, or today for the running month."""

    month: date
    through: date
    value: Reading


@dataclass(frozen=True)
class KpiReport:
    """A metric over a period: the value for all of it, and month by month where it is known."""

    months: tuple[MonthReading, ...]
    value: Reading
    unknown: tuple[date, ...]  # months of the period without a value: not closed, or not begun


async def kpi(session: AsyncSession, area: Area, metric: Metric, period: Period, today: date) -> KpiReport:
    """A metric of an area over a period. Sums (NOI, revenue …) add up closed months; rates at a point in time
    (delinquency, average rent) are those at the end of the last month, or today's in the running month."""
    begun = [month for month in months_in(period) if month <= today]
    gl = await gl_sums(session, area, begun) if metric in GL else {}
    leases = {} if metric in GL[:3] else await lease_sums(session, area, metric, period, today)
    by_month: list[MonthReading] = []
    for month in begun:
        value = reading(metric, gl.get(("", month)), leases.get(month))
        if value.known:
            by_month.append(MonthReading(month, min(Period.month_of(month).end, today), value))
    known = {one.month for one in by_month}
    if metric in POINT:
        value = by_month[-1].value if by_month else Reading()
    else:
        closed = [month for month in begun if month in known]
        total_gl = sum(gl.values(), GlSums()) if gl else None
        value = reading(metric, total_gl, sum((leases.get(m, LeaseSums()) for m in closed), LeaseSums()))
    return KpiReport(tuple(by_month), value, tuple(month for month in months_in(period) if month not in known))


async def lease_sums(
    session: AsyncSession, area: Area, metric: Metric, period: Period, today: date
) -> dict[date, LeaseSums]:
    """The lease sums of an area by month: kept ones for whole past months, measured ones for the rest."""
    found = await lease_sums_by_home(session, area, metric, period, today, kept_by_home=False)
    return {month: sum(sums.values(), LeaseSums()) for month, sums in found.items()}


async def lease_sums_by_home(
    session: AsyncSession, area: Area, metric: Metric, period: Period, today: date, *, kept_by_home: bool = True
) -> dict[date, dict[str, LeaseSums]]:
    """The same, by month and property id (kept sums under the empty id when nobody needs them apart)."""
    months = [month for month in months_in(period) if month <= today]
    kept = await _kept(session, area, months, by_home=kept_by_home)
    missing = [month for month in _whole(months, metric, period, today) if month not in kept]
    kept |= await measure(session, area.rows(Lease), missing)
    found: dict[date, dict[str, LeaseSums]] = {}
    for month in months:
        whole = Period.month_of(month)
        asked = Period(max(whole.start, period.start), min(whole.end, period.end, today))
        if metric in POINT and whole.end >= today:
            found[month] = await measure_today(session, area.rows(Lease), by_home=kept_by_home)
        elif metric not in POINT and (asked != whole or month not in kept):
            found[month] = await measure_flow(session, area.rows(Lease), asked)
        else:
            found[month] = kept[month]
    return found


def _whole(months: Sequence[date], metric: Metric, period: Period, today: date) -> list[date]:
    """The months that are over; for what happens in a month, only those that the period holds completely."""
    over = [month for month in months if Period.month_of(month).end < today]
    if metric in POINT:
        return over
    return [month for month in over if period.start <= month and Period.month_of(month).end <= period.end]


async def _kept(
    session: AsyncSession, area: Area, months: Sequence[date], *, by_home: bool
) -> dict[date, dict[str, LeaseSums]]:
    if not months:
        return {}
    home = PropertyMonth.property_id if by_home else literal("")
    sums = [func.sum(getattr(PropertyMonth, name)) for name in FIELDS]
    query = (
        select(PropertyMonth.month, home, *sums)
        .where(area.rows(PropertyMonth), PropertyMonth.month.between(months[0], months[-1]))
        .group_by(PropertyMonth.month, *((PropertyMonth.property_id,) if by_home else ()))
    )
    kept: dict[date, dict[str, LeaseSums]] = {}
    for row in await session.execute(query):
        month, key, *numbers = tuple(row)
        kept.setdefault(month, {})[key] = LeaseSums(*(int(number) for number in numbers))
    return kept


async def by_community(
    session: AsyncSession, area: Area, metric: Metric, period: Period, today: date
) -> dict[str, Reading]:
    """A metric over whole months by property id, for comparing communities."""
    months = months_in(period)
    gl: dict[str, GlSums] = {}
    if metric in GL:
        for (home, _), sums in (await gl_sums(session, area, months, by_home=True)).items():
            gl[home] = gl.get(home, GlSums()) + sums
    leases: dict[str, LeaseSums] = {}
    if metric not in GL[:3]:
        found = await lease_sums_by_home(session, area, metric, period, today)
        for month in months[-1:] if metric in POINT else months:
            for home, sums in found.get(month, {}).items():
                leases[home] = leases.get(home, LeaseSums()) + sums
    return {
        community.id: reading(metric, gl.get(community.id), leases.get(community.id)) for community in area.communities
    }


def month_before(day: date) -> date:
    """The first day of the calendar month before the one of `day`."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
