"""Every request that the connector makes is one that Entrata's API describes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from app.db.engine import Database
from app.domain.clock import FixedClock, SystemClock
from app.http.outbound import Call
from app.integrations.registry import all_connectors
from app.integrations.systems import ConnectedSystems
from app.integrations.writing import Write
from app.portfolio.register import Register
from app.portfolio.sync import sync_source
from tests.integrations.entrata.rig import HOME, NOW, Stand
from tests.integrations.entrata.spec import Described


@pytest.fixture
def described(shared: Path) -> Described:
    return Described(orjson.loads((shared / "specs/entrata/entrata_rebuilt_openapi.json").read_bytes()))


async def test_reading_and_writing_ask_only_what_is_described(
    stand: Stand, sqlite_db: Database, described: Described, sent: list[Call]
) -> None:
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)).ok
    later = FixedClock(NOW + timedelta(hours=1))
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=later)).ok
    await stand.connector.check()
    system = ConnectedSystems(sqlite_db, [stand.connector], all_connectors(), Register(sqlite_db, SystemClock())).of(
        "entrata", "work_order"
    )
    unit = stand.server.store.home(HOME).community.units[0].id
    order = {"property_id": f"entrata:{HOME}", "unit_id": f"entrata:{unit}", "description": "No hot water"}
    made = await system.write(Write("work_order", "W1", order, "k"))
    changes = {"status": "completed", "assignee": "CoolBreeze HVAC", "priority": "low", "description": "Fixed"}
    await system.write(Write("work_order", "W1", changes, "k2", record_id=made))
    await system.find("work_order", workspace_id="W1", idempotency_key="never")
    names: set[str] = set()
    for call in sent:
        body = orjson.loads(call.body or b"")
        names.add(body["method"]["name"])
        assert set(body) == {"auth", "requestId", "method"}
        assert isinstance(body["requestId"], str)
        assert described.problems(call.url.rpartition("/")[2], body["method"]) == [], body["method"]
    assert len(names) >= 21


def test_the_check_itself_refuses_what_is_not_described(described: Described) -> None:
    good = {"name": "getWorkOrders", "version": "r1", "params": {"propertyId": 7}}
    assert described.problems("maintenance", good) == []
    assert described.problems("leases", good)
    assert described.problems("maintenance", {**good, "params": {}})
    assert described.problems("maintenance", {**good, "params": {"propertyId": 7, "made": "up"}})
    assert described.problems("maintenance", {**good, "params": {"propertyId": "seven"}})
    assert described.problems("maintenance", {**good, "version": "r9"})
