"""Finds the blocks inside blocks and the elements a person can act on, in reading order."""

from collections.abc import Iterator
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_DECORATION = frozenset({"image", "mrkdwn", "plain_text"})


def all_blocks(blocks: Any) -> Iterator[Json]:
    """Every block, the ones inside containers, carousels and plans included."""
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, dict):
            continue
        yield block
        kind = block.get("type")
        if kind == "container":
            yield from all_blocks(block.get("child_blocks"))
        elif kind == "carousel":
            yield from all_blocks(block.get("elements"))


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements that stand directly in one block."""
    kind = block.get("type")
    found: list[Any] = []
    if kind in ("actions", "context_actions"):
        found = block.get("elements") or []
    elif kind == "card":
        found = block.get("actions") or []
    elif kind == "section":
        found = [block.get("accessory")]
    elif kind == "input":
        found = [block.get("element")]
    for element in found:
        if isinstance(element, dict) and element.get("type") not in _DECORATION:
            yield element


def interactive(blocks: Any) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) pair, in reading order."""
    for block in all_blocks(blocks):
        for element in elements_of(block):
            yield block, element


def find_element(blocks: Any, block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The element with this address, or None."""
    for block, element in interactive(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return block, element
    return None
