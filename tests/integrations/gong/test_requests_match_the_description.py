"""Every request that the connector makes is one that Gong's own description knows."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from app.db.engine import Database
from app.http.outbound import Call
from app.portfolio.sync import sync_source
from tests.integrations.gong.rig import Stand
from tests.integrations.gong.spec import Described

RICH = "https://api.gong.io/v2/calls/extensive"


@pytest.fixture
def described(shared: Path) -> Described:
    return Described(orjson.loads((shared / "specs/gong/gong-openapi-v2-2024-12.json").read_bytes()))


async def test_reading_asks_only_what_is_described(
    stand: Stand, sqlite_db: Database, described: Described, sent: list[Call]
) -> None:
    stand.server.page_size = 40
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)).ok
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)).ok
    await stand.connector.check()
    for call in sent:
        body = orjson.loads(call.body) if call.body else None
        assert described.request_problems(call.method, call.url, dict(call.params), body) == [], call.url
    assert len({call.operation for call in sent}) == 4
    assert any(b'"cursor"' in (call.body or b"") for call in sent)


def test_the_check_itself_refuses_what_is_not_described(described: Described) -> None:
    good = {"filter": {"fromDateTime": "2026-01-01T00:00:00Z"}}
    assert described.request_problems("POST", RICH, {}, good) == []
    assert described.request_problems("POST", RICH, {}, {})
    assert described.request_problems("POST", RICH, {}, None)
    assert described.request_problems("POST", RICH, {}, {**good, "made": "up"})
    assert described.request_problems("POST", RICH, {}, {"filter": {"callIds": [7782342274025937895]}})
    assert described.request_problems("GET", RICH, {}, None)
    assert described.request_problems("GET", "https://api.gong.io/v2/users", {"made": "up"}, None)
    assert described.request_problems("GET", "https://api.gong.io/v2/calls", {}, None)
