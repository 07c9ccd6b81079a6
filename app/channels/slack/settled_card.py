"""A card that stands in Slack already, redrawn with its outcome in place of its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.channels.slack.cards import outcome_block

Block = dict[str, Any]
_GONE = frozenset({"actions", "context"})


def settled_blocks(shown: Sequence[Block], status: str, sentence: str) -> list[Block]:
    """The card's own blocks without buttons and small print, and what came of it."""
    return [*(block for block in shown if block.get("type") not in _GONE), outcome_block(status, sentence)]
