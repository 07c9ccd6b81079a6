"""Tells the database how its rows are spread, so that it chooses the right index.

SQLite never finds out by itself, and a query over a fresh portfolio can then take seconds instead of milliseconds;
PostgreSQL does in time, but not right after a large load. Call it after a first sync or any bulk load.
"""

from __future__ import annotations

from app.db.engine import Database

_ROWS_LOOKED_AT = 2_000  # per index, so that it takes well under a second whatever the size


async def refresh_statistics(db: Database) -> None:
    """Bring the planner's statistics up to date. In SQLite connections are renewed: open ones keep the old ones."""
    async with db.engine.begin() as connection:
        if db.is_sqlite:
            await connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS_LOOKED_AT}")
        await connection.exec_driver_sql("ANALYZE")
    if db.is_sqlite:
        await db.engine.dispose()
