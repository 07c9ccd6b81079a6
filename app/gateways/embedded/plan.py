"""What the planner is told and what it decides: plain data, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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

    `partial` holds the call that a question wants to complete, so that the answer can finish it. `left_out` are the
    parts of the message that no tool can do, in the person's words, beside calls that are made.
    """

    action: Action
    calls: tuple[Call, ...] = ()
    confidence: float = 0.0
    question: str = ""
    options: tuple[str, ...] = ()
    partial: Call | None = None
    asked: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a tool answered: its sentences, and the tool's name. `found` is False for a search that found nothing,
    `failed` is True for what was refused or went wrong; `step` counts from 0 the steps of a turn, each of which may
    call several tools."""

    tool: str
    text: str
    found: bool = True
    failed: bool = False
    step: int = 0


@dataclass(frozen=True)
class Conversation:
    """`calls` were made before the newest message, oldest first; `results` answer it already.

    `remark` was said when the calls were made. `asked_about` is the message that a question was asked back about, when
    the newest message may be the answer.
    """

    message: str
    calls: tuple[Call, ...] = ()
    results: tuple[Result, ...] = ()
    remark: str = ""
    asked_about: str = ""
    calls_before_question: tuple[Call, ...] = field(default=())
