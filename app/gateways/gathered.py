"""What a model said, collected from the pieces of its stream, and when that is a whole message.

Tool calls are held back until the stream has ended properly and their arguments are valid JSON objects. A stream that
stops without saying why it finished is a fault, never an answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import ToolCall

from app.gateways.faults import FaultKind, RouteFault
from app.gateways.request import CHARACTERS_PER_TOKEN
from app.gateways.spend import AttemptUse, Outcome, TokenEstimate

_FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "completed": "stop",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


@dataclass(frozen=True)
class Whole:
    """A complete message of a model. `finish` is stop, tool_calls, length or content_filter; `action` is what the
    embedded planner says it did (call, clarify, decline, chitchat)."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    finish: str
    input_tokens: int
    output_tokens: int
    action: str = ""


@dataclass
class _Call:
    name: str = ""
    id: str = ""
    arguments: list[str] = field(default_factory=list[str])


class Gathered:
    """Collects the pieces of one stream. Kept after a fault, so that a cut stream's tokens are still counted."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._partial: dict[object, _Call] = {}
        self._calls: list[ToolCall] = []
        self._metadata: dict[str, Any] = {}
        self.input_tokens = 0
        self.cached_tokens = 0
        self.cache_write_tokens = 0
        self.output_tokens = 0
        self.reasoning_tokens = 0
        self.first: float | None = None  # seconds to the first token
        self.longest_gap = 0.0  # seconds between two pieces

    def take(self, piece: BaseMessage) -> str:
        """Adds one piece; returns its text."""
        self._metadata |= {key: value for key, value in piece.response_metadata.items() if value is not None}
        if isinstance(piece, AIMessage) and (usage := piece.usage_metadata):
            self.input_tokens += usage["input_tokens"]
            self.output_tokens += usage["output_tokens"]
            read = usage.get("input_token_details", {})
            self.cached_tokens += read.get("cache_read", 0)
            self.cache_write_tokens += read.get("cache_creation", 0)
            self.reasoning_tokens += usage.get("output_token_details", {}).get("reasoning", 0)
        if isinstance(piece, AIMessageChunk) and piece.tool_call_chunks:
            for part in piece.tool_call_chunks:
                index = part.get("index")
                call = self._partial.setdefault(len(self._partial) if index is None else f"#{index}", _Call())
                call.name = call.name or part.get("name") or ""
                call.id = call.id or part.get("id") or ""
                call.arguments.append(part.get("args") or "")
        elif isinstance(piece, AIMessage):  # a model that does not stream gives its whole message as one piece
            self._calls.extend(piece.tool_calls)
        text = str(piece.text)
        self._text.append(text)
        return text

    def whole(self, *, must_finish: bool) -> Whole:
        """The complete message. Raises RouteFault when the stream was cut or what came cannot be used."""
        finish = self._finish()
        if must_finish and not finish:
            raise RouteFault(FaultKind.TRANSIENT, "the stream ended without a finish reason")
        calls = [*self._calls, *(self._parsed(number, call) for number, call in enumerate(self._partial.values()))]
        if calls and finish == "length":
            raise RouteFault(FaultKind.NONSENSE, "a tool call was cut by the length limit")
        text = "".join(self._text)
        if not calls and not text.strip() and finish != "content_filter":
            raise RouteFault(FaultKind.NONSENSE, f"an empty answer ({finish or 'no finish reason'})")
        return Whole(
            text=text,
            tool_calls=tuple(calls),
            finish=finish or ("tool_calls" if calls else "stop"),
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            action=str(self._metadata.get("action", "")),
        )

    def use(self, outcome: Outcome, estimate: TokenEstimate, *, total_ms: float, hedge: bool = False) -> AttemptUse:
        """What the attempt used. When a cut stream brought words but no usage, the tokens are estimated."""
        cost = self._metadata.get("cost_dollars")
        spoke = any(self._text) or bool(self._partial)
        counted_here = spoke and not self.input_tokens
        return AttemptUse(
            outcome=outcome,
            input_tokens=estimate.input_tokens if counted_here else self.input_tokens,
            cached_tokens=self.cached_tokens,
            cache_write_tokens=self.cache_write_tokens,
            output_tokens=self._spoken_tokens() if counted_here else self.output_tokens,
            reasoning_tokens=self.reasoning_tokens,
            counted_here=counted_here,
            hedge=hedge,
            reported_microdollars=None if cost is None else Decimal(str(cost)) * 1_000_000,
            total_ms=total_ms,
        )

    def _spoken_tokens(self) -> int:
        pieces = (*self._text, *(part for call in self._partial.values() for part in call.arguments))
        return -(-sum(map(len, pieces)) // CHARACTERS_PER_TOKEN)

    def _finish(self) -> str:
        said = self._metadata.get("finish_reason") or self._metadata.get("stop_reason")
        if not said and (details := self._metadata.get("incomplete_details")):
            said = details.get("reason")
        said = said or self._metadata.get("status")  # OpenAI's Responses API
        return _FINISHES.get(str(said), str(said)) if said else ""

    @staticmethod
    def _parsed(number: int, call: _Call) -> ToolCall:
        text = "".join(call.arguments)
        try:
            arguments = json.loads(text or "{}")
        except ValueError:
            raise RouteFault(FaultKind.NONSENSE, f"arguments of {call.name!r} are not JSON") from None
        if not isinstance(arguments, dict) or not call.name:
            raise RouteFault(FaultKind.NONSENSE, f"a tool call without a name or arguments ({call.name!r})")
        return ToolCall(name=call.name, args=arguments, id=call.id or f"call_{number}", type="tool_call")
