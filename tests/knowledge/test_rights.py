"""Random rights over random passages; `python -m bench.knowledge --long` runs 100,000 of them."""

from __future__ import annotations

from app.db.engine import Database
from bench._rights import Crossings, cross


async def test_nobody_finds_what_they_may_not_read_and_everybody_all_they_may(sqlite_db: Database) -> None:
    assert await cross(sqlite_db, documents=120, queries=2_000) == Crossings(2_000, forbidden=0, recall=1.0)
