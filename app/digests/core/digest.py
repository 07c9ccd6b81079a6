"""What a digest's file defines: `DIGEST`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """One question of a digest: a reading tool and its arguments, with the tool's own defaults for all others. What
    tells of persons is told in a direct message only."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Digest:
    """A topic: its name in `schedule_digest`, its heading, its parts in the order they are read, and questions that go
    on from it. Each question is whole in itself: who clicks it begins a conversation."""

    topic: str
    title: str
    parts: tuple[Part, ...]
    questions: tuple[str, ...] = ()
