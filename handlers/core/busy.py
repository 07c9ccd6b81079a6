"""What people are told when their question has to wait."""

from __future__ import annotations

import structlog

from app.channels.slack.failures import CALL_FAILURES, code_of
from app.channels.text import count
from app.runtime.entries import Entry
from handlers.core.deps import Deps

log = structlog.get_logger(__name__)


async def tell_busy(deps: Deps, entry: Entry, ahead: int) -> None:
    """One line, only for the person who waits. It may fail: the answer itself still comes."""
    channel, thread = str(entry.payload.get("channel", "")), str(entry.payload.get("thread", ""))
    if not channel:
        return
    before = f", behind {count(ahead, 'other question')}" if ahead else ""
    try:
        await deps.client.chat_postEphemeral(
            channel=channel,
            user=entry.user_id,
            thread_ts=thread or None,
            text=f"I'm busy right now. Your question is queued{before}, and I'll answer it here.",
        )
    except CALL_FAILURES as failure:
        log.info("slack.busy_not_told", code=code_of(failure))
