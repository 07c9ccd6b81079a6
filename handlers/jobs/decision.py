"""A click on an approval card: the gate decides, the card shows what came of it."""

from __future__ import annotations

from typing import Any

import structlog

from app.channels.slack.cards import again_blocks, card_blocks, card_part, card_text
from app.channels.slack.failures import CALL_FAILURES, NotDelivered, code_of
from app.channels.slack.post import Part, Place
from app.channels.slack.safe import escape
from app.channels.slack.settled_card import settled_blocks
from app.channels.text import Reader
from app.domain.answer import ApprovalCard
from app.runtime.deliveries import Posted
from app.runtime.engine import Steps
from app.runtime.entries import Entry
from app.runtime.runtime import Job
from handlers.core.deciding import DECISION
from handlers.core.deps import Deps

KIND = DECISION
log = structlog.get_logger(__name__)
Decided = dict[str, Any]
CLOSED_BY_OTHERS = frozenset({"already", "expired"})


def job(deps: Deps) -> Job:
    """The job of this kind."""

    async def run(entry: Entry, steps: Steps) -> None:
        decided: Decided = await steps.once("decide", lambda: _decide(deps, entry))
        await steps.once("show", lambda: _show(deps, entry, decided))

    return run


async def _decide(deps: Deps, entry: Entry) -> Decided:
    """What the gate says. Asked twice after a crash, the gate says the second time what became of the first."""
    payload = entry.payload
    person = await deps.principal_of(entry.workspace_id, entry.user_id)
    verdict = "approve" if payload["verdict"] == "approve" else "decline"
    decision = await deps.gate.decide(str(payload["approval_id"]), person, verdict, payload.get("edits"))
    return {"status": decision.status, "sentence": decision.sentence, "card": decision.card}


async def _show(deps: Deps, entry: Entry, decided: Decided) -> None:
    """Redraw the card, or tell only the person who clicked why nothing happened."""
    card: ApprovalCard | None = decided["card"]
    status, sentence = str(decided["status"]), str(decided["sentence"])
    still_waits = card is not None and status in ("refused", "failed")
    try:
        if card is not None and still_waits:
            person = await deps.principal_of(entry.workspace_id, entry.user_id)
            reader = Reader(person.timezone, deps.clock.now())
            failed = status == "failed"  # everybody who sees the card should know; a refusal is the clicker's alone
            blocks = again_blocks(card, reader, status, sentence) if failed else card_blocks(card, reader)
            await _redraw(deps, entry, card_text(card), blocks)
        elif status != "refused":
            await _redraw(deps, entry, sentence, await _closed(deps, entry, status, sentence))
    except NotDelivered as refused:
        log.warning("decision.card_not_redrawn", code=refused.code, run=entry.run_id)
        await _tell(deps, entry, sentence)
        return
    if still_waits or status == "refused" or status in CLOSED_BY_OTHERS:
        await _tell(deps, entry, sentence)
    if not still_waits and status != "refused":
        await nothing_waits(deps, entry.workspace_id, str(entry.payload["approval_id"]))


async def nothing_waits(deps: Deps, workspace_id: str, approval_id: str) -> None:
    """The threads that showed the card wait for nobody any more."""
    for posted in await deps.runtime.deliveries.of_part(workspace_id, card_part(approval_id)):
        await deps.sessions.of(posted.channel, posted.thread).ended("active")


async def _closed(deps: Deps, entry: Entry, status: str, sentence: str) -> list[dict[str, Any]]:
    """The card that is shown, without its buttons."""
    shown = entry.payload["card"]
    blocks = shown["blocks"] or await shown_blocks(deps, str(shown["channel"]), str(shown["thread"]), str(shown["ts"]))
    return settled_blocks(blocks, status, sentence)


async def shown_blocks(deps: Deps, channel: str, thread: str, ts: str) -> list[dict[str, Any]]:
    """The blocks of a message as they stand in Slack now; empty when it is gone. Raises NotDelivered."""

    async def call() -> Any:
        return await deps.client.conversations_replies(
            channel=channel, ts=thread or ts, oldest=ts, latest=ts, inclusive=True, limit=5
        )

    answer = await deps.poster.keep_trying(call)
    for message in answer.get("messages") or []:
        if message.get("ts") == ts:
            return list(message.get("blocks") or [])
    return []


async def _redraw(deps: Deps, entry: Entry, text: str, blocks: list[dict[str, Any]]) -> None:
    """Every message that shows the card: the one that was clicked, and those of others who were asked."""
    approval_id, clicked = str(entry.payload["approval_id"]), entry.payload["card"]
    part = card_part(approval_id)
    shown = await deps.runtime.deliveries.of_part(entry.workspace_id, part)
    here = Posted(str(clicked["channel"]), str(clicked["thread"]), str(clicked["ts"]))
    for posted in [here, *(one for one in shown if one.ts != here.ts)]:
        place = Place(entry.workspace_id, posted.channel, posted.thread)
        await deps.poster.update(place, posted.ts, Part(entry.id, part), escape(text), blocks)


async def _tell(deps: Deps, entry: Entry, sentence: str) -> None:
    card = entry.payload["card"]
    try:
        await deps.client.chat_postEphemeral(
            channel=str(card["channel"]), user=entry.user_id, thread_ts=str(card["thread"]), text=escape(sentence)
        )
    except CALL_FAILURES as failure:
        log.warning("decision.not_told", code=code_of(failure), run=entry.run_id)
