"""A choice button under a question that Sophia asked back: it counts as saying that."""

from __future__ import annotations

import re
from typing import Any

import structlog

from app.channels.slack import actions
from app.channels.slack.elements import context
from app.channels.slack.failures import CALL_FAILURES, code_of
from app.runtime.intake import Arrival
from handlers.core.asking import clicked
from handlers.core.deps import Deps
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction

log = structlog.get_logger(__name__)
PATTERN = re.compile(re.escape(actions.CHOOSE) + r"\.\d+")


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """The chosen reply as the person's next turn."""
    return clicked(incoming, incoming.value, once=True)


async def show_choice(incoming: Incoming, deps: Deps) -> None:
    """The buttons give way to what was chosen, so that nobody chooses twice. May fail: the turn runs anyway."""
    label = str(incoming.action.get("text", {}).get("text", ""))
    blocks: list[dict[str, Any]] = [
        context([f"✓ {label}"]) if _is_choices(block) else block for block in incoming.message.get("blocks") or []
    ]
    try:
        await deps.client.chat_update(
            channel=incoming.channel, ts=incoming.message_ts, text=str(incoming.message.get("text", "")), blocks=blocks
        )
    except CALL_FAILURES as failure:
        log.info("slack.choice_not_shown", code=code_of(failure))


def _is_choices(block: dict[str, Any]) -> bool:
    return any(str(element.get("action_id", "")).startswith(actions.CHOOSE) for element in block.get("elements", []))


INTERACTION = Interaction("action", PATTERN, before_ack=store, at_once=show_choice)
