"""Sophia was invited to a channel: she says hello once, in one line."""

from __future__ import annotations

from app.runtime.intake import Arrival
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction
from handlers.core.notices import notice

HELLO = (
    "Hi, I'm Sophia. Mention me with a question about our properties, and I'll answer in a thread. "
    "What I show here follows the rights of the person who asks."
)


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The greeting, once per channel; other people joining is none of Sophia's business."""
    if incoming.user_id != deps.bot.user_id:
        return None
    return notice(incoming, key=f"hello:{incoming.channel}", text=HELLO)


INTERACTION = Interaction("event", "member_joined_channel", before_ack=store)
