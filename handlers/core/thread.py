"""What others said in a channel's thread before Sophia was asked: context, labelled as other people's words."""

from __future__ import annotations

from typing import Any

import structlog

from app.channels.slack.failures import CALL_FAILURES, code_of
from app.channels.slack.post import Place
from app.channels.slack.thread import thread_messages
from app.channels.text import shorten
from app.domain.turn import Remark
from handlers.core.deps import Deps
from handlers.core.words import mentioned_users, plain_words

log = structlog.get_logger(__name__)
REMARKS = 15
LONGEST = 1_500


async def earlier_remarks(deps: Deps, place: Place, before: str) -> tuple[Remark, ...]:
    """The latest remarks of the thread before `before` that were not said to Sophia. Empty when Slack can't say: the
    question is answered without them."""
    if place.private or not place.thread or place.thread == before:
        return ()
    try:
        messages = await thread_messages(deps.client, place.channel, place.thread, latest=before)
    except CALL_FAILURES as failure:
        log.info("slack.thread_not_read", code=code_of(failure))
        return ()
    said = [message for message in messages if str(message.get("ts")) != before and message.get("text")]
    keys = {f"{place.channel}:{message['ts']}:message": message for message in said}
    asked = await deps.runtime.entries.known(place.workspace, list(keys))
    others = [message for key, message in keys.items() if key not in asked and not _own(message, deps)]
    return tuple([await _remark(deps, place.workspace, message) for message in others[-REMARKS:]])


async def words_of(deps: Deps, workspace_id: str, text: str) -> str:
    """A message's words, with the names of the people it mentions."""
    mentioned = dict.fromkeys(mentioned_users(text))
    names = {user: (await deps.principal_of(workspace_id, user)).name for user in mentioned}
    return plain_words(text, {user: f"@{name}" for user, name in names.items() if name})


def _own(message: dict[str, Any], deps: Deps) -> bool:
    return message.get("user") == deps.bot.user_id or message.get("bot_id") == deps.bot.bot_id


async def _remark(deps: Deps, workspace_id: str, message: dict[str, Any]) -> Remark:
    if message.get("bot_id"):
        name = str((message.get("bot_profile") or {}).get("name") or "another app")
    else:
        name = (await deps.principal_of(workspace_id, str(message.get("user", "")))).name or "someone"
    text = shorten(await words_of(deps, workspace_id, str(message["text"])), LONGEST)
    return Remark(speaker="other", text=text, name=name, trusted=False)
