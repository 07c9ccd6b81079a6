"""Stop under a digest."""

from __future__ import annotations

from app.channels.slack import actions
from app.runtime.intake import Arrival
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction
from handlers.core.stopping import STOP_DIGEST


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The wish, to be judged by the job."""
    key = f"{STOP_DIGEST}:{incoming.delivery_id}"
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=key,
        delivery_id=incoming.delivery_id,
        kind=STOP_DIGEST,
        user_id=incoming.user_id,
        payload={"id": incoming.value, "channel": incoming.channel, "thread": incoming.thread},
    )


INTERACTION = Interaction("action", actions.STOP_DIGEST, before_ack=store)
