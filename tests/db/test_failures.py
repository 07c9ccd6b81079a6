"""What a failing database means for people."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.db.failures import as_retry_later


async def test_a_server_that_refuses_connections_is_an_unreachable_database() -> None:
    db = Database("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/none")
    with pytest.raises(OSError) as caught:
        async with db.reading() as session:
            await session.execute(text("select 1"))
    await db.close()
    known = as_retry_later(caught.value)
    assert known is not None
    assert known.code == "database_unreachable"


def test_a_refused_connection_elsewhere_is_not_the_databases() -> None:
    assert as_retry_later(ConnectionRefusedError(111, "refused")) is None
