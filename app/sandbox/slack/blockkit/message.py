"""The blocks of a whole message or view: counts, uniqueness, and the limits across blocks."""

from typing import Any

from app.sandbox.slack.blockkit.blocks import block
from app.sandbox.slack.blockkit.check import Check, Surface
from app.sandbox.slack.blockkit.tables import characters
from app.sandbox.slack.blockkit.walk import all_blocks

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_CHARACTERS = 12_000
CHARTS = 2
# Undocumented, measured by bolt-js #2509: all text of a message's blocks together.
MESSAGE_CHARACTERS = 13_200


def block_problems(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """What Slack would say against these blocks, in order; empty when it would take them."""
    check = Check(surface)
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    check.items(blocks, pointer, 0, most, lambda v, p: block(check, v, p))
    items = list(all_blocks(blocks))
    named = [(str(b["block_id"]), pointer) for b in items if b.get("block_id")]
    check.unique(named, "block_id")
    written = sum(len(str(b.get("text", ""))) for b in items if b.get("type") == "markdown")
    if written > MARKDOWN_CHARACTERS:
        check.fail(f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters together", pointer)
    if sum(b.get("type") == "data_visualization" for b in items) > CHARTS:
        check.fail(f"no more than {CHARTS} data_visualization blocks allowed", pointer)
    return check.problems


def too_many_tables(blocks: list[dict[str, Any]]) -> bool:
    """Slack takes one `table` block per message."""
    return sum(b.get("type") == "table" for b in all_blocks(blocks)) > 1


def too_long(blocks: list[dict[str, Any]]) -> bool:
    """Whether the texts together pass the limit behind `msg_blocks_too_long`."""
    return characters([b for b in blocks if b.get("type") != "data_table"]) > MESSAGE_CHARACTERS
