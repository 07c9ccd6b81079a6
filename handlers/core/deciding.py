"""Clicks on approval cards as durable arrivals. The gate checks everything again when the decision is made."""

from __future__ import annotations

from typing import Any

from app.runtime.intake import Arrival
from handlers.core.incoming import Incoming, Json

DECISION = "decision"


def decided(
    incoming: Incoming, approval_id: str, verdict: str, card: Json, edits: dict[str, Any] | None = None
) -> Arrival:
    """A decision about one approval. `card` says where the card stands: channel, ts, thread, and its blocks."""
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"decision:{incoming.delivery_id}"[:120],
        delivery_id=incoming.delivery_id,
        kind=DECISION,
        lane=f"approval:{approval_id}"[:160],
        user_id=incoming.user_id,
        payload={"approval_id": approval_id, "verdict": verdict, "edits": edits, "card": card},
    )


def card_place(incoming: Incoming) -> Json:
    """Where the clicked card stands, and what it shows."""
    return {
        "channel": incoming.channel,
        "ts": incoming.message_ts,
        "thread": incoming.thread,
        "text": str(incoming.message.get("text", "")),
        "blocks": incoming.message.get("blocks") or [],
    }
