"""Holds our sums against the source's own: what each household owes at a property, as the source states it beside its
ledger, and as it follows from the entries that were read."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease
from app.db.models.property import Property
from app.domain.money import Money
from app.portfolio.sync.context import Part


class StatedTotals:
    """What the pages of one full reading of a part state, in cents by the source's own account. A reading that was
    resumed has not seen all of them, and compares nothing."""

    def __init__(self, part: Part, *, whole: bool) -> None:
        self._part, self._whole = part, whole
        self._owed: dict[str, int] = {}

    def take(self, owed: dict[str, int]) -> None:
        self._owed.update(owed)

    async def compare(self, session: AsyncSession) -> None:
        """After the balances were worked out. A difference is a finding with both sums."""
        if not (self._whole and self._owed):
            return
        context, home = self._part.context, self._part.home
        here = (Lease.workspace_id == context.workspace_id, Lease.property_id == home, Lease.deleted_at.is_(None))
        ours = await session.scalar(select(func.coalesce(func.sum(Lease.balance_cents), 0)).where(*here)) or 0
        theirs = sum(self._owed.values())
        if ours != theirs:
            name = await session.scalar(
                select(Property.name).where(Property.workspace_id == context.workspace_id, Property.id == home)
            )
            label = context.connector.spec.label
            sums = f"{Money(theirs)} at {label}, {Money(ours)} here"
            context.problems.add("what residents owe differs from the source's own total", f"{name or home}: {sums}")
