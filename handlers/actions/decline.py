"""Decline on an approval card."""

from __future__ import annotations

from app.channels.slack import actions
from app.runtime.intake import Arrival
from handlers.core.deciding import card_place, decided
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The refusal, to be decided by the gate."""
    return decided(incoming, incoming.value, "decline", card_place(incoming))


INTERACTION = Interaction("action", actions.DECLINE, before_ack=store)
