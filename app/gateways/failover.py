"""One chat model over several: the first healthy one answers, and when it fails the next goes on at once.

SDK retries are off; this is the only place that decides what is tried next. It never waits out a Retry-After, never
hands on a cut stream as whole, never doubles text that was already handed on, and holds tool calls back until they
are complete, so a tool is called once whatever fails or races. The last road is the embedded planner.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import structlog
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import PrivateAttr

from app.gateways.attempt import Attempt
from app.gateways.cache.turns import TurnCache
from app.gateways.candidates import Candidates, Course
from app.gateways.choosing.need import needed
from app.gateways.faults import ModelsUnavailable
from app.gateways.gathered import Gathered, Whole
from app.gateways.last_piece import last_piece
from app.gateways.purse import Purse
from app.gateways.race import Race, only_looks
from app.gateways.request import Request
from app.gateways.routes import Route
from app.gateways.spend import DIRECT, AttemptUse, Outcome, RouteFacts
from app.gateways.trail.record import ANSWERED, CallRecord, TrailSink, Tried
from app.gateways.usage import ModelUse, UsageSink
from app.telemetry.trace import current_trace_id

log = structlog.get_logger(__name__)

EMBEDDED = "embedded"
BROKE_OFF = "… (The connection to my model broke off there. Here is the rest without it.)\n\n"
PLANNER = RouteFacts(DIRECT, EMBEDDED, "planner", "")
NOTHING_USED = AttemptUse(Outcome.ANSWERED)


@dataclass
class Trail:
    """What was tried for one turn, for logs, notes and tests. `answered` names the road of the last message."""

    tried: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # (route, outcome)
    answered: str = ""


@dataclass(frozen=True)
class Roads:
    """Everything a TurnModel needs: its candidates in order, the planner as the last one, and who keeps what."""

    candidates: Candidates
    planner: Callable[[], Awaitable[BaseChatModel]]
    uses: UsageSink
    purse: Purse
    records: TrailSink
    shared: TurnCache | None = None


class TurnModel(BaseChatModel):
    """The chat model of one turn. Streams; `ainvoke` collects the stream. There is no synchronous way."""

    _roads: Roads = PrivateAttr()
    _trail: Trail = PrivateAttr(default_factory=Trail)

    def __init__(self, roads: Roads, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._roads = roads

    @property
    def _llm_type(self) -> str:
        return "sophia-turn"

    @property
    def trail(self) -> Trail:
        return self._trail

    @property
    def fell_back(self) -> bool:
        """True when there are real models but the embedded planner gave the last message."""
        return bool(self._roads.candidates.routes) and self._trail.answered == EMBEDDED

    def bind_tools(self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any) -> Runnable[Any, Any]:
        """Tools, and which of them must be called, are handed to each candidate in its own form when it is asked."""
        chosen = {"tool_choice": tool_choice} if tool_choice else {}
        return self.bind(tools=tools, **chosen, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("a TurnModel is asynchronous: use ainvoke or astream")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        texts: list[str] = []
        last: AIMessageChunk | None = None
        async with aclosing(self.pieces(messages, stop=stop, **kwargs)) as pieces:
            async for last in pieces:
                texts.append(str(last.content))
        if last is None:
            raise ModelsUnavailable(detail="no piece came")
        last.content = "".join(texts)  # the last piece has everything else; adding up pieces costs more than a text
        return ChatResult(generations=[ChatGeneration(message=last)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async with aclosing(self.pieces(messages, stop=stop, **kwargs)) as pieces:
            async for piece in pieces:
                chunk = ChatGenerationChunk(message=piece)
                if run_manager and piece.content:
                    await run_manager.on_llm_new_token(str(piece.content), chunk=chunk)
                yield chunk

    async def pieces(
        self, messages: list[BaseMessage], tools: Sequence[Any] = (), *, stop: list[str] | None = None, **options: Any
    ) -> AsyncGenerator[AIMessageChunk]:
        """What `astream` gives, without LangChain's callbacks around it, which cost more than the failover itself.

        Text comes as it is said; tool calls, usage and who answered come complete in the last piece. An answer that
        may be shared is taken from the cache, if there is one.
        """
        if stop:
            options["stop"] = stop
        course, before, monotonic = Course(), len(self._trail.tried), self._roads.purse.monotonic
        request = Request.of(messages, tools, options)
        shared, found = self._roads.shared, self._fresh(request, course)
        if shared is not None:
            found = shared.or_else(found, (messages, tools, options), self._trail.tried)
        began = monotonic()
        try:
            async with aclosing(found) as pieces:
                async for piece in pieces:
                    self._trail.answered = piece.response_metadata.get("provider", self._trail.answered)
                    yield piece
        finally:
            if not course.tried:  # what was kept from an earlier call answered
                course.tried += [Tried(kept, ANSWERED, detail=step) for kept, step in self._trail.tried[before:]]
            if course.tried:
                self._roads.records.record(self._recorded(course, (monotonic() - began) * 1000))

    async def _fresh(self, request: Request, course: Course) -> AsyncGenerator[AIMessageChunk]:
        """What the models say, or the planner at last."""
        candidates, purse = self._roads.candidates, self._roads.purse
        if candidates.routes:
            await purse.enter(request.estimate, begun=bool(self._trail.tried))
            course.need = needed(request, purse.call)

        def left_out(route: Route, why: str) -> None:
            self._note(course, Tried(route.name, why))

        async with aclosing(candidates.of(course, left_out)) as routes:
            async for route in routes:
                async with aclosing(self._asked(route, request.going_on(course.said), course)) as pieces:
                    async for piece in pieces:
                        course.said += str(piece.content)
                        yield piece
                if course.answered:
                    return
        if refuser := course.refused_by:  # a result, not a fault: no other model is talked into it
            refusal = Whole("", (), "content_filter", input_tokens=0, output_tokens=0)
            yield last_piece("", refusal, refuser.provider.name, refuser.model_name)
            return
        async with aclosing(self._by_planner(request, course)) as pieces:
            async for piece in pieces:
                yield piece

    async def _asked(self, route: Route, request: Request, course: Course) -> AsyncGenerator[AIMessageChunk]:
        """What one route says, or a second one that was asked beside it because its first token was late."""
        first = self._attempt(route, request, course)
        late = self._late(route, request)
        race = None if late is None else Race(first, late, partial(self._beside, route, request, course))
        try:
            async with aclosing(first.pieces() if race is None else race.pieces()) as pieces:
                async for piece in pieces:
                    if piece.content or piece.chunk_position:
                        yield piece
        finally:
            for attempt in (first,) if race is None else race.attempts:
                await self._roads.candidates.ended(course, attempt)

    def _late(self, route: Route, request: Request) -> float | None:
        """Seconds of silence after which a second route may be asked beside this one; None for never."""
        purse = self._roads.purse
        if not purse.hedges.wanted or request.said or route.breaker.troubled:
            return None
        return route.pace.usual_first if only_looks(request.messages, request.tools, purse.call.reads) else None

    async def _beside(self, slow: Route, request: Request, course: Course) -> Attempt | None:
        second = await self._roads.candidates.beside(course, slow)
        return None if second is None else self._attempt(second, request, course, hedge=True)

    def _attempt(self, route: Route, request: Request, course: Course, *, hedge: bool = False) -> Attempt:
        return Attempt(route, request, self._roads.purse, partial(self._note, course), hedge=hedge)

    def _note(self, course: Course, tried: Tried) -> None:
        course.tried.append(tried)
        self._trail.tried.append((tried.route, tried.outcome))

    def _recorded(self, course: Course, total_ms: float) -> CallRecord:
        """How the call went."""
        call, policy = self._roads.purse.call, self._roads.candidates.choosing.policy
        answered = next((one.route for one in course.tried if one.outcome == ANSWERED), "")
        return CallRecord(call, current_trace_id(), policy, course.choices, course.tried, answered, total_ms)

    async def _by_planner(self, request: Request, course: Course) -> AsyncGenerator[AIMessageChunk]:
        gathered, tools = Gathered(), request.tools
        try:
            planner = await self._roads.planner()
            if course.said:
                yield AIMessageChunk(content=BROKE_OFF)
            stream = (planner.bind_tools(tools) if tools else planner).astream(request.messages, {"callbacks": []})
            async with aclosing(cast(AsyncGenerator[BaseMessage], stream)) as pieces:
                async for piece in pieces:
                    if text := gathered.take(piece):
                        yield AIMessageChunk(content=text)
            whole = gathered.whole(must_finish=False)
        except Exception as error:
            self._note(course, Tried(EMBEDDED, "failed"))
            log.error("embedded_planner_failed", exc_info=error)
            raise ModelsUnavailable(detail=f"the embedded planner failed: {type(error).__name__}") from error
        self._note(course, Tried(EMBEDDED, ANSWERED))
        self._roads.uses.record(ModelUse.of(self._roads.purse.call, PLANNER, NOTHING_USED))
        yield last_piece("", whole, EMBEDDED, "planner")
