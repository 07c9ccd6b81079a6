"""Cards of requests that ended without a click (expired, or cleared up after a crash) say so."""

from __future__ import annotations

import structlog

from app.channels.slack.cards import card_blocks, decided_blocks
from app.channels.slack.failures import NotDelivered
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.channels.slack.settled_card import settled_blocks
from app.channels.text import Reader
from app.tools.core.outcomes import Settled
from handlers.core.deps import Deps
from handlers.jobs.decision import shown_blocks

log = structlog.get_logger(__name__)


async def settle_cards(deps: Deps) -> None:
    """Redraw what the gate has settled since the last time."""
    for settled in await deps.gate.reconcile_pending():
        channel, _, ts = settled.message_ref.partition(":")
        if not ts:
            continue
        try:
            await _redraw(deps, settled, channel, ts)
        except NotDelivered as refused:
            log.info("card.not_redrawn", code=refused.code, approval=settled.approval_id)


async def _redraw(deps: Deps, settled: Settled, channel: str, ts: str) -> None:
    decision = settled.decision
    thread = settled.conversation.partition(":")[2]
    if decision.card is not None and decision.still_waits:
        person = await deps.principal_of(settled.workspace_id, settled.requester_id)
        blocks = card_blocks(decision.card, Reader(person.timezone, deps.clock.now()))
    elif decision.card is not None:
        blocks = decided_blocks(decision.card, decision.status, decision.sentence)
    else:
        shown = await shown_blocks(deps, channel, thread, ts)
        blocks = settled_blocks(shown, decision.status, decision.sentence)
    place = Place(settled.workspace_id, channel, thread)
    part = Part(settled.approval_id, f"card:{settled.approval_id}")
    await deps.poster.update(place, ts, part, escape(decision.sentence), blocks)
