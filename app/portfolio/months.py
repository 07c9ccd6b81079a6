"""What a community's leases and ledgers add up to per month, and keeping those sums (`property_months`).

A sync calls `refresh_months` for the communities and months it touched; the demo loader for all of them. Reading
tools never write here: a month that was not summed up yet is measured from the leases and ledgers themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, PropertyMonth
from app.domain.period import Period
from app.portfolio.find import LIVING
from app.portfolio.leases import ENDING, renewed
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


async def measure(session: AsyncSession, leases: ColumnElement[bool], period: Period) -> dict[str, LeaseSums]:
    """The sums of a period by property id, from the leases (limited by `leases`) and their ledgers."""
    found: dict[str, dict[str, int]] = {}
    for query in (_living(leases, period.end), _past_due(leases, period.end)):
        for row in await session.execute(query):
            found.setdefault(row.property_id, {}).update(_numbers(row))
    for home, sums in (await measure_flow(session, leases, period)).items():
        found.setdefault(home, {}).update({name: getattr(sums, name) for name in FIELDS[4:]})
    return {home: LeaseSums(**numbers) for home, numbers in found.items()}


async def measure_flow(session: AsyncSession, leases: ColumnElement[bool], period: Period) -> dict[str, LeaseSums]:
    """Only what happened in a period: leases that ended, were renewed, people who moved out."""
    found: dict[str, dict[str, int]] = {}
    for query in (_ending(leases, period), _moving_out(leases, period)):
        for row in await session.execute(query):
            found.setdefault(row.property_id, {}).update(_numbers(row))
    return {home: LeaseSums(**numbers) for home, numbers in found.items()}


async def measure_today(session: AsyncSession, leases: ColumnElement[bool]) -> dict[str, LeaseSums]:
    """Today's standing by property id, as the property system has it."""
    owing = Lease.past_due_cents > 0
    query = (
        select(
            Lease.property_id,
            func.count().label("occupied_units"),
            func.sum(Lease.rent_cents).label("leased_rent_cents"),
            func.sum(case((owing, Lease.past_due_cents), else_=0)).label("past_due_cents"),
            func.sum(case((owing, 1), else_=0)).label("delinquent_leases"),
        )
        .where(leases, Lease.status.in_(LIVING))
        .group_by(Lease.property_id)
    )
    return {row.property_id: LeaseSums(**_numbers(row)) for row in await session.execute(query)}


def _numbers(row: Any) -> dict[str, int]:
    return {name: int(value or 0) for name, value in row._mapping.items() if name != "property_id"}


def _living(leases: ColumnElement[bool], day: date) -> Any:
    return (
        select(
            Lease.property_id,
            func.count(Lease.unit_id.distinct()).label("occupied_units"),
            func.sum(Lease.rent_cents).label("leased_rent_cents"),
        )
        .where(leases, lived_in_on(day))
        .group_by(Lease.property_id)
    )


def _past_due(leases: ColumnElement[bool], day: date) -> Any:
    """Per lease lived under on that day, charges due until then minus what was paid until then, if positive."""
    due_on = func.coalesce(LedgerEntry.due_on, LedgerEntry.posted_on)
    counts = case((LedgerEntry.kind == "charge", due_on <= day), else_=LedgerEntry.posted_on <= day)
    owed = (
        select(Lease.property_id.label("property_id"), func.sum(LedgerEntry.amount_cents).label("cents"))
        .join(LedgerEntry, and_(LedgerEntry.workspace_id == Lease.workspace_id, LedgerEntry.lease_id == Lease.id))
        .where(leases, lived_in_on(day), LedgerEntry.deleted_at.is_(None), counts)
        .group_by(Lease.id, Lease.property_id)
        .having(func.sum(LedgerEntry.amount_cents) > 0)
        .subquery()
    )
    return select(
        owed.c.property_id,
        func.sum(owed.c.cents).label("past_due_cents"),
        func.count().label("delinquent_leases"),
    ).group_by(owed.c.property_id)


def _ending(leases: ColumnElement[bool], period: Period) -> Any:
    return (
        select(
            Lease.property_id,
            func.count().label("expiring_leases"),
            func.sum(case((renewed(), 1), else_=0)).label("renewed_leases"),
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
            ~renewed(),
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
    leases = and_(Lease.workspace_id == workspace_id, Lease.deleted_at.is_(None))
    if property_ids is not None:
        leases = and_(leases, Lease.property_id.in_(property_ids))
    written = 0
    for month in months:
        sums = await measure(session, leases, Period.month_of(month))
        mine = and_(PropertyMonth.workspace_id == workspace_id, PropertyMonth.month == month)
        if property_ids is not None:
            mine = and_(mine, PropertyMonth.property_id.in_(property_ids))
        await session.execute(delete(PropertyMonth).where(mine))
        rows = [_row(workspace_id, home, month, sums.get(home, LeaseSums())) for home in homes]
        if rows:
            await session.execute(insert(PropertyMonth), rows)
        written += len(rows)
    return written


def _row(workspace_id: str, home: str, month: date, sums: LeaseSums) -> dict[str, Any]:
    key = {"workspace_id": workspace_id, "id": f"{home}:{month:%Y-%m}", "property_id": home, "month": month}
    return key | {name: getattr(sums, name) for name in FIELDS}
