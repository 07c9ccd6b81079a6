"""Rows that are written a moment later, many in one transaction, so that nobody waits for them. What a process has not
written when it is killed is lost: for counts and traces, never for what somebody was promised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.db.models.base import Base
from app.db.upsert import insert_for

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 500
T = TypeVar("T")


class WriteBehind(Generic[T]):
    """Writes what came within `linger` seconds. `as_row` makes the columns of a row when it is written; `failed` is the
    log event of rows that could not be."""

    def __init__(
        self,
        db: Database,
        table: type[Base],
        as_row: Callable[[T], dict[str, Any]],
        *,
        failed: str,
        linger: float = 0.5,
    ) -> None:
        self._db = db
        self._table = table
        self._as_row = as_row
        self._failed = failed
        self._linger = linger
        self._waiting: list[T] = []
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, one: T) -> None:
        """Never waits and never raises for the database."""
        self._waiting.append(one)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def settle(self) -> None:
        """Returns when everything added so far is written; called at shutdown."""
        self._closing.set()
        while self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])
        self._closing.clear()

    async def _write_soon(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._linger):
                    await self._closing.wait()
            group, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                await self._store(group)
            except (SQLAlchemyError, OSError) as failed:
                log.error(self._failed, rows=len(group), error=type(failed).__name__)

    async def _store(self, group: Sequence[T]) -> None:
        async with self._db.transaction() as session:
            connection = await session.connection()  # rows as parameters: the statement is compiled once
            await connection.execute(insert_for(session, self._table), [self._as_row(one) for one in group])
