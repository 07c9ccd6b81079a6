"""One chat model over several: the first healthy one answers, and when it fails the next goes on at once.

SDK retries are off; this is the only place that decides what is tried next. It never waits out a Retry-After, never
hands on a cut stream as whole, never doubles text that was already handed on, and holds tool calls back until they
are complete, so a tool is called once whatever fails. The last road is the embedded planner.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import PrivateAttr

from app.gateways.attempt import Gathered, Whole, watched
from app.gateways.cache.turns import TurnCache
from app.gateways.candidates import Candidates, Course
from app.gateways.choosing.need import needed
from app.gateways.faults import FaultKind, ModelsUnavailable, RouteFault
from app.gateways.last_piece import last_piece
from app.gateways.purse import NotAsked, Purse, estimated
from app.gateways.routes import Route
from app.gateways.spend import Outcome, Reservation
from app.gateways.splice import Splice, asked_to_continue
from app.gateways.trail.record import ANSWERED, LEFT, CallRecord, TrailSink, Tried
from app.telemetry.trace import current_trace_id

log = structlog.get_logger(__name__)

EMBEDDED = "embedded"
BROKE_OFF = "… (The connection to my model broke off there. Here is the rest without it.)\n\n"
SMALLEST_PIECE = 24  # characters; single tokens are gathered, every piece costs all layers above some work


@dataclass
class Trail:
    """What was tried for one turn, for logs, notes and tests. `answered` names the road of the last message."""

    tried: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # (route, outcome)
    answered: str = ""


@dataclass(frozen=True)
class Roads:
    """Everything a TurnModel needs: its candidates in order, the planner as the last one, and who counts tokens."""

    candidates: Candidates
    planner: Callable[[], Awaitable[BaseChatModel]]
    used: Callable[[str, str, int, int], None]  # provider, model, input tokens, output tokens
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
        whole: AIMessageChunk | None = None
        async with aclosing(self.pieces(messages, stop=stop, **kwargs)) as pieces:
            async for piece in pieces:
                whole = piece if whole is None else whole + piece
        if whole is None:
            raise ModelsUnavailable(detail="no piece came")
        return ChatResult(generations=[ChatGeneration(message=whole)])

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
        shared, found = self._roads.shared, self._fresh(messages, tools, options, course)
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

    async def _fresh(
        self, messages: list[BaseMessage], tools: Sequence[Any], options: dict[str, Any], course: Course
    ) -> AsyncGenerator[AIMessageChunk]:
        """What the models say, or the planner at last."""
        candidates, purse = self._roads.candidates, self._roads.purse
        if candidates.routes:
            estimate = estimated(messages, tools)
            await purse.enter(estimate, begun=bool(self._trail.tried))
            course.need = needed(messages, tools, options, estimate, purse.call)

        def left_out(route: Route, why: str) -> None:
            self._note(course, Tried(route.name, why))

        async with aclosing(candidates.of(course, left_out)) as routes:
            async for route in routes:
                asked = asked_to_continue(messages, course.said)
                async with aclosing(self._attempt(route, asked, tools, options, course)) as pieces:
                    async for piece in pieces:
                        yield piece
                if course.done:
                    candidates.choosing.answered(route, course.need)
                    await candidates.rests.tell(route.name)
                    return
        if refuser := course.refused_by:  # a result, not a fault: no other model is talked into it
            refusal = Whole("", (), "content_filter", input_tokens=0, output_tokens=0)
            yield last_piece("", refusal, refuser.provider.name, refuser.model_name)
            return
        async with aclosing(self._by_planner(messages, tools, course)) as pieces:
            async for piece in pieces:
                yield piece

    async def _attempt(
        self, route: Route, messages: list[BaseMessage], tools: Sequence[Any], options: dict[str, Any], course: Course
    ) -> AsyncGenerator[AIMessageChunk]:
        """One try. Ends with `course.done` or with `course.fault`."""
        splice = Splice(course.said)
        gathered = Gathered()
        course.fault = None
        known = False
        fresh = ""
        tried = Tried(route.name, LEFT)
        purse, estimate = self._roads.purse, estimated(messages, tools)
        reservation: Reservation | None = None
        started, first = purse.monotonic(), None
        try:
            reservation = await purse.hold(route.facts, estimate)
            tried.asked = True
            stream = route.stream(messages, tools, **options)
            async with aclosing(watched(stream, gathered, route.pace.deadlines)) as texts:
                async for text in texts:
                    first = purse.monotonic() if first is None else first
                    fresh += splice.take(text)
                    if len(fresh) >= (SMALLEST_PIECE if course.said else 1) and (course.said or fresh.strip()):
                        course.said += fresh
                        ready, fresh = fresh, ""
                        yield AIMessageChunk(content=ready)
            whole = gathered.whole(must_finish=True)
            rest = fresh + splice.rest()
            known = True
            route.answered(None if first is None else first - started, gathered.longest_gap)
            tried.outcome = ANSWERED
            course.done = True
            yield last_piece(rest, whole, route.provider.name, route.model_name)
        except NotAsked as left_out:
            tried.outcome = left_out.reason
        except Exception as error:
            known = True
            tried.outcome, tried.detail = self._stumble(route, error, course)
            if fresh.strip() and course.said:  # what did arrive is part of what the next one continues
                course.said += fresh
                yield AIMessageChunk(content=fresh)
        finally:
            self._note(course, tried)
            if not known:
                route.breaker.abandoned()
            if reservation is not None:
                tried.first_ms = None if first is None else (first - started) * 1000
                tried.total_ms = (purse.monotonic() - started) * 1000
                use = gathered.use(
                    _outcome(known, course, first), estimate, first_ms=tried.first_ms, total_ms=tried.total_ms
                )
                tried.cost = await purse.settle(reservation, use, route.facts)
            if course.done or gathered.input_tokens:
                self._roads.used(route.provider.name, route.model_name, gathered.input_tokens, gathered.output_tokens)

    def _note(self, course: Course, tried: Tried) -> None:
        course.tried.append(tried)
        self._trail.tried.append((tried.route, tried.outcome))

    def _recorded(self, course: Course, total_ms: float) -> CallRecord:
        """How the call went. The last that was tried is the one that answered, if anybody did."""
        call, policy = self._roads.purse.call, self._roads.candidates.choosing.policy
        last = course.tried[-1]
        answered = last.route if last.outcome == ANSWERED else ""
        return CallRecord(call, current_trace_id(), policy, course.choices, course.tried, answered, total_ms)

    def _stumble(self, route: Route, error: Exception, course: Course) -> tuple[str, str]:
        """Every error of an attempt becomes a fault of its route, whose kind and detail are returned; what no library
        explains is logged whole."""
        fault = course.fault = route.fault_of(error)
        route.breaker.failed(fault)
        level = log.error if fault.kind is FaultKind.ACCOUNT else log.warning
        unexplained = error if fault is not error and _is_ours(error, fault) else None
        level("model_route_failed", route=route.name, kind=str(fault.kind), detail=fault.detail, exc_info=unexplained)
        return str(fault.kind), fault.detail

    async def _by_planner(
        self, messages: list[BaseMessage], tools: Sequence[Any], course: Course
    ) -> AsyncGenerator[AIMessageChunk]:
        gathered = Gathered()
        try:
            planner = await self._roads.planner()
            if course.said:
                yield AIMessageChunk(content=BROKE_OFF)
            stream = (planner.bind_tools(tools) if tools else planner).astream(messages, {"callbacks": []})
            pieces = cast(AsyncGenerator[BaseMessage], stream)
            async with aclosing(watched(pieces, gathered, None)) as texts:
                async for text in texts:
                    yield AIMessageChunk(content=text)
            whole = gathered.whole(must_finish=False)
        except Exception as error:
            self._note(course, Tried(EMBEDDED, "failed"))
            log.error("embedded_planner_failed", exc_info=error)
            raise ModelsUnavailable(detail=f"the embedded planner failed: {type(error).__name__}") from error
        self._note(course, Tried(EMBEDDED, ANSWERED))
        self._roads.used(EMBEDDED, "planner", 0, 0)
        yield last_piece("", whole, EMBEDDED, "planner")


def _outcome(known: bool, course: Course, first: float | None) -> Outcome:
    if not known:
        return Outcome.ABANDONED
    if course.done:
        return Outcome.ANSWERED
    return Outcome.FAILED if first is None else Outcome.CUT


def _is_ours(error: Exception, fault: RouteFault) -> bool:
    """True for an error that is neither the SDK's nor the network's nor a broken body: probably our own bug."""
    from_the_network = isinstance(error, (OSError, ValueError)) or type(error).__module__.startswith("http")
    return fault.detail == type(error).__name__ and not from_the_network and "Connection" not in fault.detail
