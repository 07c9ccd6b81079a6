"""Insert-if-absent on both databases, in one statement that is safe under concurrency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.base import Base


def insert_for(session: AsyncSession, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """The insert of the session's database, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)


async def insert_or_ignore(session: AsyncSession, model: type[Base], row: Mapping[str, Any]) -> bool:
    """True when the row was inserted, False when one with its key was there already."""
    statement = insert_for(session, model).values(**row).on_conflict_do_nothing().returning(literal(1))
    return (await session.execute(statement)).one_or_none() is not None
