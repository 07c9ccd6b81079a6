"""What is worked out from synced rows rather than read: a property's unit count, a lease's balance, monthly sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import LedgerEntry
from app.db.models.property import Property, Unit
from app.domain.clock import local_date
from app.integrations.base import Batch
from app.portfolio.balances import recompute_leases, recompute_property
from app.portfolio.months import keep_months
from app.portfolio.sync.context import Part


class Derived:
    """Brings what hangs on a part's rows in line with them."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._workspace_id = part.context.workspace_id

    async def after_page(self, session: AsyncSession, batches: Iterable[Batch]) -> None:
        """After a page of an incremental reading: the balances of the leases whose ledger it touched, and the months
        from the first that it touched on. Leases that changed a month long closed are found by the next full
        reading."""
        rows = [row for batch in batches if batch.model is LedgerEntry for row in batch.rows]
        if rows:
            today = await self._today(session)
            await recompute_leases(session, self._workspace_id, sorted({row["lease_id"] for row in rows}), today)
            first = min(min(row["posted_on"], row["due_on"] or row["posted_on"]) for row in rows)
            await keep_months(session, self._workspace_id, self._part.home, today, first)

    async def after_reading(self, session: AsyncSession) -> None:
        """After a whole full reading of the part. Monthly sums follow the ledger, which is read after the leases."""
        if LedgerEntry in self._part.resource.models:
            today = await self._today(session)
            await recompute_property(session, self._workspace_id, self._part.home, today)
            await keep_months(session, self._workspace_id, self._part.home, today)
        if Unit in self._part.resource.models:
            await self._count_units(session)

    async def _count_units(self, session: AsyncSession) -> None:
        home = self._part.home
        here = (Unit.workspace_id == self._workspace_id, Unit.property_id == home, Unit.deleted_at.is_(None))
        units = await session.scalar(select(func.count()).where(*here)) or 0
        with_pets = await session.scalar(select(func.count()).where(*here, Unit.pet_friendly)) or 0
        await session.execute(
            update(Property)
            .where(Property.workspace_id == self._workspace_id, Property.id == home)
            .values(unit_count=units, pet_friendly=with_pets > 0)
        )

    async def _today(self, session: AsyncSession) -> date:
        """The day it is at the property."""
        row = await session.get(Property, (self._workspace_id, self._part.home))
        return local_date(self._part.context.clock, row.timezone if row is not None else "UTC")
