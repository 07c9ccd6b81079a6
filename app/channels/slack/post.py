"""Puts messages into Slack exactly once, and keeps trying while Slack is out of reach.

Each message belongs to a run and is a part of it; both stand in its metadata. When the outcome of a post is unknown
(a crash, a lost connection), the message is looked up by them before it is posted again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.failures import CALL_FAILURES, Meaning, NotDelivered, code_of, meaning_of, wait_of
from app.channels.slack.thread import thread_messages
from app.runtime.deliveries import Deliveries, Shown

log = structlog.get_logger(__name__)
Block = dict[str, Any]
EVENT_TYPE = "sophia_message"
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Place:
    """Where to write. `thread` is the root message's ts, empty for the top level; `private` marks direct messages.
    `user` and `team` are who is answered: a stream outside a direct message must name them."""

    workspace: str
    channel: str
    thread: str = ""
    private: bool = True
    user: str = ""
    team: str = ""


@dataclass(frozen=True)
class Part:
    """What is written: part `name` of a run."""

    run: str
    name: str

    @property
    def metadata(self) -> dict[str, Any]:
        """How the message is recognised later."""
        return {"event_type": EVENT_TYPE, "event_payload": {"run": self.run, "part": self.name}}


class Poster:
    """Posts and updates. `give_up_after` is in seconds: so long an outage of Slack is waited out."""

    def __init__(
        self,
        client: AsyncWebClient,
        deliveries: Deliveries,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        give_up_after: float = 3600.0,
    ) -> None:
        self.client = client
        self.deliveries = deliveries
        self._sleep = sleep
        self._give_up_after = give_up_after

    async def post(self, place: Place, part: Part, text: str, blocks: list[Block]) -> str:
        """The ts of the message, posted now or found from before. Raises NotDelivered."""
        shown = await self.begin(place, part)
        if shown.state == "posted":
            return shown.ts
        ts = "" if shown.state == "new" else await self.find(place, part)
        return ts or await self.post_begun(place, part, text, blocks)

    async def begin(self, place: Place, part: Part) -> Shown:
        """What is known of a part; `new` when this call began it."""
        return await self.deliveries.begin(place.workspace, part.run, part.name, place.channel, place.thread)

    async def post_begun(self, place: Place, part: Part, text: str, blocks: list[Block]) -> str:
        """Post a part that was begun and is surely not in Slack; returns its ts. Raises NotDelivered."""
        ts = await self._post(place, part, text, blocks)
        await self.deliveries.note(place.workspace, part.run, part.name, "posted", ts)
        return ts

    async def _post(self, place: Place, part: Part, text: str, blocks: list[Block]) -> str:
        content: dict[str, Any] = {"text": text, "blocks": blocks}
        waited, pause = 0.0, 1.0
        while True:
            try:
                answer = await self.client.chat_postMessage(
                    channel=place.channel,
                    thread_ts=place.thread or None,
                    metadata=part.metadata,
                    unfurl_links=False,
                    unfurl_media=False,
                    **content,
                )
                return str(answer["ts"])
            except CALL_FAILURES as failure:
                meaning = meaning_of(failure)
                log.warning("slack.post_failed", code=code_of(failure), meaning=str(meaning), run=part.run)
                if meaning is Meaning.BAD_CONTENT and content["blocks"]:
                    content["blocks"] = _plainer(blocks)
                    continue
                if meaning in (Meaning.REFUSED, Meaning.BAD_CONTENT) or waited > self._give_up_after:
                    await self.deliveries.forget(place.workspace, part.run, part.name)
                    raise NotDelivered(code_of(failure)) from failure
                wait = max(pause, wait_of(failure))
                await self._sleep(wait)
                waited, pause = waited + wait, min(pause * 2, LONGEST_PAUSE)
                if meaning is Meaning.UNKNOWN:
                    found = await self.find(place, part)
                    if found:
                        return found

    async def update(self, place: Place, ts: str, part: Part, text: str, blocks: list[Block]) -> None:
        """Replace a message's content. Harmless to repeat. Raises NotDelivered."""
        content: dict[str, Any] = {"text": text, "blocks": blocks}

        async def call() -> Any:
            return await self.client.chat_update(channel=place.channel, ts=ts, metadata=part.metadata, **content)

        try:
            await self.keep_trying(call)
        except NotDelivered as refused:
            if refused.code not in ("invalid_blocks", "msg_blocks_too_long", "msg_too_long") or not content["blocks"]:
                raise
            content["blocks"] = _plainer(blocks)
            await self.keep_trying(call)

    async def keep_trying(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """The result of a call that may be repeated, however long Slack is away. Raises NotDelivered."""
        waited, pause = 0.0, 1.0
        while True:
            try:
                return await call()
            except CALL_FAILURES as failure:
                meaning = meaning_of(failure)
                if meaning in (Meaning.REFUSED, Meaning.BAD_CONTENT) or waited > self._give_up_after:
                    raise NotDelivered(code_of(failure)) from failure
                wait = max(pause, wait_of(failure))
                await self._sleep(wait)
                waited, pause = waited + wait, min(pause * 2, LONGEST_PAUSE)

    async def find(self, place: Place, part: Part) -> str:
        """The ts of this part if it is in Slack, else an empty text."""
        for message in await self._recent(place):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT_TYPE and metadata.get("event_payload") == {
                "run": part.run,
                "part": part.name,
            }:
                return str(message["ts"])
        return ""

    async def find_unmarked(self, place: Place, after: str, bot_user: str) -> str:
        """Sophia's newest message in the thread after `after` that carries no run: a stream that a crash cut before
        its message was written down (a stream gets its metadata when it ends)."""
        unmarked = [
            str(message["ts"])
            for message in await self._recent(place)
            if message.get("user") == bot_user
            and float(message["ts"]) > float(after)
            and (message.get("metadata") or {}).get("event_type") != EVENT_TYPE
        ]
        return max(unmarked, key=float, default="")

    async def _recent(self, place: Place) -> list[dict[str, Any]]:
        if not place.thread:
            answer = await self.keep_trying(
                lambda: self.client.conversations_history(channel=place.channel, limit=50, include_all_metadata=True)
            )
            return list(answer.get("messages") or [])
        try:
            return await thread_messages(
                self.client, place.channel, place.thread, trying=self.keep_trying, include_all_metadata=True
            )
        except NotDelivered as refused:
            if refused.code == "thread_not_found":
                return []
            raise


def _plainer(blocks: list[Block]) -> list[Block]:
    """What is left when Slack does not take the blocks: the words and the buttons."""
    return [block for block in blocks if block["type"] in ("markdown", "context", "actions")]
