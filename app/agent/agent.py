"""One turn, from a person's words to an Answer.

The loop is LangChain's `create_agent`, built once; a turn brings its own context (app/agent/run.py). The graph knows
tool schemas, not tools: every call goes through the gate. Knows neither Slack nor a vendor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import structlog
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langsmith import tracing_context
from sqlalchemy.exc import SQLAlchemyError

from app.agent.answering import answer_of, failure
from app.agent.context import messages_of, system_message
from app.agent.figures import Ledger
from app.agent.fitting import answer_without_model, tidy
from app.agent.limits import TurnLimits
from app.agent.memory import Remembered, ThreadMemory, conversation_key
from app.agent.middleware import GateCall, Gatekeeping, Redaction, Speaking, TurnLimit
from app.agent.prompts import Prompts
from app.agent.quotations import Quotable
from app.agent.run import QuietProgress, TurnRun
from app.agent.speech import Speaker
from app.agent.summaries import EVERY, Summaries
from app.agent.toolbox import schemas
from app.agent.untraced import no_tracing_threads
from app.db.failures import as_retry_later
from app.domain.answer import Answer, AnswerKind
from app.domain.clock import Clock, Ids, local_date
from app.domain.errors import Bug, SophiaError
from app.domain.names import Names
from app.domain.principal import Principal, Surface
from app.domain.samples import in_own_names
from app.domain.tooling import Effect
from app.domain.turn import Turn, TurnProgress
from app.gateways.cache.keys import Sharing
from app.gateways.faults import ModelsUnavailable
from app.gateways.models import ChatModels, ModelTurn
from app.gateways.spend import Task
from app.security.redaction import Redactor
from app.telemetry.spans import span
from app.telemetry.trace import current_trace_id, new_trace_id, trace
from app.tools.core.outcomes import CallOrigin
from app.tools.core.registry import AnyTool

log = structlog.get_logger(__name__)

TOLD_IN_PRIVATE = "(The answer tells of persons and was given to the asking person alone.)"
AGENT = "invoke_agent Sophia"
_TASKS = {Surface.SMS: Task.SMS, Surface.DIGEST: Task.DIGEST}
_MOST_GRAPH_STEPS = 100  # our own limits end a turn long before


@dataclass(frozen=True)
class Surroundings:
    """What an agent works with. `admit` raises a SophiaError when the person may not start a turn now."""

    tools: Mapping[str, AnyTool]
    gate: GateCall
    models: ChatModels
    memory: ThreadMemory
    names: Callable[[Principal], Awaitable[Names]]
    prompts: Prompts
    redactor: Redactor
    clock: Clock
    ids: Ids
    admit: Callable[[Principal], Awaitable[None]] | None = None


class Agent:
    """Answers turns; one object serves all of them at once."""

    def __init__(self, surroundings: Surroundings, limits: TurnLimits | None = None) -> None:
        self._with = surroundings
        self._limits = limits or TurnLimits()
        self._summaries = Summaries(
            surroundings.memory, surroundings.models, surroundings.prompts, surroundings.redactor, surroundings.clock
        )
        no_tracing_threads()
        specs = [tool.spec for tool in surroundings.tools.values()]
        self._reads = frozenset(spec.name for spec in specs if spec.effect is Effect.READ)
        functions = schemas(specs)
        self._graph: Any = create_agent(
            _EachTurnBringsItsModel(),
            cast("Any", functions),
            middleware=[
                TurnLimit(),
                Redaction(surroundings.redactor),
                Speaking(functions, {spec.name: spec.effect for spec in specs}),
                Gatekeeping(surroundings.tools, surroundings.gate),
            ],
            context_schema=TurnRun,
        )

    async def run(self, turn: Turn, progress: TurnProgress) -> Answer:
        """The answer to a turn. Never raises: every failure is an answer with a plain sentence.

        What `progress.delta` gets is, joined, always the beginning of the answer's text.
        """
        trace_id = current_trace_id() or new_trace_id(self._with.ids)
        with trace(trace_id), tracing_context(enabled=False), span(AGENT, "internal", _said(turn)) as told:
            try:
                answer = await self._answer(turn, QuietProgress(progress))
            except SophiaError as refused:
                log.info("turn_refused", turn=turn.turn_id, code=refused.code, detail=str(refused))
                answer = failure(refused)
            except Exception as error:  # the edge: what nobody foresaw becomes a sentence and a log line
                known = as_retry_later(error)
                log.error("turn_failed", turn=turn.turn_id, trace=trace_id, exc_info=error)
                answer = failure(known or Bug(trace_id))
                told.failed(type(error).__name__)
            told.set({"sophia.answer.kind": str(answer.kind)})
        return replace(answer, trace_id=trace_id)

    async def settle(self) -> None:
        """Returns when what is done behind answers is done; at shutdown."""
        await self._summaries.settle()

    async def _answer(self, turn: Turn, progress: QuietProgress) -> Answer:
        if self._with.admit is not None:
            await self._with.admit(turn.principal)
        text = tidy(turn.text)
        if not text and turn.attachments:
            return Answer(AnswerKind.QUESTION, f"I got “{tidy(turn.attachments[0].name)}”. What shall I do with it?")
        ready = answer_without_model(
            text, longest=self._limits.question_characters, english_only=not self._with.models.routes
        )
        if ready is not None:
            return ready
        question = self._with.redactor.text(text)
        remembered = await self._with.memory.recall(turn.principal, conversation_key(turn))
        run = self._begin(turn, progress, question, remembered)
        await progress.status("Thinking…")
        await self._loop(run, messages_of(self._with.prompts, turn, remembered, question))
        answer = await answer_of(run)
        await self._remember(turn, question, answer)
        if len(remembered) >= EVERY:
            self._summaries.go_on(turn)
        log.info(
            "turn_answered",
            turn=turn.turn_id,
            kind=str(answer.kind),
            model_calls=run.spent.model_calls,
            tool_calls=run.spent.tool_calls,
            tokens=run.spent.tokens,
            roads=[f"{road}: {outcome}" for road, outcome in run.model.trail.tried],
            unconfirmed=len(run.speaker.unconfirmed),
            unfounded=len(run.speaker.unfounded),
        )
        return answer

    def _begin(self, turn: Turn, progress: QuietProgress, question: str, remembered: tuple[Remembered, ...]) -> TurnRun:
        principal, now = turn.principal, self._with.clock.now()
        ledger = Ledger(local_date(self._with.clock, principal.timezone), principal.timezone)
        quotable = Quotable()

        async def names() -> Names:
            """For the embedded planner, which says what can be asked: it may quote that."""
            own = await self._with.names(principal)
            quotable.add_words("\n".join(in_own_names(tool.examples, own) for tool in self._with.tools.values()))
            return own

        ledger.add_words(question)
        quotable.add_words(question)
        for earlier in remembered:
            ledger.add_words(earlier.answer)
            if earlier.own:
                ledger.add_words(earlier.question)
                quotable.add_words(earlier.question)
        model = self._with.models.for_turn(
            ModelTurn(
                turn_id=turn.turn_id,
                workspace_id=principal.workspace_id,
                user_id=principal.user_id,
                channel=turn.conversation.channel,
                names=names,
                now=now,
                timezone=principal.timezone,
                sharing=Sharing(principal.rights, self._reads),
                task=_TASKS.get(turn.surface, Task.PLAN),
                conversation=conversation_key(turn),
            )
        )
        return TurnRun(
            turn=turn,
            origin=CallOrigin(turn.turn_id, conversation_key(turn), turn.surface),
            model=model,
            system=system_message(self._with.prompts, turn, now),
            ledger=ledger,
            quotable=quotable,
            speaker=Speaker(ledger, quotable, progress.delta),
            progress=progress,
            limits=self._limits,
            tools=self._with.tools,
        )

    async def _loop(self, run: TurnRun, messages: list[BaseMessage]) -> None:
        """Runs the graph to its end, to the time limit, or until no model answers and the tools' words must do."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._graph.ainvoke(
                    {"messages": messages},
                    {"recursion_limit": _MOST_GRAPH_STEPS, "callbacks": []},
                    context=run,
                )
        except TimeoutError:
            run.stopped = "time"
            log.warning("turn_out_of_time", turn=run.turn.turn_id, seconds=self._limits.seconds)
        except ModelsUnavailable:
            if not run.outcomes and not run.speaker.said:
                raise

    async def _remember(self, turn: Turn, question: str, answer: Answer) -> None:
        """Keeps the turn for follow-ups. Losing that is no reason to lose the answer.

        In a shared channel others ask on in the same thread: words that tell of persons are not kept for them; the
        calls are, and run again with the rights of whoever asks.
        """
        told = answer.text if turn.conversation.private or not answer.readers_need else TOLD_IN_PRIVATE
        try:
            await self._with.memory.remember(turn, question, told, answer.calls)
        except (SQLAlchemyError, OSError) as failed:
            log.error("turn_not_remembered", turn=turn.turn_id, error=type(failed).__name__)


def _said(turn: Turn) -> dict[str, str]:
    """What the turn's span says of it."""
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "Sophia",
        "gen_ai.conversation.id": conversation_key(turn),
        "sophia.turn.id": turn.turn_id,
        "sophia.surface": str(turn.surface),
    }


class _EachTurnBringsItsModel(BaseChatModel):
    """The graph is built with this; Speaking asks the model of the turn instead."""

    @property
    def _llm_type(self) -> str:
        return "none"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        raise NotImplementedError("each turn brings its own model")
