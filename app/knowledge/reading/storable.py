"""What a file says, as a database takes it: PostgreSQL refuses the NUL character, UTF-8 has no halves of characters,
and a moment at the edge of the calendar may not exist in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC

from app.knowledge.reading.base import About, Section

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def text(written: str) -> str:
    """The text without what can't be stored."""
    return _UNSTORABLE.sub("", written)


def about(said: About) -> About:
    """A date that does not exist in UTC is none."""
    try:
        dated = said.dated.astimezone(UTC) if said.dated else None
    except OverflowError:
        dated = None
    return About(text(said.title), dated)


def sections(read: Iterable[Section]) -> Iterator[Section]:
    for one in read:
        blocks = tuple(replace(block, text=text(block.text)) for block in one.blocks)
        yield Section(tuple(map(text, one.trail)), blocks, text(one.anchor))
