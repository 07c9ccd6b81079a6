"""A model's stream, watched: how long it is waited for, and when its first token came."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from langchain_core.messages import AIMessageChunk, BaseMessage

from app.gateways.deadline import Deadline
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.gathered import Gathered
from app.gateways.providers import Deadlines


async def watched(
    stream: AsyncGenerator[BaseMessage],
    gathered: Gathered,
    deadlines: Deadlines,
    monotonic: Callable[[], float],
) -> AsyncGenerator[str]:
    """The stream's text, piece by piece, into `gathered`; the first comes with the first token, and is '' when that is
    no text but a tool call's beginning or reasoning. Raises RouteFault when a deadline passes; a piece that brings
    nothing does not put it off."""
    waiting, began = deadlines.first_token, monotonic()
    last: float | None = None
    async with aclosing(stream) as pieces, Deadline(waiting) as deadline:
        while True:
            try:
                piece = await deadline.wait(anext(pieces, None))
            except TimeoutError:
                raise RouteFault(FaultKind.TRANSIENT, f"nothing came for {waiting:g} s", stalled=True) from None
            if piece is None:
                return
            text, token = gathered.take(piece), _is_a_token(piece)
            if not token and not _brings_something(piece):
                continue
            now = monotonic()
            if last is not None:
                gathered.longest_gap = max(gathered.longest_gap, now - last)
            last, waiting = now, deadlines.between
            deadline.again(waiting)
            if token and gathered.first is None:
                gathered.first = now - began
                yield text
            elif text:
                yield text


def _is_a_token(piece: BaseMessage) -> bool:
    """True for words, a part of a tool call, or reasoning."""
    part_of_a_call = isinstance(piece, AIMessageChunk) and piece.tool_call_chunks
    return bool(piece.content or part_of_a_call or piece.additional_kwargs)


def _brings_something(piece: BaseMessage) -> bool:
    """False for a role, a keep-alive or an empty delta; usage and the finish show that the model goes on."""
    usage = isinstance(piece, AIMessageChunk) and piece.usage_metadata
    return bool(usage or piece.response_metadata.get("finish_reason"))
