"""Cards of requests that came to their end without a click (expired, or cleared up after a crash) say so; those that
may be approved once more have their buttons again."""

from __future__ import annotations

import structlog

from app.channels.slack.cards import again_blocks, card_part
from app.channels.slack.failures import NotDelivered
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.channels.slack.settled_card import settled_blocks
from app.channels.text import Reader
from app.runtime.deliveries import Posted
from app.tools.core.outcomes import Settled
from handlers.core.deps import Deps
from handlers.jobs.decision import nothing_waits, shown_blocks

log = structlog.get_logger(__name__)


async def settle_cards(deps: Deps) -> None:
    """Redraw what the gate has settled since the last time, wherever it is shown."""
    for settled in await deps.gate.reconcile_pending():
        for shown in await deps.runtime.deliveries.of_part(settled.workspace_id, card_part(settled.approval_id)):
            try:
                await _redraw(deps, settled, shown)
            except NotDelivered as refused:
                log.info("card.not_redrawn", code=refused.code, approval=settled.approval_id)
        if not settled.decision.still_waits:
            await nothing_waits(deps, settled.workspace_id, settled.approval_id)


async def _redraw(deps: Deps, settled: Settled, shown: Posted) -> None:
    decision = settled.decision
    if decision.card is not None:
        person = await deps.principal_of(settled.workspace_id, settled.requester_id)
        reader = Reader(person.timezone, deps.clock.now())
        blocks = again_blocks(decision.card, reader, decision.status, decision.sentence)
    else:
        blocks = await shown_blocks(deps, shown.channel, shown.thread, shown.ts)
        blocks = settled_blocks(blocks, decision.status, decision.sentence)
    place = Place(settled.workspace_id, shown.channel, shown.thread)
    part = Part(settled.approval_id, card_part(settled.approval_id))
    await deps.poster.update(place, shown.ts, part, escape(decision.sentence), blocks)
