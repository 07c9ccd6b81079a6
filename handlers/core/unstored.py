"""Questions that the database did not take: the person is told, and storing is tried again.

Slack delivers an unacknowledged message again at once, after a minute and after five, then never; an outage that lasts
longer would be silence. Only questions are kept: a click that could not be stored shows Slack's own warning, and must
not be carried out minutes later, behind the person's back.
"""

from __future__ import annotations

import asyncio

import structlog

from app.channels.slack.failures import CALL_FAILURES, code_of
from app.domain.errors import RetryLater
from app.runtime.intake import Arrival
from handlers.core.asking import TURN
from handlers.core.deps import Deps

log = structlog.get_logger(__name__)

KEEPS_TRYING = (
    "I can't store your question right now, so I haven't started on it. I keep trying; if there is no answer within "
    "ten minutes, please send it again."
)
GAVE_UP = "I couldn't store your question for ten minutes, so I dropped it. Nothing was done; please send it again."
AGAIN_AFTER = 2.0  # seconds
TRIES = 300
MOST_KEPT = 500
"""More than these are left to Slack's own repeats, so that an outage cannot fill the memory."""


class Unstored:
    """The questions of this process that wait for the database. They live in memory only: when the process ends too,
    what the person was told still holds."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._trying: dict[str, asyncio.Task[None]] = {}

    def keep(self, arrival: Arrival) -> None:
        """Try until it is stored. A repeat of what is kept, and what is no question, changes nothing."""
        if arrival.kind == TURN and arrival.key not in self._trying and len(self._trying) < MOST_KEPT:
            task = asyncio.create_task(self._until_stored(arrival), name="unstored")
            self._trying[arrival.key] = task
            task.add_done_callback(lambda _: self._trying.pop(arrival.key, None))

    async def _until_stored(self, arrival: Arrival) -> None:
        """The person hears of it when the second try fails too: a store that was only slow has it by then."""
        for number in range(TRIES):
            await asyncio.sleep(AGAIN_AFTER)
            try:
                await self._deps.runtime.accept(arrival)
            except RetryLater:
                if number == 0:
                    await self._tell(arrival, KEEPS_TRYING)
            else:
                return
        log.error("slack.question_dropped", conversation=arrival.conversation)
        await self._tell(arrival, GAVE_UP)

    async def _tell(self, arrival: Arrival, sentence: str) -> None:
        """Straight through Slack's API: every other way to the person leads over the database."""
        channel = str(arrival.payload.get("channel") or "")
        thread = str(arrival.payload.get("thread") or "") or None
        try:
            if channel and not arrival.payload.get("private"):
                await self._deps.client.chat_postEphemeral(
                    channel=channel, user=arrival.user_id, thread_ts=thread, text=sentence
                )
            else:
                await self._deps.client.chat_postMessage(
                    channel=channel or arrival.user_id, thread_ts=thread, text=sentence
                )
        except CALL_FAILURES as failure:
            log.info("slack.unstored_not_told", code=code_of(failure))
