"""What one call asks of a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage

from app.gateways.spend import CallContext, Task, TokenEstimate
from app.gateways.terms import Capability

NOTHING: frozenset[Capability] = frozenset()
_IMAGES = ("image", "image_url", "input_image")


@dataclass(frozen=True)
class Need:
    """`input_tokens` is an estimate, rather too high; `conversation` '' when the call belongs to none."""

    task: Task = Task.PLAN
    capabilities: frozenset[Capability] = NOTHING
    input_tokens: int = 0
    conversation: str = ""


ANY_CALL = Need()


def needed(
    messages: Sequence[BaseMessage],
    tools: Sequence[Any],
    options: Mapping[str, Any],
    estimate: TokenEstimate,
    call: CallContext,
) -> Need:
    """What a request with these messages, tools and options asks of a route."""
    wanted: list[Capability] = []
    if tools:
        wanted.append(Capability.TOOLS)
    if "response_format" in options or "ls_structured_output_format" in options:
        wanted.append(Capability.STRUCTURED_OUTPUT)
    if any(isinstance(message.content, list) and _shows_an_image(message.content) for message in messages):
        wanted.append(Capability.VISION)
    return Need(call.task, frozenset(wanted) if wanted else NOTHING, estimate.input_tokens, call.conversation)


def _shows_an_image(content: Sequence[Any]) -> bool:
    return any(isinstance(block, dict) and block.get("type") in _IMAGES for block in content)  # pyright: ignore[reportUnknownMemberType]
