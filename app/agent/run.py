"""One turn while it runs: what is known, what was called, what was said. The graph's context, one object per turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import structlog
from langchain_core.messages import BaseMessage, SystemMessage, ToolMessage

from app.agent.figures import Ledger
from app.agent.limits import Spent, TurnLimits
from app.agent.quotations import Quotable
from app.agent.speech import Speaker
from app.domain.turn import Turn, TurnProgress
from app.gateways.failover import TurnModel
from app.knowledge.passages import EVERYONE
from app.tools.core.outcomes import CallOrigin, Done, Outcome, Refused, Waiting
from app.tools.core.registry import AnyTool

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """A question back to the person."""

    question: str
    options: tuple[str, ...]


class QuietProgress:
    """Shows a turn's progress where it can: a surface that fails while it runs never fails the turn."""

    def __init__(self, progress: TurnProgress) -> None:
        self._progress = progress
        self._broken = False

    async def status(self, text: str) -> None:
        await self._try("status", text)

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        await self._try("step", key, title, state)

    async def delta(self, text: str) -> None:
        await self._try("delta", text)

    async def personal(self) -> None:
        await self._try("personal")

    async def _try(self, what: str, *arguments: str) -> None:
        if self._broken:
            return
        try:
            await getattr(self._progress, what)(*arguments)
        except Exception as error:  # the surface's own trouble; the answer is still to come
            self._broken = True
            log.warning("progress_not_shown", what=what, exc_info=error)


@dataclass
class TurnRun:
    """Everything the middleware of one turn shares."""

    turn: Turn
    origin: CallOrigin
    model: TurnModel
    system: SystemMessage
    ledger: Ledger
    quotable: Quotable
    speaker: Speaker
    progress: QuietProgress
    limits: TurnLimits
    tools: Mapping[str, AnyTool]
    spent: Spent = field(default_factory=Spent)
    outcomes: list[tuple[str, dict[str, Any], Outcome]] = field(
        default_factory=list[tuple[str, dict[str, Any], Outcome]]
    )
    asked: Asked | None = None
    stopped: str = ""  # why the loop was ended early: "limit"
    finish: str = ""  # the last message's finish reason
    action: str = ""  # what the planner says it did: call, clarify, decline, chitchat
    for_asker_alone: bool = False  # a result rests on documents that not everybody in the place may read
    one_at_a_time: bool = False  # the model's current calls hold a write
    turnstile: asyncio.Lock = field(default_factory=asyncio.Lock)
    results: dict[str, asyncio.Future[ToolMessage]] = field(default_factory=dict[str, "asyncio.Future[ToolMessage]"])
    redacted: dict[int, tuple[BaseMessage, BaseMessage]] = field(
        default_factory=dict[int, tuple[BaseMessage, BaseMessage]]
    )

    @property
    def done(self) -> list[Done]:
        return [outcome for _, _, outcome in self.outcomes if isinstance(outcome, Done)]

    @property
    def waiting(self) -> list[Waiting]:
        return [outcome for _, _, outcome in self.outcomes if isinstance(outcome, Waiting)]

    @property
    def refused(self) -> list[Refused]:
        return [outcome for _, _, outcome in self.outcomes if isinstance(outcome, Refused)]

    @property
    def is_over(self) -> bool:
        """True when nothing more is to be asked of the model: it asked back, or all it wanted waits for a person."""
        only_waiting = bool(self.waiting) and len(self.waiting) == len(self.outcomes)
        return self.asked is not None or only_waiting or bool(self.stopped)

    def note(self, name: str, arguments: dict[str, Any], outcome: Outcome) -> Outcome:
        """Keeps a call's outcome, makes its numbers and words known, and returns it as the model is to be told it."""
        outcome = self._numbered_on(outcome)
        self.outcomes.append((name, arguments, outcome))
        self.ledger.add_words(json.dumps(arguments, default=str))
        if isinstance(outcome, Done):
            self.ledger.add_words(outcome.presentation.text)
            self.quotable.add_words(outcome.presentation.text)
            if (passages := outcome.result.passages()) is not None:
                self.quotable.add_passages(passages, (source.number for source in outcome.result.sources))
            self._note_readers(outcome.result.readers())
            for later in (outcome.presentation.table, outcome.presentation.charts, outcome.result):
                self.ledger.add_later(later)
        elif isinstance(outcome, Waiting):
            self.ledger.add_value(outcome.card)
        else:
            self.ledger.add_words(outcome.error.for_people)
        return outcome

    def _numbered_on(self, outcome: Outcome) -> Outcome:
        """Two looks into documents in one turn: [1] means one page only."""
        last = max((source.number for done in self.done for source in done.result.sources), default=0)
        if not isinstance(outcome, Done) or not last or not any(source.number for source in outcome.result.sources):
            return outcome
        result = outcome.result.numbered_after(last)
        args = outcome.tool.args.model_validate(outcome.arguments)
        return replace(outcome, result=result, presentation=outcome.tool.present(args, result))

    def _note_readers(self, readers: frozenset[str] | None) -> None:
        """What not everybody in a shared channel may read is for the asking person alone there."""
        here = self.turn.conversation
        if readers is not None and not here.private and readers.isdisjoint({EVERYONE, f"channel:{here.channel}"}):
            self.for_asker_alone = True
