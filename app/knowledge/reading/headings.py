"""Gathers blocks under headings: what every reader of a format with headings does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.reading.base import Block, Section

_NOT_A_SLUG = re.compile(r"[^\w\- ]")


class Outline:
    """Fed headings and blocks in order, gives the sections that are complete."""

    def __init__(self, *, anchors: bool = False) -> None:
        self._anchors = anchors
        self._trail: list[tuple[int, str]] = []
        self._blocks: list[Block] = []

    def heading(self, level: int, text: str) -> Iterator[Section]:
        """A new heading ends the section before it."""
        yield from self.rest()
        while self._trail and self._trail[-1][0] >= level:
            self._trail.pop()
        if text.strip():
            self._trail.append((level, " ".join(text.split())))

    def block(self, block: Block) -> None:
        if block.text.strip():
            self._blocks.append(block)

    def rest(self) -> Iterator[Section]:
        """The section that is open, when it holds anything; called once more at the end."""
        if self._blocks:
            trail = tuple(text for _, text in self._trail)
            anchor = f"#{slug(trail[-1])}" if self._anchors and trail else ""
            yield Section(trail, tuple(self._blocks), anchor)
            self._blocks = []


def slug(heading: str) -> str:
    """The anchor that Markdown hosts give a heading: `pet-deposits-and-rent`."""
    return _NOT_A_SLUG.sub("", heading.lower()).strip().replace(" ", "-")


def table_text(rows: list[list[str]]) -> str:
    """Rows as a Markdown table; the first is the header. Empty rows are left out."""
    cells = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    kept = [row for row in cells if any(row)]
    if not kept:
        return ""
    width = max(len(row) for row in kept)
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in kept]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])
