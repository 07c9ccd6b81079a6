"""What is worked out from synced rows rather than read: a property's unit count, a lease's balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, Unit
from app.domain.clock import Clock, local_date
from app.integrations.base import Batch, Resource
from app.portfolio.balances import recompute_leases, recompute_property
from app.portfolio.months import keep_months


class Derived:
    """Brings derived columns in line, for one workspace."""

    def __init__(self, workspace_id: str, clock: Clock) -> None:
        self._workspace_id = workspace_id
        self._clock = clock

    async def after_page(self, session: AsyncSession, home: str, batches: Sequence[Batch]) -> None:
        """After a page of an incremental reading: the balances of the leases it touched, and the months since."""
        touched = {row["lease_id"] for batch in batches if batch.model is LedgerEntry for row in batch.rows}
        if touched:
            today = await self._today(session, home)
            await recompute_leases(session, self._workspace_id, sorted(touched), today)
        days = [day for batch in batches for row in batch.rows for day in _days_of(batch.model, row)]
        if days:
            await keep_months(session, self._workspace_id, home, await self._today(session, home), min(days))

    async def after_reading(self, session: AsyncSession, home: str, resource: Resource) -> None:
        """After a whole full reading of a property's resource."""
        if LedgerEntry in resource.models:
            await recompute_property(session, self._workspace_id, home, await self._today(session, home))
        if LedgerEntry in resource.models or Lease in resource.models:
            await keep_months(session, self._workspace_id, home, await self._today(session, home))
        if Unit in resource.models:
            await self._count_units(session, home)

    async def _count_units(self, session: AsyncSession, home: str) -> None:
        here = (Unit.workspace_id == self._workspace_id, Unit.property_id == home, Unit.deleted_at.is_(None))
        units = await session.scalar(select(func.count()).where(*here)) or 0
        with_pets = await session.scalar(select(func.count()).where(*here, Unit.pet_friendly)) or 0
        await session.execute(
            update(Property)
            .where(Property.workspace_id == self._workspace_id, Property.id == home)
            .values(unit_count=units, pet_friendly=with_pets > 0)
        )

    async def _today(self, session: AsyncSession, home: str) -> date:
        """The day it is at the property."""
        row = await session.get(Property, (self._workspace_id, home))
        return local_date(self._clock, row.timezone if row is not None else "UTC")


def _days_of(model: type[Any], row: Mapping[str, Any]) -> list[date]:
    """The first day that a changed lease or ledger row counts from; nothing for other rows."""
    if model is LedgerEntry:
        return [min(day for day in (row["posted_on"], row.get("due_on")) if day is not None)]
    return [row["start_on"]] if model is Lease else []
