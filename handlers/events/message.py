"""Messages: every direct message, mentions in channels, follow-ups by the same person in a thread, and files that are
posted in a channel that Sophia watches."""

from __future__ import annotations

from typing import Any

from app.runtime.intake import Arrival
from handlers.core.asking import said
from handlers.core.deps import Deps
from handlers.core.gone import gone
from handlers.core.incoming import Incoming, is_private
from handlers.core.interaction import Interaction
from handlers.core.watching import posted
from handlers.core.words import mentioned_users, without_mention

SAID_BY_PEOPLE = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes that are something a person said. Edits and deletions change nothing that was answered already."""


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The message as a turn if it is for Sophia, else None."""
    event = incoming.event
    if event.get("subtype") == "message_deleted":
        return gone(incoming, _files_of(event.get("previous_message")))
    if event.get("subtype", "") not in SAID_BY_PEOPLE or event.get("bot_id") or not incoming.user_id:
        return None
    if incoming.user_id == deps.bot.user_id or event.get("hidden"):
        return None
    text = str(event.get("text") or "")
    mentioned = mentioned_users(text)
    for_sophia = is_private(incoming.channel, str(event.get("channel_type", ""))) or deps.bot.user_id in mentioned
    if not for_sophia and (mentioned or not await _follows_up(incoming, deps)):
        return posted(incoming, _files_of(event)) if incoming.channel in deps.watched else None
    return said(incoming, without_mention(text, deps.bot.user_id))


def _files_of(message: Any) -> list[str]:
    """The ids of the files that a message carried."""
    files = message.get("files") if isinstance(message, dict) else None
    return [str(file.get("id", "")) for file in files or []]


async def _follows_up(incoming: Incoming, deps: Deps) -> bool:
    """True for a reply in a thread in which this person asked Sophia before."""
    if not incoming.event.get("thread_ts"):
        return False
    conversation = f"{incoming.channel}:{incoming.thread}"
    return await deps.runtime.entries.has_asked(incoming.workspace_id, conversation, incoming.user_id)


INTERACTION = Interaction("event", "message", before_ack=store)
