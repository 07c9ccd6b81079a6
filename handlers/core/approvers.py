"""Asks the people who may approve what the requester may not: the same card, in their direct messages."""

from __future__ import annotations

import structlog

from app.channels.slack.cards import card_part, card_text, request_blocks
from app.channels.slack.failures import NotDelivered
from app.channels.slack.post import Part
from app.channels.slack.safe import escape
from app.channels.text import Reader
from app.domain.answer import ApprovalCard
from app.runtime.entries import Entry
from handlers.core.deps import Deps
from handlers.core.direct import direct_place

log = structlog.get_logger(__name__)
YOU = "you"
ASKED_AT_ONCE = 3


async def ask_approvers(deps: Deps, entry: Entry, card: ApprovalCard) -> int:
    """How many people were asked; nobody when the requester may approve it alone."""
    if card.approvers == YOU:
        return 0
    requester = await deps.principal_of(entry.workspace_id, entry.user_id)
    asked = 0
    for person in await deps.gate.approvers(entry.workspace_id, card.approval_id):
        try:
            place = await direct_place(deps, entry.workspace_id, person.user_id)
            part = Part(f"{entry.id}:{person.user_id}", card_part(card.approval_id))
            blocks = request_blocks(card, Reader(person.timezone, deps.clock.now()), requester.name or "Somebody")
            await deps.poster.post(place, part, escape(card_text(card)), blocks)
            asked += 1
        except NotDelivered as refused:
            log.info("approver.not_asked", code=refused.code, run=entry.run_id)
        if asked == ASKED_AT_ONCE:
            break
    return asked
