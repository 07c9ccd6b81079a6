"""A suggested next question under an answer: it counts as asking it."""

from __future__ import annotations

import re

from app.channels.slack import actions
from app.runtime.intake import Arrival
from handlers.core.asking import clicked
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The suggested question as the person's next turn."""
    return clicked(incoming, incoming.value)


INTERACTION = Interaction("action", re.compile(re.escape(actions.FOLLOW_UP) + r"\.\d+"), before_ack=store)
