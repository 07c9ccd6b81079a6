"""What stands around a passage: as much of its section as a model is shown."""

from __future__ import annotations

from collections.abc import Sequence

from app.knowledge.passages import Passage

NEAREST = 40  # passages before and after, of which the nearest are taken
BETWEEN = "\n\n"


def around(passage: Passage, section: Sequence[Passage], longest: int) -> str:
    """The passage and its neighbours of the section, the nearest first, in at most `longest` characters. The passage
    itself is always in it, cut when it is longer."""
    texts = {one.number: one.text for one in section}
    first = last = passage.number
    room = longest - len(passage.text)
    grows = True
    while grows:
        grows = False
        for number in (first - 1, last + 1):
            needed = len(texts.get(number, "")) + len(BETWEEN)
            if number in texts and needed <= room:
                first, last, room, grows = min(first, number), max(last, number), room - needed, True
    return BETWEEN.join([texts.get(number, passage.text) for number in range(first, last + 1)])[:longest]
