"""The tool catalog is Sophia's public interface: names, arguments, types and enums may not drift."""

from __future__ import annotations

import importlib
import json
from collections.abc import Collection
from pathlib import Path

from app.tools.core.tool import parameters_of

LEFT_OPEN = {"list_vendors": {"category"}}
"""Arguments that the published catalog requires and that may be left away: every published call stays right."""


def _without_descriptions(schema: dict[str, object], left_open: Collection[str] = ()) -> dict[str, object]:
    properties: dict[str, dict[str, object]] = schema["properties"]  # type: ignore[assignment]
    slim = {name: {k: v for k, v in shape.items() if k != "description"} for name, shape in properties.items()}
    required = [name for name in schema["required"] if name not in left_open]  # type: ignore[attr-defined]
    return {"type": schema["type"], "properties": slim, "required": required}


def test_every_published_tool_has_exactly_the_published_arguments(shared: Path) -> None:
    published = [json.loads(line) for line in (shared / "data/planner/tools.jsonl").read_text().splitlines()]
    assert len(published) == 40
    for tool in published:
        args = importlib.import_module(f"app.tools.{tool['name']}").Args
        wanted = _without_descriptions(tool["parameters"], LEFT_OPEN.get(tool["name"], ()))
        assert _without_descriptions(parameters_of(args)) == wanted, tool["name"]
