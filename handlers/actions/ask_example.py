"""An example question on the Home tab: asked and answered in the direct message."""

from __future__ import annotations

import re

from app.channels.slack import actions
from app.runtime.intake import Arrival
from handlers.core.asking import asked_privately
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The example as a turn."""
    return asked_privately(incoming, incoming.value)


INTERACTION = Interaction("action", re.compile(re.escape(actions.ASK_EXAMPLE) + r"\.\d+"), before_ack=store)
