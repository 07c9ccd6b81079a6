"""A mention in a channel. The same message also comes as a `message` event; both share one key."""

from __future__ import annotations

from app.runtime.intake import Arrival
from handlers.core.asking import said
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction
from handlers.core.words import without_mention


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The mention as a turn. An edited message that was answered before has a known key and changes nothing."""
    if incoming.event.get("bot_id") or not incoming.user_id or incoming.user_id == deps.bot.user_id:
        return None
    return said(incoming, without_mention(str(incoming.event.get("text") or ""), deps.bot.user_id))


INTERACTION = Interaction("event", "app_mention", before_ack=store)
