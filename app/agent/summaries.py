"""The older part of a long thread, summed up by a cheap model: made behind the answer, once for every few turns, and
kept with the thread.

Without a model there is none, and the planner's words are no summary. What comes back is material, like everything that
other people wrote (app/agent/context.py), and its figures count as nobody's.
"""

from __future__ import annotations

import asyncio

import structlog
from langchain_core.messages import HumanMessage

from app.agent.cleaning import cleaned
from app.agent.memory import ThreadMemory, conversation_key
from app.agent.prompts import Prompts, as_material
from app.domain.clock import Clock
from app.domain.names import Names
from app.domain.turn import Turn
from app.gateways.failover import EMBEDDED
from app.gateways.models import ChatModels, ModelTurn
from app.gateways.spend import Task
from app.security.redaction import Redactor

log = structlog.get_logger(__name__)

EVERY = 4  # turns; fewer than memory.SHOWN_WHOLE: the newest summary stands among the turns that are recalled
LONGEST = 1_200  # characters
LONGEST_TURN = 1_000  # characters of a question or an answer that are summed up
SECONDS = 30.0


class Summaries:
    """Makes them; the memory keeps and recalls them."""

    def __init__(
        self, memory: ThreadMemory, models: ChatModels, prompts: Prompts, redactor: Redactor, clock: Clock
    ) -> None:
        self._memory = memory
        self._models = models
        self._prompts = prompts
        self._redactor = redactor
        self._clock = clock
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def go_on(self, turn: Turn) -> None:
        """A turn of a long thread was answered and is remembered. Returns at once."""
        key = conversation_key(turn)
        if not self._models.routes or key in self._under_way:
            return
        task = self._under_way[key] = asyncio.create_task(self._quietly(turn))
        task.add_done_callback(lambda _: self._under_way.pop(key, None))

    async def settle(self) -> None:
        """Returns when nothing is under way any more; at shutdown."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def _quietly(self, turn: Turn) -> None:
        """A summary that can't be made is no reason to fail anything: the next turn tries again."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._make(turn)
        except Exception as failed:
            log.warning("thread_not_summed_up", turn=turn.turn_id, error=type(failed).__name__)

    async def _make(self, turn: Turn) -> None:
        workspace_id, conversation = turn.principal.workspace_id, conversation_key(turn)
        older = await self._memory.older(workspace_id, conversation)
        if len(older.turns) < EVERY:
            return
        turns = [tuple(as_material(words)[:LONGEST_TURN] for words in one) for one in older.turns]
        asked = self._prompts["summing_up"].render(before=as_material(older.before), turns=turns)
        summary = await self._asked(turn, self._redactor.text(asked))
        if summary:
            await self._memory.sum_up(workspace_id, older.newest, summary)

    async def _asked(self, turn: Turn, text: str) -> str:
        """The model's summary; '' when only the planner answered."""
        model = self._models.for_turn(
            ModelTurn(
                turn_id=turn.turn_id,
                workspace_id=turn.principal.workspace_id,
                user_id=turn.principal.user_id,
                channel=turn.conversation.channel,
                names=_no_names,
                now=self._clock.now(),
                timezone=turn.principal.timezone,
                task=Task.SUMMARISE,
            )
        )
        said = [str(piece.text) async for piece in model.pieces([HumanMessage(text)])]
        if model.trail.answered in ("", EMBEDDED):
            return ""
        return cleaned(self._redactor.text("".join(said))).strip()[:LONGEST]


async def _no_names() -> Names:
    return Names()
