"""What one call asks of a route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.gateways.request import Request
from app.gateways.spend import CallContext, Task
from app.gateways.terms import Capability

NOTHING: frozenset[Capability] = frozenset()
_IMAGES = ("image", "image_url", "input_image")


@dataclass(frozen=True)
class Need:
    """`input_tokens` is an estimate, rather too high; `conversation`: of which workspace and which, '' when the
    call belongs to none."""

    task: Task = Task.PLAN
    capabilities: frozenset[Capability] = NOTHING
    input_tokens: int = 0
    conversation: str = ""


ANY_CALL = Need()


def needed(request: Request, call: CallContext) -> Need:
    """What a request asks of a route."""
    wanted: list[Capability] = []
    if request.tools:
        wanted.append(Capability.TOOLS)
    options = request.options
    if options and ("response_format" in options or "ls_structured_output_format" in options):
        wanted.append(Capability.STRUCTURED_OUTPUT)
    if any(isinstance(message.content, list) and _shows_an_image(message.content) for message in request.messages):
        wanted.append(Capability.VISION)
    capabilities = frozenset(wanted) if wanted else NOTHING
    conversation = f"{call.workspace_id}/{call.conversation}" if call.conversation else ""
    return Need(call.task, capabilities, request.estimate.input_tokens, conversation)


def _shows_an_image(content: Sequence[Any]) -> bool:
    return any(isinstance(block, dict) and block.get("type") in _IMAGES for block in content)  # pyright: ignore[reportUnknownMemberType]
