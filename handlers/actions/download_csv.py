"""The download button under a table."""

from __future__ import annotations

import json
import re

from app.channels.slack import actions
from app.runtime.intake import Arrival
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming, is_private
from handlers.core.interaction import Interaction

CSV = "csv"


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The wish for the file. A value that is not ours is ignored."""
    try:
        value = json.loads(incoming.value)
        turn, table = str(value["turn"]), int(value["table"])
    except (ValueError, KeyError, TypeError):
        return None
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"csv:{incoming.delivery_id}"[:120],
        delivery_id=incoming.delivery_id,
        kind=CSV,
        user_id=incoming.user_id,
        payload={
            "turn": turn,
            "table": table,
            "channel": incoming.channel,
            "thread": incoming.thread,
            "private": is_private(incoming.channel),
        },
    )


INTERACTION = Interaction("action", re.compile(re.escape(actions.DOWNLOAD_CSV) + r"\.\d+"), before_ack=store)
