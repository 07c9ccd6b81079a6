"""What the engine keeps to itself."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

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
