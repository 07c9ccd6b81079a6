"""What each lease owes, worked out from its ledger and kept on the lease, so that delinquency over millions of ledger
rows stays a small query.

Payments and credits settle the oldest charge first. A charge is past due on the day after it is due. Past-due
amounts grow by the calendar alone: the sync recomputes the leases it touched, and once a day every lease with a
balance is refreshed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, LedgerEntry

_LEASES_AT_ONCE = 500


@dataclass(frozen=True)
class Owing:
    """The derived columns of one lease. `oldest_open_on` is the due day of the oldest charge not fully paid."""

    balance_cents: int = 0
    past_due_cents: int = 0
    oldest_open_on: date | None = None


async def recompute_leases(session: AsyncSession, workspace_id: str, lease_ids: Sequence[str], today: date) -> int:
    """Bring the given leases' balance columns in line with their ledgers. Returns how many leases changed."""
    changed = 0
    for some in _some_at_a_time(lease_ids):
        changed += await _recompute(session, workspace_id, some, today)
    return changed


async def recompute_property(session: AsyncSession, workspace_id: str, property_id: str, today: date) -> int:
    """The same for all leases of a property."""
    leases = await session.scalars(
        select(Lease.id).where(Lease.workspace_id == workspace_id, Lease.property_id == property_id)
    )
    return await recompute_leases(session, workspace_id, leases.all(), today)


async def refresh_past_due(session: AsyncSession, workspace_id: str, today: date) -> int:
    """Once a day: charges that fell due since yesterday become past due. Returns how many leases changed."""
    owing = await session.scalars(
        select(Lease.id).where(Lease.workspace_id == workspace_id, Lease.balance_cents > 0).order_by(Lease.id)
    )
    return await recompute_leases(session, workspace_id, owing.all(), today)


async def _recompute(session: AsyncSession, workspace_id: str, lease_ids: Sequence[str], today: date) -> int:
    entries = and_(LedgerEntry.workspace_id == workspace_id, LedgerEntry.lease_id.in_(lease_ids))
    owing = await _owing(session, entries, today)
    stored = await session.execute(
        select(Lease.id, Lease.balance_cents, Lease.past_due_cents, Lease.oldest_open_charge_on).where(
            Lease.workspace_id == workspace_id, Lease.id.in_(lease_ids)
        )
    )
    changes = [
        {
            "of_workspace": workspace_id,
            "of_lease": lease_id,
            "balance": now.balance_cents,
            "past_due": now.past_due_cents,
            "oldest": now.oldest_open_on,
        }
        for lease_id, balance, past_due, oldest in stored
        if (now := owing.get(lease_id, Owing())) != Owing(balance, past_due, oldest)
    ]
    if changes:
        connection = await session.connection()
        await connection.execute(_SET_OWING, changes)
    return len(changes)


async def _owing(session: AsyncSession, entries: ColumnElement[bool], today: date) -> dict[str, Owing]:
    """What is owed per lease, for the leases that have entries."""
    entries = and_(entries, LedgerEntry.deleted_at.is_(None))
    is_charge = LedgerEntry.kind == "charge"
    due_on = func.coalesce(LedgerEntry.due_on, LedgerEntry.posted_on)
    paid = func.sum(case((is_charge, 0), else_=-LedgerEntry.amount_cents))
    sums = await session.execute(
        select(
            LedgerEntry.lease_id,
            func.sum(LedgerEntry.amount_cents),
            func.sum(case((is_charge & (due_on < today), LedgerEntry.amount_cents), else_=0)) - paid,
        )
        .where(entries)
        .group_by(LedgerEntry.lease_id)
    )
    found: dict[str, Owing] = {}
    open_leases: list[str] = []
    for lease_id, balance, past_due in sums:
        found[lease_id] = Owing(int(balance), max(0, int(past_due)))
        if balance > 0:
            open_leases.append(lease_id)
    oldest_of = await session.execute(_oldest_open(and_(entries, LedgerEntry.lease_id.in_(open_leases))))
    for lease_id, oldest in oldest_of:
        known = found[lease_id]
        found[lease_id] = Owing(known.balance_cents, known.past_due_cents, oldest)
    return found


def _some_at_a_time(lease_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(lease_ids), _LEASES_AT_ONCE):
        yield lease_ids[start : start + _LEASES_AT_ONCE]


def _oldest_open(entries: ColumnElement[bool]) -> Select[str, date]:
    """Per lease, the due day of the first charge that the payments do not reach."""
    due_on = func.coalesce(LedgerEntry.due_on, LedgerEntry.posted_on)
    is_charge = LedgerEntry.kind == "charge"
    charged = func.sum(case((is_charge, LedgerEntry.amount_cents), else_=0)).over(
        partition_by=LedgerEntry.lease_id, order_by=(due_on, LedgerEntry.id)
    )
    paid = func.sum(case((is_charge, 0), else_=-LedgerEntry.amount_cents)).over(partition_by=LedgerEntry.lease_id)
    lines = (
        select(
            LedgerEntry.lease_id,
            LedgerEntry.kind,
            due_on.label("due_on"),
            charged.label("charged"),
            paid.label("paid"),
        )
        .where(entries)
        .subquery()
    )
    return (
        select(lines.c.lease_id, func.min(lines.c.due_on))
        .where(lines.c.kind == "charge", lines.c.charged > lines.c.paid)
        .group_by(lines.c.lease_id)
    )


_SET_OWING = (
    update(Lease.__table__)  # type: ignore[arg-type]
    .where(Lease.workspace_id == bindparam("of_workspace"), Lease.id == bindparam("of_lease"))
    .values(
        balance_cents=bindparam("balance"),
        past_due_cents=bindparam("past_due"),
        oldest_open_charge_on=bindparam("oldest"),
    )
)
