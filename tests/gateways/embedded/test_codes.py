"""Names that systems give are found by the pattern in an argument's schema, and an act that no built-in tool offers is
done when a tool says that it does it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.names import Names
from app.domain.tooling import Effect, ToolSpec
from app.gateways.embedded.planner import Planner
from app.tools.core.registry import all_tools

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def code(pattern: str, description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, "description": description}


def spec(name: str, effect: Effect, phrases: str, required: list[str], **properties: Any) -> ToolSpec:
    said = tuple(phrases.split(" / "))
    schema = {"type": "object", "properties": properties, "required": required}
    return ToolSpec(name, said[0], schema, effect, said, said[:3])


SPECS = [
    spec(
        "launch_engine",
        Effect.WRITE,
        "launch an engine eng_2x in us-west-1 / start engine eng_4x_big in eu-north-2 with key mine / new engine please"
        " / launch an engine / start a new engine eng_1x in us-east-3 / spin up an engine / i need an engine"
        " / bring up engine eng_8x with key team / get me an engine",
        ["kind", "region"],
        kind=code(r"eng_\w+", "Kind of engine"),
        region=code(r"[a-z]+-[a-z]+-\d+", "Region"),
        ssh_key=code(r"[\w .-]+", "Key"),
    ),
    spec(
        "terminate_engine",
        Effect.WRITE,
        "terminate engine alpha-1 / delete the engine beta-2 / shut down engine gamma-3 / shut down the engine"
        " / kill engine delta-4 / turn off the engine / terminate the engine / stop engine eps-5",
        ["engine"],
        engine=code(r"[\w .-]+", "Engine"),
    ),
    spec(
        "list_faults",
        Effect.READ,
        "faults of the software / which faults are open / faults of project billing / software faults / list faults",
        [],
        project=code(r"[\w-]+", "Project"),
    ),
]


@pytest.fixture(scope="module")
def planner() -> Planner:
    some = ("list_work_orders", "lookup_resident", "get_lease_details", "list_invoices", "get_occupancy")
    return Planner([*SPECS, *(all_tools()[name].spec for name in some)])


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("launch an engine eng_2x in us-west-1", "launch_engine", {"kind": "eng_2x", "region": "us-west-1"}),
        (
            "start engine eng_4x in us-east-1 with key laptop",
            "launch_engine",
            {"kind": "eng_4x", "region": "us-east-1", "ssh_key": "laptop"},
        ),
        ("terminate engine alpha-7", "terminate_engine", {"engine": "alpha-7"}),
        ("faults of project billing", "list_faults", {"project": "billing"}),
        ("which faults are open", "list_faults", {}),
    ],
)
def test_codes_go_where_their_pattern_says(planner: Planner, said: str, name: str, arguments: dict[str, str]) -> None:
    plan = planner.plan(said, Names(), NOW)
    assert [(call.name, dict(call.arguments)) for call in plan.calls] == [(name, arguments)]


def test_a_plain_word_is_no_code_unless_its_argument_is_named_before(planner: Planner) -> None:
    plan = planner.plan("which software faults matter", Names(), NOW)
    assert [dict(call.arguments) for call in plan.calls] == [{}]


def test_a_missing_code_is_asked_for(planner: Planner) -> None:
    plan = planner.plan("shut down the engine", Names(), NOW)
    assert (plan.action, plan.calls) == ("clarify", ())


@pytest.mark.parametrize("said", ["terminate the lease of unit 204", "delete all residents", "fire the manager"])
def test_what_no_tool_offers_is_still_declined(planner: Planner, said: str) -> None:
    assert planner.plan(said, Names(), NOW).action == "decline"
