"""Inspections of units."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.maintenance import Inspection
from app.db.models.property import Unit


async def inspections_on(session: AsyncSession, unit: Unit, day: date) -> list[str]:
    """The kinds of inspection that a unit has on a day."""
    found = await session.scalars(
        select(Inspection.kind).where(
            Inspection.workspace_id == unit.workspace_id,
            Inspection.unit_id == unit.id,
            Inspection.scheduled_on == day,
            Inspection.deleted_at.is_(None),
        )
    )
    return list(found)
