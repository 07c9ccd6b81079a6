""" "How is this counted?" under an answer: opens the definitions that its figures rest on. They are the same for
everybody, so no right is asked for. Slack gives three seconds."""

from __future__ import annotations

import structlog

from app.channels.slack import actions
from app.channels.slack.definition_view import definition_view
from app.channels.slack.failures import CALL_FAILURES, code_of
from app.portfolio.definitions import DEFINITIONS
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction

log = structlog.get_logger(__name__)


async def open_definitions(incoming: Incoming, deps: Deps) -> None:
    """The modal. Keys that are not ours are ignored; a modal that doesn't open can be clicked again."""
    asked = [DEFINITIONS[key] for key in incoming.value.split(",") if key in DEFINITIONS]
    if not asked:
        return
    try:
        await deps.client.views_open(trigger_id=str(incoming.body["trigger_id"]), view=definition_view(asked))
    except CALL_FAILURES as failure:
        log.info("slack.definition_not_opened", code=code_of(failure))


INTERACTION = Interaction("action", actions.DEFINE, at_once=open_definitions)
