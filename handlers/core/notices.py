"""A line that Sophia posts by herself, through the durable intake like everything else."""

from __future__ import annotations

from app.runtime.intake import Arrival
from handlers.core.incoming import Incoming

NOTICE = "notice"


def notice(incoming: Incoming, *, key: str, text: str) -> Arrival:
    """Post `text` in the channel of the request, once per `key`."""
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=key[:120],
        delivery_id=incoming.delivery_id or key,
        kind=NOTICE,
        user_id=incoming.user_id,
        payload={"channel": incoming.channel, "text": text},
    )
