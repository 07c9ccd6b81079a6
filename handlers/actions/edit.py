"""Edit on an approval card: opens a form with what may be changed. Slack gives three seconds for that."""

from __future__ import annotations

import json
from typing import Any

import structlog

from app.channels.slack import actions
from app.channels.slack.edit_form import edit_view
from app.channels.slack.failures import CALL_FAILURES, code_of
from app.domain.errors import SophiaError
from handlers.core.deciding import card_place
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction

log = structlog.get_logger(__name__)


async def open_form(incoming: Incoming, deps: Deps) -> None:
    """The form, or a line why there is none. The approval itself comes with the form's submission."""
    person = await deps.principal_of(incoming.workspace_id, incoming.user_id)
    try:
        fields = await deps.gate.editable_fields(incoming.value, person)
        place = card_place(incoming)
        metadata = json.dumps(
            {"approval_id": incoming.value, "card": {key: place[key] for key in ("channel", "ts", "thread")}}
        )
        await deps.client.views_open(trigger_id=str(incoming.body["trigger_id"]), view=edit_view(fields, metadata))
    except SophiaError as refusal:
        await _say(incoming, deps, refusal.for_people)
    except CALL_FAILURES as failure:
        log.info("slack.form_not_opened", code=code_of(failure))
        await _say(incoming, deps, "The form didn't open. Please click Edit again.")


async def _say(incoming: Incoming, deps: Deps, text: str) -> None:
    arguments: dict[str, Any] = {"channel": incoming.channel, "user": incoming.user_id, "text": text}
    try:
        await deps.client.chat_postEphemeral(thread_ts=incoming.thread, **arguments)
    except CALL_FAILURES as failure:
        log.warning("slack.not_told", code=code_of(failure))


INTERACTION = Interaction("action", actions.EDIT, at_once=open_form)
