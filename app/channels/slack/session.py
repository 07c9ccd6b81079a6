"""The agent session of a thread: "Working…" with Slack's own Stop button, waiting for approval, or idle.

`agents.sessions.setStatus` where it exists, else the older `assistant.threads.setStatus`; never both in one thread.
A status is a courtesy: a failure is logged and otherwise ignored. https://docs.slack.dev/ai/agent-sessions
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.failures import CALL_FAILURES, code_of

log = structlog.get_logger(__name__)
NOT_THERE = frozenset({"unknown_method", "missing_scope", "not_allowed_token_type", "agent_view_not_enabled"})
SHORTEST_SAID = "is working on it…"


class Sessions:
    """Makes the session of a thread, and remembers whether this workspace has sessions at all."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.legacy = False

    def of(self, channel: str, thread: str) -> Session:
        """The session of one thread."""
        return Session(self, channel, thread)

    async def set(self, channel: str, thread: str, status: str, words: str) -> None:
        """Set the status; never raises for what Slack answers."""
        if not thread:
            return
        try:
            if not self.legacy:
                await self._client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status=status)
                return
        except CALL_FAILURES as failure:
            self.legacy = code_of(failure) in NOT_THERE
            if not self.legacy:
                log.info("slack.status_failed", code=code_of(failure))
                return
        with suppress(*CALL_FAILURES):
            said = (words or SHORTEST_SAID) if status == "processing" else ""
            await self._client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=said)


class Session:
    """One thread's status, set in the background so that nothing waits for it."""

    def __init__(self, sessions: Sessions, channel: str, thread: str) -> None:
        self._sessions = sessions
        self._channel = channel
        self._thread = thread
        self._task: asyncio.Task[None] | None = None
        self._words = ""

    def processing(self) -> None:
        """Show that the question arrived."""
        self._set("processing")

    def says(self, words: str) -> None:
        """A line for the older status; sessions show their own words."""
        self._words = words
        if self._sessions.legacy:
            self._set("processing")

    async def ended(self, status: str) -> None:
        """The turn is over: `active`, or `suspended` while something waits for approval."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._sessions.set(self._channel, self._thread, status, "")

    def _set(self, status: str) -> None:
        self._task = asyncio.create_task(self._sessions.set(self._channel, self._thread, status, self._words))
