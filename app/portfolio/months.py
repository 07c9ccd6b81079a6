"""What a community's leases and ledgers add up to per month, and keeping those sums (`property_months`).

A sync calls `refresh_months` for the communities and months it touched; the demo loader for all of them. Reading
tools never write here: a month that was not summed up yet is measured from the leases and ledgers themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, extract, func, insert, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, PropertyMonth
from app.domain.period import Period
from app.portfolio.find import LIVING
from app.portfolio.leases import ENDING
from app.portfolio.occupancy import lived_in_on


@dataclass(frozen=True)
class LeaseSums:
    """Sums over leases: those at the end of a period, and what happened in it."""

    occupied_units: int = 0
    leased_rent_cents: int = 0
    past_due_cents: int = 0
    delinquent_leases: int = 0
    expiring_leases: int = 0
    renewed_leases: int = 0
    move_outs: int = 0

    def __add__(self, other: LeaseSums) -> LeaseSums:
        return LeaseSums(*(getattr(self, name) + getattr(other, name) for name in FIELDS))


FIELDS = tuple(LeaseSums.__dataclass_fields__)
STANDING = FIELDS[:4]
MONTHS_KEPT = 24


async def measure(
    session: AsyncSession,
    leases: ColumnElement[bool],
    months: Sequence[date],
    homes: Sequence[str] | None = None,
) -> dict[date, dict[str, LeaseSums]]:
    """The sums of whole months (first days) by month and property id, from the leases (limited by `leases`) and their
    ledgers, which are read once for all the months. `homes` are the communities, where `leases` is limited to a few."""
    if not months:
        return {}
    found: dict[date, dict[str, LeaseSums]] = {month: {} for month in months}
    for row in await session.execute(_standing(leases, months, homes)):
        numbers = iter(row[1:])
        for month in months:
            sums = LeaseSums(*(int(next(numbers) or 0) for _ in STANDING))
            found[month][row[0]] = sums
    for (month, home), sums in (await _flows_by_month(session, leases, months)).items():
        if month in found:
            found[month][home] = found[month].get(home, LeaseSums()) + sums
    return found


async def _flows_by_month(
    session: AsyncSession, leases: ColumnElement[bool], months: Sequence[date]
) -> dict[tuple[date, str], LeaseSums]:
    """What happened in each month from the first to the last of these, by its first day and property id."""
    span = Period(min(months), Period.month_of(max(months)).end)
    found: dict[tuple[date, str], dict[str, int]] = {}
    for query, day in ((_ending(leases, span), Lease.end_on), (_moving_out(leases, span), Lease.move_out_on)):
        year, month = extract("year", day), extract("month", day)
        grouped = query.add_columns(year.label("year"), month.label("month")).group_by(year, month)
        for row in await session.execute(grouped):
            first = date(int(row.year), int(row.month), 1)
            found.setdefault((first, row.property_id), {}).update(_numbers(row))
    return {where: LeaseSums(**numbers) for where, numbers in found.items()}


async def measure_flow(session: AsyncSession, leases: ColumnElement[bool], period: Period) -> dict[str, LeaseSums]:
    """Only what happened in a period: leases that ended, were renewed, people who moved out."""
    found: dict[str, dict[str, int]] = {}
    for query in (_ending(leases, period), _moving_out(leases, period)):
        for row in await session.execute(query):
            found.setdefault(row.property_id, {}).update(_numbers(row))
    return {home: LeaseSums(**numbers) for home, numbers in found.items()}


async def measure_today(
    session: AsyncSession, leases: ColumnElement[bool], *, by_home: bool = True
) -> dict[str, LeaseSums]:
    """Today's standing as the property system has it, by property id, or under the empty id when nobody needs the
    communities apart."""
    owing = Lease.past_due_cents > 0
    home = Lease.property_id if by_home else literal("")
    query = select(
        home.label("property_id"),
        func.count().label("occupied_units"),
        func.sum(Lease.rent_cents).label("leased_rent_cents"),
        func.sum(case((owing, Lease.past_due_cents), else_=0)).label("past_due_cents"),
        func.sum(case((owing, 1), else_=0)).label("delinquent_leases"),
    ).where(leases, Lease.status.in_(LIVING))
    if by_home:
        query = query.group_by(Lease.property_id)
    return {row.property_id: LeaseSums(**_numbers(row)) for row in await session.execute(query)}


def _numbers(row: Any) -> dict[str, int]:
    return {name: int(value or 0) for name, value in row._mapping.items() if name in FIELDS}


def _standing(leases: ColumnElement[bool], months: Sequence[date], homes: Sequence[str] | None) -> Any:
    """Per property and month: the units lived in on its last day, their rent, and who of them owed how much.

    What a lease owed on a day is the charges due until then minus what was paid until then, if that is positive.
    """
    ends = [Period.month_of(month).end for month in months]
    due_on = func.coalesce(LedgerEntry.due_on, LedgerEntry.posted_on)
    counts_on = case((LedgerEntry.kind == "charge", due_on), else_=LedgerEntry.posted_on)
    # Not the bare column: to have its order for nothing SQLite would read the ledgers of the whole company for each
    # community, 5.5 s instead of 0.4 s at 240,000 units.
    lease_id = func.coalesce(LedgerEntry.lease_id, literal_column("''"))
    owed = (
        select(
            lease_id.label("lease_id"),
            *(
                func.sum(case((counts_on <= end, LedgerEntry.amount_cents), else_=0)).label(f"cents_{n}")
                for n, end in enumerate(ends)
            ),
        )
        .join(Lease, and_(LedgerEntry.workspace_id == Lease.workspace_id, LedgerEntry.lease_id == Lease.id))
        .where(leases, LedgerEntry.deleted_at.is_(None))
        .group_by(lease_id)
    )
    if homes is not None:
        owed = owed.where(LedgerEntry.property_id.in_(homes))
    owed = owed.subquery()
    columns: list[Any] = []
    for n, end in enumerate(ends):
        living, cents = lived_in_on(end), owed.c[f"cents_{n}"]
        columns += [
            func.count(case((living, Lease.unit_id)).distinct()),
            func.sum(case((living, Lease.rent_cents), else_=0)),
            func.sum(case((and_(living, cents > 0), cents), else_=0)),
            func.sum(case((and_(living, cents > 0), 1), else_=0)),
        ]
    return (
        select(Lease.property_id, *columns)
        .outerjoin(owed, owed.c.lease_id == Lease.id)
        .where(leases)
        .group_by(Lease.property_id)
    )


def _ending(leases: ColumnElement[bool], period: Period) -> Any:
    return (
        select(
            Lease.property_id,
            func.count().label("expiring_leases"),
            func.sum(case((Lease.renewed, 1), else_=0)).label("renewed_leases"),
        )
        .where(leases, Lease.status.in_(ENDING), Lease.end_on.between(period.start, period.end))
        .group_by(Lease.property_id)
    )


def _moving_out(leases: ColumnElement[bool], period: Period) -> Any:
    return (
        select(Lease.property_id, func.count().label("move_outs"))
        .where(
            leases,
            Lease.status.in_(ENDING),
            Lease.move_out_on.between(period.start, period.end),
            Lease.renewed.is_(False),
        )
        .group_by(Lease.property_id)
    )


async def refresh_months(
    session: AsyncSession, workspace_id: str, months: Sequence[date], property_ids: Sequence[str] | None = None
) -> int:
    """Sum the given months (first days) up again, for some communities or for all. Returns how many rows it wrote.

    Only whole months belong here: the running month is measured when it is asked for.
    """
    homes = property_ids
    if homes is None:
        homes = (await session.scalars(select(Property.id).where(Property.workspace_id == workspace_id))).all()
    if not homes or not months:
        return 0
    leases = and_(Lease.workspace_id == workspace_id, Lease.deleted_at.is_(None))
    mine = and_(PropertyMonth.workspace_id == workspace_id, PropertyMonth.month.in_(months))
    if property_ids is not None:
        leases = and_(leases, Lease.property_id.in_(property_ids))
        mine = and_(mine, PropertyMonth.property_id.in_(property_ids))
    found = await measure(session, leases, months, property_ids)
    await session.execute(delete(PropertyMonth).where(mine))
    rows = [_row(workspace_id, home, month, found[month].get(home, LeaseSums())) for month in months for home in homes]
    await session.execute(insert(PropertyMonth), rows)
    return len(rows)


async def keep_months(
    session: AsyncSession, workspace_id: str, property_id: str, today: date, since: date | None = None
) -> int:
    """After leases or ledgers of a community changed: sum up the whole months from the one of `since` on (all that
    are kept when it is None), and those that were never summed up. Returns how many rows it wrote."""
    kept = whole_months(today)
    known = set(
        await session.scalars(
            select(PropertyMonth.month).where(
                PropertyMonth.workspace_id == workspace_id, PropertyMonth.property_id == property_id
            )
        )
    )
    first = since.replace(day=1) if since else kept[0]
    months = [month for month in kept if month >= first or month not in known]
    return await refresh_months(session, workspace_id, months, [property_id])


def whole_months(today: date) -> list[date]:
    """The first days of the months that are kept: the last two years, without the running month."""
    months: list[date] = []
    month = today.replace(day=1)
    for _ in range(MONTHS_KEPT):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months[::-1]


def _row(workspace_id: str, home: str, month: date, sums: LeaseSums) -> dict[str, Any]:
    key = {"workspace_id": workspace_id, "id": f"{home}:{month:%Y-%m}", "property_id": home, "month": month}
    return key | {name: getattr(sums, name) for name in FIELDS}
