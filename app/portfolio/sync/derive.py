"""What is worked out from synced rows rather than read: a property's unit count, a lease's balance, whether it was
renewed, monthly sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, Unit
from app.domain.clock import Clock, local_date
from app.integrations.base import Page, Row
from app.portfolio.balances import recompute_leases, recompute_property
from app.portfolio.months import keep_months
from app.portfolio.renewals import recompute_renewals
from app.portfolio.sync.context import Part


class Derived:
    """Brings what hangs on a part's rows in line with them: of its property, or of all properties of the source when
    the part is the whole account."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._workspace_id = part.context.workspace_id

    async def after_reading(self, session: AsyncSession) -> None:
        """After a whole full reading of the part. Monthly sums follow the ledger, which is read after the leases."""
        models = self._part.resource.models
        if not {Lease, LedgerEntry, Unit}.intersection(models):
            return
        for home in await self._homes(session):
            if Lease in models:
                await recompute_renewals(session, self._workspace_id, home)
            if LedgerEntry in models:
                today = await _today(session, self._workspace_id, home, self._part.context.clock)
                await recompute_property(session, self._workspace_id, home, today)
                await keep_months(session, self._workspace_id, home, today)
            if Unit in models:
                await count_units(session, self._workspace_id, home)

    async def _homes(self, session: AsyncSession) -> Sequence[str]:
        """The properties that the part is about."""
        if self._part.home:
            return [self._part.home]
        found = await session.scalars(
            select(Property.id)
            .where(
                Property.workspace_id == self._workspace_id,
                Property.id.startswith(f"{self._part.context.source}:", autoescape=True),
                Property.deleted_at.is_(None),
            )
            .order_by(Property.id)
        )
        return found.all()


async def follow_page(session: AsyncSession, workspace_id: str, page: Page, clock: Clock) -> None:
    """After a page of changes: renewals, the balances of the leases whose ledger it touched, and the months from the
    first that it touched on. Leases that changed a month long closed are found by the next full reading."""
    await _note_renewals(session, workspace_id, page)
    by_home: dict[str, list[Row]] = defaultdict(list)
    for batch in page.batches:
        if batch.model is LedgerEntry:
            for row in batch.rows:
                by_home[row["property_id"]].append(row)
    for home, rows in by_home.items():
        today = await _today(session, workspace_id, home, clock)
        await recompute_leases(session, workspace_id, sorted({row["lease_id"] for row in rows}), today)
        first = min(min(row["posted_on"], row["due_on"] or row["posted_on"]) for row in rows)
        await keep_months(session, workspace_id, home, today, first)


async def _today(session: AsyncSession, workspace_id: str, home: str, clock: Clock) -> date:
    """The day it is at the property."""
    row = await session.get(Property, (workspace_id, home))
    return local_date(clock, row.timezone if row is not None else "UTC")


async def _note_renewals(session: AsyncSession, workspace_id: str, page: Page) -> None:
    """Brings renewals in line at the properties whose leases a page wrote or took away."""
    homes = {row["property_id"] for batch in page.batches if batch.model is Lease for row in batch.rows}
    for gone in [lease_id for model, lease_id in page.gone if model is Lease]:
        lease = await session.get(Lease, (workspace_id, gone))
        homes |= {lease.property_id} if lease is not None else set()
    for home in sorted(homes):
        await recompute_renewals(session, workspace_id, home)


async def count_units(session: AsyncSession, workspace_id: str, home: str) -> None:
    """Brings a property's unit count, and whether any unit takes pets, in line with its units."""
    here = (Unit.workspace_id == workspace_id, Unit.property_id == home, Unit.deleted_at.is_(None))
    units = await session.scalar(select(func.count()).where(*here)) or 0
    with_pets = await session.scalar(select(func.count()).where(*here, Unit.pet_friendly)) or 0
    await session.execute(
        update(Property)
        .where(Property.workspace_id == workspace_id, Property.id == home)
        .values(unit_count=units, pet_friendly=with_pets > 0)
    )
