"""Says a model's text sentence by sentence, after it was checked: a wrong figure is never shown for a moment.

What was said stays said: everything given to the surface is the beginning of the final answer's text.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from app.agent.cleaning import cleaned
from app.agent.figures import Ledger, check
from app.agent.quotations import LONGEST_OPEN, Quotable, open_since

PREAMBLE = 200  # characters; "Let me look that up." before a tool call is not part of the answer
_LONGEST_OPEN_LINK = 400
_END = re.compile(r"(?:[.!?…][\"”’')\]*_]*(?=\s+[\"“‘'(*_-]*[A-ZÀ-Þ])|\n)\s*")
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|no|st|ave|apt|mr|mrs|ms|dr|jr|sr|inc|llc|co|u\.s|[a-z])\.)\s*$", re.I
)


class Speaker:
    """Holds back what is not complete, marks what is not confirmed, passes on the rest.

    `said` is everything passed on, in order, and in the end the answer's text; `unconfirmed` are the marked numbers,
    `unfounded` the words whose quotation marks were taken away.
    """

    def __init__(self, ledger: Ledger, quotable: Quotable, passed_on: Callable[[str], Awaitable[None]]) -> None:
        self.said = ""
        self.unconfirmed: list[str] = []
        self.unfounded: list[str] = []
        self._ledger = ledger
        self._quotable = quotable
        self._passed_on = passed_on
        self._held = ""
        self._gap = ""
        self._opened = False
        self._new_paragraph = False

    def begin(self) -> None:
        """A new message of the model starts; its first words are held until they are more than a preamble."""
        self._held = ""
        self._new_paragraph = True
        self._opened = False

    async def hear(self, text: str) -> None:
        """The next piece of the message."""
        self._held += text
        if not self._opened:
            if len(self._held) < PREAMBLE:
                return
            self._opened = True
        if cut := _last_end(self._held):
            ready, self._held = self._held[:cut], self._held[cut:]
            await self._say(ready)

    async def end(self, *, calls_tools: bool) -> None:
        """The message is complete. A short text before tool calls was a preamble and is dropped."""
        rest, self._held = self._held, ""
        if calls_tools and not self._opened:
            return
        await self._say(rest)

    async def say(self, text: str) -> None:
        """A whole text, not a model's stream: checked and passed on as a paragraph of its own."""
        self.begin()
        self._held = text
        await self.end(calls_tools=False)

    async def _say(self, raw: str) -> None:
        """Passes text on, keeping back the white space at its end until something follows."""
        quoted = self._quotable.check(cleaned(raw))
        checked = check(quoted.text, self._ledger)
        text = checked.text.strip()
        if not text:
            self._gap += "".join(char for char in raw if char.isspace()) or (" " if raw else "")
            return
        lead = checked.text[: len(checked.text) - len(checked.text.lstrip())]
        gap = "\n\n" if self._new_paragraph else re.sub(r"\n\s*\n(?=\s*\n)", "\n", self._gap + lead)
        self._gap = checked.text[len(checked.text.rstrip()) :]
        self._new_paragraph = False
        self.unconfirmed.extend(checked.unconfirmed)
        self.unfounded.extend(quoted.unfounded)
        spoken = gap + text if self.said else text
        self.said += spoken
        await self._passed_on(spoken)


def _last_end(held: str) -> int:
    """Where the last complete sentence or line ends; 0 when there is none yet, or a link or quotation is still open."""
    last = 0
    for match in _END.finditer(held):
        complete = held[: match.end()]
        if "\n" in match[0] or not _NO_END.search(complete):
            last = match.end()
    quotation = open_since(held[:last])
    if quotation is not None and len(held) - quotation < LONGEST_OPEN:
        last = quotation
    opened = held.rfind("[", 0, last)
    if opened > held.rfind(")", 0, last) and last - opened < _LONGEST_OPEN_LINK and "]" not in held[opened:last]:
        return opened
    return last
