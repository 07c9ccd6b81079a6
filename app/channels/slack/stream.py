"""A running turn in Slack: a sign within a second, words as they come, and one whole answer at the end.

Nothing → (first word or step, after a moment) streaming → (5 minutes, or Slack refuses) updating → shown.
A quick answer is posted in one piece without a stream. Whatever goes wrong while it runs only makes it quieter; the
end always shows the whole answer, once: `chat.stopStream` appends, so only what was not streamed is passed to it.

https://docs.slack.dev/ai/developing-agents#streaming · https://docs.slack.dev/ai/agent-sessions
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from app.channels.slack.failures import CALL_FAILURES, Meaning, NotDelivered, code_of, meaning_of
from app.channels.slack.limits import STREAM_SECONDS, TASK_TEXT
from app.channels.slack.message import ANSWER, TEXT_IN_ONE, Message
from app.channels.slack.post import Part, Place, Poster
from app.channels.slack.safe import markdown, settled_length
from app.channels.slack.session import Session
from app.channels.text import shorten

log = structlog.get_logger(__name__)
Block = dict[str, Any]


@dataclass(frozen=True)
class Tempo:
    """Seconds. appendStream takes about 100 calls a minute for the whole app: one per 0.7 s at most."""

    before_stream: float = 0.7
    between_appends: float = 0.8
    between_updates: float = 2.0
    roll_over: float = STREAM_SECONDS - 30


class AnswerStream:
    """Shows one turn; a TurnProgress. Use: `begin()`, progress calls, then `finish(...)` exactly once.

    asked_at: ts of the message that asked. bot_user: Sophia's own user id.
    """

    def __init__(
        self,
        poster: Poster,
        session: Session,
        place: Place,
        run: str,
        *,
        asked_at: str = "0",
        bot_user: str = "",
        tempo: Tempo | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._poster = poster
        self._session = session
        self._place = place
        self._part = Part(run, ANSWER)
        self._asked_at = asked_at
        self._bot_user = bot_user
        self._tempo = tempo or Tempo()
        self._monotonic = monotonic
        self._sleep = sleep
        self._mode: Literal["quiet", "waiting", "streaming", "updating"] = "waiting"
        self._raw = ""
        self._sent = ""
        self._tasks: dict[str, Block] = {}
        self._changed: set[str] = set()
        self._hushed = False
        self._ts = ""
        self._started_at = 0.0
        self._news = asyncio.Event()
        self._calling = asyncio.Lock()
        self._flusher: asyncio.Task[None] | None = None

    # -- while the turn runs --------------------------------------------------------------------

    def begin(self) -> None:
        """Show at once that the question arrived."""
        self._session.processing()
        self._flusher = asyncio.create_task(self._flush_forever(), name="answer-stream")

    async def status(self, text: str) -> None:
        """A short line; shown where Slack has a place for it beside the native "Working…"."""
        if self._mode == "waiting":
            self._session.says(text)

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        """A tool call starts or ends: a task in the message's timeline."""
        self._tasks[key] = {
            "type": "task_update",
            "id": shorten(key, TASK_TEXT),
            "title": shorten(title, TASK_TEXT),
            "status": state,
        }
        self._changed.add(key)
        self._news.set()

    async def delta(self, text: str) -> None:
        """The next words of the answer."""
        self._raw += text
        self._news.set()

    async def personal(self) -> None:
        """In a shared place no more words are shown until it is known who may read them."""
        self._hushed = not self._place.private

    # -- the end --------------------------------------------------------------------------------

    async def finish(self, message: Message, *, suspended: bool = False) -> str:
        """Show the whole answer and return its ts. Raises NotDelivered.

        Also after a crash, by a process that never saw the beginning: the journal of deliveries and Slack itself say
        what is there already, and that is completed or replaced, never doubled.
        """
        await self._stop_flushing()
        status = "suspended" if suspended else "active"
        streamed = self._mode == "streaming" and await self._stop_stream(message, status)
        if streamed or await self._find_begun():
            if not streamed:
                await self._poster.update(self._place, self._ts, self._part, message.text, message.all_blocks)
            await self._note("posted", self._ts)
        else:
            self._ts = await self._poster.post_begun(self._place, self._part, message.text, message.all_blocks)
        await self._session.ended(status)
        return self._ts

    # -- inside ---------------------------------------------------------------------------------

    async def _flush_forever(self) -> None:
        await self._sleep(self._tempo.before_stream)
        while True:
            await self._news.wait()
            self._news.clear()
            async with self._calling:
                try:
                    await self._flush()
                except (*CALL_FAILURES, NotDelivered) as failure:
                    # Progress that cannot be shown is not worth a failed turn: be quiet until the end.
                    log.info("slack.progress_failed", failure=str(failure), mode=self._mode, run=self._part.run)
                    self._mode = "quiet"
            updating = self._mode == "updating"
            await self._sleep(self._tempo.between_updates if updating else self._tempo.between_appends)

    async def _flush(self) -> None:
        if self._mode == "waiting":
            await self._start()
        elif self._mode == "streaming":
            if self._monotonic() - self._started_at > self._tempo.roll_over:
                await self._roll_over()
            elif chunks := self._chunks():
                await self._poster.client.chat_appendStream(
                    channel=self._place.channel, ts=self._ts, markdown_text=None, chunks=chunks
                )
        elif self._mode == "updating":
            await self._show_so_far()

    async def _start(self) -> None:
        """Start the stream with what there is. Written down before the call, for the case of a crash in it."""
        place, part = self._place, self._part
        shown = await self._poster.begin(place, part)
        if shown.state != "new":
            self._mode = "quiet"  # an earlier attempt showed something: the end completes that
            return
        chunks = self._chunks()
        if not chunks:
            await self._poster.deliveries.forget(place.workspace, part.run, part.name)
            return
        recipient = {} if place.private else {"recipient_user_id": place.user, "recipient_team_id": place.team}
        try:
            answer = await self._poster.client.chat_startStream(
                channel=place.channel, thread_ts=place.thread, chunks=chunks, **recipient
            )
        except CALL_FAILURES as failure:
            if meaning_of(failure) is Meaning.UNKNOWN:
                raise  # the end looks for it
            await self._poster.deliveries.forget(place.workspace, part.run, part.name)
            if meaning_of(failure) is Meaning.NOT_SENT:
                raise  # too many streams at the moment: the answer comes in one piece
            log.info("slack.stream_refused", code=code_of(failure), run=part.run)
            self._mode = "updating"
            await self._show_so_far()
            return
        self._ts = str(answer["ts"])
        self._started_at = self._monotonic()
        self._mode = "streaming"
        await self._note("streaming", self._ts)

    def _chunks(self) -> list[Block]:
        """What is new since the last call: tasks, then words whose meaning is settled."""
        tasks = [self._tasks[key] for key in self._tasks if key in self._changed]
        self._changed.clear()
        safe = self._words()
        fresh = safe[len(self._sent) :] if safe.startswith(self._sent) else ""
        self._sent += fresh
        return [*tasks, *([{"type": "markdown_text", "text": fresh}] if fresh else [])]

    def _words(self) -> str:
        """The words that may be shown now."""
        return self._sent if self._hushed else markdown(self._raw[: settled_length(self._raw)])[:TEXT_IN_ONE]

    async def _roll_over(self) -> None:
        """A stream lives five minutes. Its message is ended here and updated from now on."""
        self._mode = "updating"
        await self._poster.client.chat_stopStream(
            channel=self._place.channel, ts=self._ts, metadata=self._part.metadata, session_status="processing"
        )

    async def _show_so_far(self) -> None:
        words = self._words().strip()
        doing = [task["title"] + "…" for task in self._tasks.values() if task["status"] == "in_progress"]
        text = "\n\n".join([*([words] if words else []), *(f"_{line}_" for line in doing[-1:])]) or "_Working on it…_"
        blocks = [{"type": "markdown", "text": text}]
        self._changed.clear()
        if self._ts:
            await self._poster.client.chat_update(channel=self._place.channel, ts=self._ts, text=text, blocks=blocks)
        else:
            self._ts = await self._poster.post(self._place, self._part, text, blocks)

    async def _stop_stream(self, message: Message, status: str) -> bool:
        """End the stream with what is missing; False when that cannot make the message whole."""
        if not message.lead.startswith(self._sent):
            return False
        rest = message.lead[len(self._sent) :]
        chunks: list[Block] = [self._tasks[key] for key in self._tasks if key in self._changed]
        if rest:
            chunks.append({"type": "markdown_text", "text": rest})
        try:
            await self._poster.client.chat_stopStream(
                channel=self._place.channel,
                ts=self._ts,
                chunks=chunks or None,
                blocks=list(message.blocks) or None,
                metadata=self._part.metadata,
                session_status=status,
            )
        except CALL_FAILURES as failure:
            log.info("slack.stop_stream_failed", code=code_of(failure), run=self._part.run)
            return False
        return True

    async def _find_begun(self) -> bool:
        """Looks for what this run has in Slack already, and ends it if it is a stream; False when there is nothing."""
        shown = await self._poster.begin(self._place, self._part)
        self._ts = shown.ts
        if shown.state == "begun":
            self._ts = await self._poster.find(self._place, self._part)
            if not self._ts and self._place.thread:
                self._ts = await self._poster.find_unmarked(self._place, self._asked_at, self._bot_user)
        if self._ts and shown.state != "posted":
            with suppress(NotDelivered):  # it has ended, has expired, or never was a stream
                await self._poster.keep_trying(self._end_stream)
        return bool(self._ts)

    async def _end_stream(self) -> object:
        return await self._poster.client.chat_stopStream(channel=self._place.channel, ts=self._ts)

    async def _stop_flushing(self) -> None:
        """No more progress. A call that is under way is waited for: its outcome must be known."""
        if self._flusher is None:
            return
        async with self._calling:
            self._flusher.cancel()
        with suppress(asyncio.CancelledError):
            await self._flusher
        self._flusher = None

    async def _note(self, state: Literal["streaming", "posted"], ts: str) -> None:
        await self._poster.deliveries.note(self._place.workspace, self._part.run, self._part.name, state, ts)
