"""The one way to the database: an async engine and its sessions.

SQLite (WAL, for one machine) and PostgreSQL behave the same for callers. One request or job is one transaction:
`async with db.transaction() as session` commits at the end, rolls back on an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import PoolResetState, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",  # a large sync on a slow disk holds the one writer for seconds
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
)


class Database:
    """An engine and its sessions. `url` is an SQLAlchemy async URL (`sqlite+aiosqlite:///…`, `postgresql+asyncpg://…`)."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        # Bound values are what people wrote: a failed statement's text reaches the log, its values never do.
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "hide_parameters": True}
        if url.startswith("postgresql"):  # a file does not go away between two uses; a server may
            options["pool_pre_ping"] = True
        else:
            options["pool_reset_on_return"] = None  # see _end_what_is_open
        self.engine: AsyncEngine = create_async_engine(url, **options)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _set_pragmas)
            event.listen(self.engine.sync_engine, "reset", _end_what_is_open)
        self.long_writes = asyncio.Lock()
        """SQLite has one writer: this process' long writes line up here instead of meeting its busy timeout."""
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session whose work is committed at the end of the block, or rolled back if the block raises."""
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A session for queries only; nothing is committed."""
        async with self._sessions() as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def _end_what_is_open(connection: Any, _record: object, state: PoolResetState) -> None:
    """A connection goes back to the pool without a transaction. The pool's own rollback would go to SQLite's thread and
    back for every use, though nearly all have ended theirs; SQLite knows without asking.

    https://docs.sqlalchemy.org/en/20/core/pooling.html#custom-reset-on-return-schemes
    """
    if not state.terminate_only and connection.driver_connection.in_transaction:
        connection.rollback()


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
