"""What everyone may know of a tool without being able to run it: planners, prompts, MCP listings and docs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What a call can change. READ changes nothing; WRITE changes records; EGRESS leaves the company."""

    READ = "read"
    WRITE = "write"
    EGRESS = "egress"


@dataclass(frozen=True)
class ToolSpec:
    """A tool as data. `parameters` is a JSON schema object; `phrases` are ways people ask for it, with
    placeholders such as `{property}`; they teach the embedded planner and are never matched literally."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    effect: Effect
    phrases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()  # a few whole questions, for help texts
