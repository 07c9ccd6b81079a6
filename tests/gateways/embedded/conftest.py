"""One trained planner for all tests of this folder, and small portfolios to plan against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli.plan import read_names, tool_specs
from app.domain.names import Names
from app.gateways.embedded import Call, Planner

NOW = datetime(2026, 3, 18, 10, 30)  # noqa: DTZ001 - the development set's wall clock
DATA = Path(__file__).parent / "data"
BESIDE_THE_CATALOGUE = {
    "list_guest_cards": {"property": "property", "status": "enum", "start_date": "date", "end_date": "date"}
}
"""How the arguments of tools are compared that came after the published ones."""


@pytest.fixture(scope="session")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return Planner(tool_specs(), tmp_path_factory.mktemp("ranker"))


@pytest.fixture(scope="session")
def nasty() -> Names:
    """Names that are ordinary words, share parts, carry accents and numbers."""
    return read_names(DATA / "nasty_gazetteer.json")


@pytest.fixture(scope="session")
def demo(shared: Path) -> Names:
    return read_names(shared / "data" / "planner" / "gazetteer.json")


@pytest.fixture(scope="session")
def kinds(shared: Path) -> Mapping[str, Mapping[str, str]]:
    published = json.loads((shared / "data" / "planner" / "arg_kinds.json").read_text())
    return {**published, **BESIDE_THE_CATALOGUE}


def planned(planner: Planner, text: str, names: Names, *context: tuple[str, dict[str, Any]]) -> list[tuple[str, Any]]:
    """The calls for a message as plain pairs."""
    plan = planner.plan(text, names, NOW, [Call(name, arguments) for name, arguments in context])
    return [(call.name, dict(call.arguments)) for call in plan.calls]
