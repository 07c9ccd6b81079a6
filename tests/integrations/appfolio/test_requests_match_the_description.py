"""Every request that the connector makes is one that the description of AppFolio's APIs knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from jsonschema import Draft202012Validator

from app.db.engine import Database
from app.domain.clock import FixedClock
from app.http.outbound import Call
from app.http.retry import Repeat
from app.integrations.registry import all_connectors
from app.integrations.systems import ConnectedSystems
from app.integrations.writing import Write
from app.portfolio.register import Register
from app.portfolio.sync import sync_source
from tests.integrations.appfolio.rig import HOME, NOW, Stand, read_model

BY_ID = "filters[Id]"  # instead of `filters[LastUpdatedAtFrom]`; the description names both and describes one
# Paths that the facts about AppFolio name, but the description leaves out.
NAMED_ONLY = {"/api/v0/users", "/api/v2/reports/vendor_directory.json"}


class Described:
    """The operations by method and path. What a body's schema does not list is refused, but for `AssignedUsers`, which
    public client programs send and the description leaves out."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._paths: dict[str, Any] = description["paths"]
        self._parameters: dict[str, Any] = description["components"]["parameters"]

    def problems(self, call: Call) -> list[str]:
        parts = urlsplit(call.url)
        operation = self._operation(call.method.lower(), parts.path)
        if operation is None:
            if "/reports/" in parts.path and call.method == "GET":  # the next page of a report: a link, not described
                return [] if set(parse_qs(parts.query)) == {"metadata_id", "page"} else ["not a report's link"]
            return [] if parts.path in NAMED_ONLY else [f"no {call.method} {parts.path}"]
        return [*self._of_parameters(operation, call), *self._of_body(operation, call)]

    def _operation(self, method: str, path: str) -> Any:
        for known, operations in self._paths.items():
            steps, given = known.split("/"), path.split("/")
            if len(steps) == len(given) and all(a in (b, "{id}") for a, b in zip(steps, given, strict=True)):
                return operations.get(method)
        return None

    def _of_parameters(self, operation: Any, call: Call) -> list[str]:
        described = [
            self._parameters.get(one.get("$ref", "").rpartition("/")[2], one) for one in operation.get("parameters", [])
        ]
        wrong: list[str] = []
        for one in described:
            given = call.headers.get(one["name"]) if one["in"] == "header" else call.params.get(one["name"])
            if given is None:
                by_id = BY_ID in call.params and one["name"].startswith("filters")
                if one.get("required") and one["in"] != "path" and not by_id:
                    wrong.append(f"{one['name']} is missing")
                continue
            value: Any = int(given) if one["schema"]["type"] == "integer" else given
            wrong += [error.message for error in Draft202012Validator(one["schema"]).iter_errors(value)]
        known = {one["name"] for one in described if one["in"] == "query"} | {BY_ID}
        return [*wrong, *(f"unknown parameter {name}" for name in call.params if name not in known)]

    def _of_body(self, operation: Any, call: Call) -> list[str]:
        if "requestBody" not in operation:
            return ["a body where none is described"] if call.body else []
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = orjson.loads(call.body or b"null")
        wrong = [error.message for error in Draft202012Validator(_nullable(schema)).iter_errors(body)]
        return [
            *wrong,
            *(f"unknown field {name}" for name in body if name not in {*schema["properties"], "AssignedUsers"}),
        ]


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema has it."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _nullable(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") is True else made


@pytest.fixture
def described(shared: Path) -> Described:
    return Described(orjson.loads((shared / "specs/appfolio/appfolio.composed.json").read_bytes()))


async def test_reading_and_writing_ask_only_what_is_described(
    stand: Stand, sqlite_db: Database, described: Described, sent: list[Call]
) -> None:
    stand.server.rows_a_page = 100
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)).ok
    later = FixedClock(NOW + timedelta(hours=1))
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=later)).ok
    await stand.connector.check()
    own = Register(sqlite_db, stand.clock)
    system = ConnectedSystems(sqlite_db, [stand.connector], all_connectors(), own).of("appfolio", "work_order")
    unit = read_model("unit", stand.store.homes[0].community.units[0].id)
    order = {"property_id": read_model("property", HOME), "unit_id": unit, "description": "No hot water"}
    made = await system.write(Write("work_order", "W1", order, "k"))
    technician = next(iter(stand.store.technicians()))
    for changes in (
        {"status": "completed", "assignee": "CoolBreeze HVAC", "priority": "low", "description": "Fixed"},
        {"status": "cancelled", "assignee": technician},
    ):
        await system.write(Write("work_order", "W1", changes, "k2", record_id=made))
    await system.write(Write("note", "W1", {"work_order_id": made, "note": "Done"}, "k3"))
    assert {call.method for call in sent} == {"GET", "POST", "PATCH"}
    for call in sent:
        assert described.problems(call) == [], (call.method, call.url)
    assert len({call.operation for call in sent}) >= 14


def test_the_check_itself_refuses_what_is_not_described(described: Described) -> None:
    def call(method: str, path: str, *, body: Any = None, headers: Any = None, **params: str) -> Call:
        given = {"X-AppFolio-Developer-ID": "d"} if headers is None else headers
        made = orjson.dumps(body) if body is not None else None
        return Call("x", method, f"http://a{path}", Repeat.SAFE, headers=given, params=params, body=made)

    since = {"filters[LastUpdatedAtFrom]": "2026-01-05T00:00:00Z"}
    assert described.problems(call("GET", "/api/v0/units", **since)) == []
    assert described.problems(call("GET", "/api/v0/units"))
    assert described.problems(call("GET", "/api/v0/units", **since, headers={}))
    assert described.problems(call("GET", "/api/v0/units", **since, made="up"))
    assert described.problems(call("GET", "/api/v0/units", **since, **{"page[size]": "1001"}))
    assert described.problems(call("GET", "/api/v0/ponies", **since))
    assert described.problems(call("POST", "/api/v0/work_orders", body={"PropertyId": "x"}))
    assert described.problems(call("PATCH", "/api/v0/work_orders/1", body={"Status": "Gone"}))
    assert described.problems(call("POST", "/api/v2/reports/receivables_activity.json", body={}))
    assert described.problems(call("POST", "/api/v2/reports/rent_roll.json", body={"as_of_to": "soon"}))
