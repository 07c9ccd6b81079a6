"""One turn's way to the cache: what a model would be asked, answered by what is kept, or kept when it was answered.

A hit costs nothing and is a row of the ledger all the same, so that a report shows what was saved.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.tool import ToolCall

from app.gateways.cache.keys import Asked, Sharing
from app.gateways.cache.ladder import AnswerCache
from app.gateways.cache.shelves import Kept
from app.gateways.faults import FaultKind
from app.gateways.gathered import Whole
from app.gateways.last_piece import last_piece
from app.gateways.spend import CallContext, Outcome
from app.gateways.usage import ModelUse, UsageSink

CACHE = "cache"
_FAULTS = {str(kind) for kind in FaultKind}


@dataclass(frozen=True)
class TurnCache:
    """`routes` are the names of the routes that may answer: an answer of others is no answer of these."""

    cache: AnswerCache
    sharing: Sharing
    call: CallContext
    routes: tuple[str, ...]
    uses: UsageSink

    async def or_else(
        self,
        fresh: AsyncGenerator[AIMessageChunk],
        asked: tuple[list[BaseMessage], Sequence[Any], Mapping[str, Any]],
        tried: list[tuple[str, str]],
    ) -> AsyncGenerator[AIMessageChunk]:
        """The kept answer to these messages, tools and options, or the pieces of `fresh`, which is not begun when there
        is one. `tried` gets a line for a hit, and tells whether the fresh answer came in one go."""
        messages, tools, options = asked
        call = Asked(self.call.workspace_id, self.call.task, self.routes, messages, tools, options)
        async with aclosing(fresh), self.cache.place(call, self.sharing) as place:
            if place.found is not None:
                tried.append((CACHE, place.step))
                self._record(place.found)
                for piece in _pieces(place.found, len(messages)):
                    yield piece
                return
            before, texts, last = len(tried), list[str](), AIMessageChunk(content="")
            async for piece in fresh:
                texts.append(str(piece.text))
                last = piece
                yield piece
            if not any(outcome in _FAULTS for _, outcome in tried[before:]):
                place.kept = _kept("".join(texts), last, self.routes)

    def _record(self, found: Kept) -> None:
        call = self.call
        self.uses.record(
            ModelUse(
                turn_id=call.turn_id,
                workspace_id=call.workspace_id,
                user_id=call.user_id,
                channel=call.channel,
                provider=found.provider,
                model=found.model,
                input_tokens=0,
                output_tokens=0,
                task=call.task,
                tool=call.tool,
                gateway=CACHE,
                outcome=Outcome.CACHED,
            )
        )


def _kept(text: str, last: AIMessageChunk, routes: tuple[str, ...]) -> Kept | None:
    """What a whole answer leaves; None for what the embedded planner said, which costs nothing."""
    said: dict[str, Any] = last.response_metadata
    provider, model = said.get("provider", ""), said.get("model_name", "")
    if not any(route.startswith(f"{provider}/{model}") for route in routes):
        return None
    calls = tuple((call["name"], call["args"]) for call in last.tool_calls)
    return Kept(text, calls, said.get("finish_reason", ""), provider, model)


def _pieces(kept: Kept, number: int) -> list[AIMessageChunk]:
    """The answer as a model would give it. `number` keeps the ids of a turn's calls apart."""
    calls = tuple(
        ToolCall(name=name, args=arguments, id=f"cached_{number}_{at}", type="tool_call")
        for at, (name, arguments) in enumerate(kept.calls)
    )
    whole = Whole("", calls, kept.finish, input_tokens=0, output_tokens=0)
    text = [AIMessageChunk(content=kept.text)] if kept.text else []
    return [*text, last_piece("", whole, kept.provider, kept.model)]
