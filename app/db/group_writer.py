"""Adds rows with group commit: one task writes, everyone who waits shares a transaction.

SQLite takes one writer at a time and a commit costs a disk flush; a thousand turns that each open a transaction
would queue for connections. For rows that nobody reads in the same transaction (thread memory, usage), not for
business writes.
"""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.db.models.base import Base

MOST_AT_ONCE = 500


class GroupWriter:
    """`await add(row)` returns when the row is committed, and raises what the database raised for this row."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[Base, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, row: Base) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._drain())
        await asyncio.shield(done)

    async def close(self) -> None:
        """Returns when everything added so far is committed or has failed."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                await self._commit([row for row, _ in batch])
            except (SQLAlchemyError, OSError) as failed:
                await self._one_by_one(batch, failed)
                continue
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def _commit(self, rows: list[Base]) -> None:
        async with self._db.transaction() as session:
            session.add_all(rows)

    async def _one_by_one(self, batch: list[tuple[Base, asyncio.Future[None]]], failed: Exception) -> None:
        """A bad row fails alone: the others of its batch are written again without it."""
        for row, done in batch:
            error: Exception | None = failed
            if len(batch) > 1:
                try:
                    await self._commit([row])
                    error = None
                except (SQLAlchemyError, OSError) as its_own:
                    error = its_own
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
