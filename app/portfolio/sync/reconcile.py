"""Tombstones: rows that their source no longer has. A tombstone is taken back when the row comes again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import class_mapper

from app.db.models.base import Sourced, UtcDateTime
from app.db.models.property import Property
from app.db.models.sync import SyncState
from app.portfolio.identity import shadowed
from app.portfolio.sync.context import Part, SyncContext

FEW = 10  # so few rows may vanish at once without doubt


async def bury_missing(session: AsyncSession, part: Part, since: datetime) -> int:
    """Marks the rows of a part that a full reading begun at `since` did not confirm; returns how many.

    When it confirmed none of many, nothing is marked: an empty answer is more likely a fault than an empty house.
    """
    context, resource = part.context, part.resource
    buried = 0
    for model in resource.models:
        mine = [model.workspace_id == context.workspace_id, *_mine(part, model)]
        missing = [*mine, model.as_of < since]
        gone = await session.scalar(select(func.count()).select_from(model).where(*missing)) or 0
        if gone > FEW:
            known = await session.scalar(select(func.count()).select_from(model).where(*mine)) or 0
            if gone == known:
                context.problems.add(
                    f"{resource.label}: none of {known} known rows came, so they were kept", part.home or context.source
                )
                continue
        if gone:
            await session.execute(update(model).where(*missing).values(deleted_at=context.clock.now()))
            buried += gone
    return buried


async def are_missing(session: AsyncSession, part: Part, since: datetime) -> bool:
    """Whether a full reading begun at `since` left any row of the part unconfirmed."""
    for model in part.resource.models:
        missing = (model.workspace_id == part.context.workspace_id, *_mine(part, model), model.as_of < since)
        if await session.scalar(select(model.id).where(*missing).limit(1)) is not None:
            return True
    return False


def _mine(part: Part, model: type[Sourced]) -> list[ColumnElement[bool]]:
    """The living rows of a part that a full reading must confirm."""
    context, resource = part.context, part.resource
    columns = class_mapper(model).columns
    mine: list[ColumnElement[bool]] = [*_of_source(model, context), model.deleted_at.is_(None)]
    if part.home:
        mine.append(columns.property_id == part.home)
    bounds = [columns[name] for name in resource.bounded_by if name in columns]
    mine += [column >= _bound(column, context.horizon) for column in bounds]
    return mine


def _of_source(model: type[Sourced], context: SyncContext) -> list[ColumnElement[bool]]:
    return [model.workspace_id == context.workspace_id, model.id.startswith(f"{context.source}:", autoescape=True)]


def _bound(column: Any, horizon: date) -> date | datetime:
    return datetime.combine(horizon, time(), UTC) if isinstance(column.type, UtcDateTime) else horizon


async def bury(
    session: AsyncSession, model: type[Sourced], workspace_id: str, ids: Iterable[str], now: datetime
) -> None:
    """Marks rows that the source said at `now` are deleted. A row that was confirmed later stays, and what was asked
    before `now` and comes in later does not bring a marked row back."""
    wanted = list(ids)
    if wanted:
        table = (model.workspace_id == workspace_id, model.id.in_(wanted), model.deleted_at.is_(None))
        await session.execute(update(model).where(*table, model.as_of <= now).values(deleted_at=now, as_of=now))


async def retire_properties(session: AsyncSession, context: SyncContext) -> None:
    """What hangs on a property that is gone goes with it, and is read in full should the property come back. A
    property that another system's stands for counts as gone here, until somebody tells the two apart."""
    doubled = await shadowed(session, context.workspace_id, context.source)
    await bury(session, Property, context.workspace_id, doubled, context.clock.now())
    found = await session.scalars(
        select(Property.id).where(*_of_source(Property, context), Property.deleted_at.is_not(None))
    )
    gone = found.all()
    if not gone:
        return
    resources = context.connector.spec.resources
    for model in {model for resource in resources for model in resource.models}:
        columns = class_mapper(model).columns
        if "property_id" not in columns:
            continue
        here = columns.property_id.in_(gone)
        living = (model.workspace_id == context.workspace_id, here, model.deleted_at.is_(None))
        await session.execute(update(model).where(*living).values(deleted_at=context.clock.now()))
    states = [f"{context.source}:{resource.key}:{home.partition(':')[2]}" for resource in resources for home in gone]
    await session.execute(
        delete(SyncState).where(SyncState.workspace_id == context.workspace_id, SyncState.id.in_(states))
    )
