"""What the planner decides about a message: plain data, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Action = Literal["call", "clarify", "decline", "chitchat"]


@dataclass(frozen=True)
class Call:
    """One tool call with its arguments as JSON values."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """`calls` is empty unless `action` is "call". `question` and `options` ask back; `topic` says about what.

    `partial` holds the call that a question wants to complete, so that the answer can finish it.
    """

    action: Action
    calls: tuple[Call, ...] = ()
    confidence: float = 0.0
    question: str = ""
    options: tuple[str, ...] = ()
    partial: Call | None = None
    asked: str = ""
