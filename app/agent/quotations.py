"""Words in quotation marks were really written somewhere. This is the check, beside that of figures.

In a turn that looked into the company's documents, what stands in quotation marks must be a verbatim part of a passage
that the person was given in this turn, or of what somebody said in it. Else the marks go and the words stay, as the
model's own. A citation that no source of the turn has goes too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.knowledge.quoting import is_verbatim

SHORTEST = 4  # words; fewer are a name or a term, not a quotation
LONGEST_OPEN = 1_200  # characters; a quotation still open after that is not waited for
_SPAN = re.compile(
    r"“(?P<curly>[^“”]+)”"
    r"|“(?P<unclosed>[^“”]+)\Z"
    r'|(?<!\w)"(?=\S)(?P<straight>[^"]+?)(?<=\S)"(?!\w)'
    r"|„(?P<low>[^„“”]+)[“”]"
    r"|«(?P<pointed>[^«»]+)»"
    r"|(?<!\w)‘(?=\w)(?P<single>[^‘]+?)’(?!\w)"
    r"|(?<!\w)'(?=\w)(?P<typed>[^'\n]+?)'(?!\w)"
)
_STRAIGHT = re.compile(r'(?<!\w)"(?=\S)|(?<=\S)"(?!\w)')
_CITATION = re.compile(r"[ \t]?\[(\d{1,3}(?:[ \t]*,[ \t]*\d{1,3})*)\]")


@dataclass(frozen=True)
class Unmarked:
    """A text without the marks around words that nobody wrote, and those words."""

    text: str
    unfounded: tuple[str, ...] = ()


class Quotable:
    """What may be quoted and cited in one turn."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._numbers: set[str] = set()
        self._of_documents = False

    def add_words(self, text: str) -> None:
        """Something that was said in the turn: by the person, or by a tool."""
        self._texts.append(text)
        self._numbers.update(number.strip() for one in _CITATION.findall(text) for number in one.split(","))

    def add_passages(self, texts: Iterable[str], numbers: Iterable[int]) -> None:
        """What a look into documents brought, which may be nothing; from here on quotations are checked."""
        self._of_documents = True
        self._texts.extend(texts)
        self._numbers.update(str(number) for number in numbers)

    def check(self, text: str) -> Unmarked:
        """The text with only those quotation marks and citations that hold."""
        unfounded: list[str] = []

        def spoken(found: re.Match[str]) -> str:
            words = next(group for group in found.groups() if group is not None)
            if self._holds(words):
                return found[0]
            unfounded.append(words.strip())
            return _SPAN.sub(spoken, words)  # a quotation within it may hold, or fail, by itself

        if self._of_documents:
            text = _SPAN.sub(spoken, text)
        return Unmarked(_CITATION.sub(self._cited, text), tuple(unfounded))

    def _holds(self, words: str) -> bool:
        told = _CITATION.sub("", words)
        return len(re.findall(r"\w+", told)) < SHORTEST or is_verbatim(told, self._texts)

    def _cited(self, found: re.Match[str]) -> str:
        """Each number by itself, as the sources are listed."""
        gap = found[0][: found[0].index("[")]
        known = [number for number in re.findall(r"\d+", found[1]) if number in self._numbers]
        return gap + " ".join(f"[{number}]" for number in known) if known else ""


def note_for(count: int) -> str:
    """The small print under an answer whose quotation marks were taken away."""
    if count == 1:
        return "One quotation was not found word for word in the documents and is shown without quotation marks."
    return f"{count} quotations were not found word for word in the documents and are shown without quotation marks."


def open_since(text: str) -> int | None:
    """Where a quotation starts that is not closed yet; None when there is none."""
    starts = [place for mark, end in (("“", "”"), ("«", "»")) if (place := text.rfind(mark)) > text.rfind(end)]
    straight = [found.start() for found in _STRAIGHT.finditer(text)]
    if len(straight) % 2:
        starts.append(straight[-1])
    return min(starts, default=None)
