"""The submitted edit form of an approval card: approve with these values."""

from __future__ import annotations

from app.channels.slack import actions
from app.channels.slack.edit_form import edits_from
from app.runtime.intake import Arrival
from handlers.core.deciding import decided
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The approval with edits, to be decided by the gate."""
    opened_with = incoming.private_metadata
    card = {"text": "", "blocks": [], **opened_with["card"]}
    return decided(incoming, str(opened_with["approval_id"]), "approve", card, edits_from(incoming.view))


INTERACTION = Interaction("view", actions.EDIT_VIEW, before_ack=store)
