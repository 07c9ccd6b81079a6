"""Sophia's own register: records that she keeps herself because no connected system does.

A record made for an approved action has the action's idempotency key as its id, so that a repeat changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.base import Sourced
from app.domain.answer import Source
from app.domain.errors import NotAllowed
from app.portfolio.sources import SOPHIA, system_name

Row = TypeVar("Row", bound=Sourced)


def register_id(idempotency_key: str) -> str:
    """The read-model id of the record that an action makes."""
    return f"{SOPHIA}:{idempotency_key}"


async def record_once(session: AsyncSession, model: type[Row], workspace_id: str, key: str, **values: Any) -> Row:
    """The record of that idempotency key, made now unless it was made before."""
    row_id = register_id(key)
    known = await session.get(model, (workspace_id, row_id))
    if known is not None:
        return known
    make: Any = model
    row: Row = make(workspace_id=workspace_id, id=row_id, **values)
    session.add(row)
    await session.flush()
    return row


def own_record(row: Sourced, what: str) -> None:
    """Raises NotAllowed for a record that another system owns: `what` reads like "this deal"."""
    if row.source != SOPHIA:
        system = system_name(row.source)
        raise NotAllowed(
            f"{what[:1].upper()}{what[1:]} is kept in {system}, which I can only read so far.",
            next_step=f"Please change it in {system}; I'll see it after the next sync.",
            code="read_only_source",
        )


def own_source(record: str, now: datetime) -> tuple[Source, ...]:
    """The source line of something that was just written to the register."""
    return (Source(system=system_name(SOPHIA), record=record, as_of=now),)
