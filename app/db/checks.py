"""What readiness asks of the database."""

from __future__ import annotations

from app.db.engine import Database
from app.db.migrate import at_head


async def migrated(db: Database) -> str:
    """Empty when the schema is this version's."""
    return "" if await at_head(db) else "not this version's; run: sophia migrate"
