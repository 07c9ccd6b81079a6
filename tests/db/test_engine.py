"""What the engine keeps to itself, and what callers of one pool leave each other."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util.concurrency import greenlet_spawn

from app.db.engine import Database


async def test_an_error_tells_the_statement_and_none_of_its_values(db: Database) -> None:
    with pytest.raises(SQLAlchemyError) as failed:
        async with db.transaction() as session:
            await session.execute(
                text("INSERT INTO nowhere (words) VALUES (:words)"), {"words": "the resident in 204 owes"}
            )
    assert "nowhere" in str(failed.value)
    assert "204" not in str(failed.value)
    assert "204" not in repr(failed.value)


async def test_a_transaction_that_was_left_open_does_not_reach_the_next_caller(sqlite_db: Database) -> None:
    async with sqlite_db.transaction() as session:
        await session.execute(text("CREATE TABLE left_open (id INTEGER)"))
    await greenlet_spawn(_leave_open, sqlite_db.engine.sync_engine)

    async with sqlite_db.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM left_open")) == 0
    async with sqlite_db.transaction() as session:  # and nobody waits for its lock
        await session.execute(text("INSERT INTO left_open VALUES (2)"))


def _leave_open(engine: Engine) -> None:
    connection = engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute("INSERT INTO left_open VALUES (1)")
    cursor.close()
    connection.close()
