"""A shared file was deleted, or taken out of the places it was shared in."""

from __future__ import annotations

from app.runtime.intake import Arrival
from handlers.core.deps import Deps
from handlers.core.gone import gone
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """https://docs.slack.dev/reference/events/file_deleted · https://docs.slack.dev/reference/events/file_unshared"""
    return gone(incoming, [str(incoming.event.get("file_id") or "")])


INTERACTIONS = (
    Interaction("event", "file_deleted", before_ack=store),
    Interaction("event", "file_unshared", before_ack=store),
)
