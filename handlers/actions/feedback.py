"""A thumb on an answer, kept per turn and person; the last one counts."""

from __future__ import annotations

import json

from app.channels.slack import actions
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def keep(incoming: Incoming, deps: Deps) -> None:
    """Written before the acknowledgement. A value that is not ours is ignored."""
    try:
        value = json.loads(incoming.value)
        turn, verdict = str(value["turn"]), str(value["verdict"])
    except (ValueError, KeyError, TypeError):
        return
    if verdict in (actions.GOOD, actions.BAD):
        await deps.runtime.feedback.keep(incoming.workspace_id, turn, incoming.user_id, verdict)


INTERACTION = Interaction("action", actions.FEEDBACK, before_ack=keep)
