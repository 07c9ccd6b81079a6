"""What readiness asks of the database."""

from __future__ import annotations

from sqlalchemy import text

from app.db.engine import Database
from app.db.migrate import at_head


async def writable(db: Database) -> str:
    """Empty when the database takes a write right now (which is rolled back)."""
    async with db.engine.connect() as connection:
        if db.is_sqlite:
            await connection.execute(text("BEGIN IMMEDIATE"))
        else:
            read_only = (await connection.execute(text("SHOW transaction_read_only"))).scalar_one()
            if read_only == "on":
                return "the database is read-only"
        await connection.rollback()
    return ""


async def migrated(db: Database) -> str:
    """Empty when the schema is this version's."""
    return "" if await at_head(db) else "the database schema is not this version's"
