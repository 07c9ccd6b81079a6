"""Words of a message and where they stand in it.

Everything the planner finds is a span of the original message, so that what it did not use can still become
free text ("text Maria that …") with the person's own spelling. No meaning lives here.
"""

import re
import unicodedata
from dataclasses import dataclass

#: A request longer than this is read up to here: nobody asks for a tool call in more words, and the time a
#: message takes stays bounded.
MAX_CHARS = 1_500

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_TYPOGRAPHY = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u00a0": " "}
)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open character range in the message."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """True when the two ranges share a character."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Span") -> bool:
        """True when the other range lies inside this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, folded for comparison, and its place."""

    text: str
    key: str
    span: Span

    @property
    def capital(self) -> bool:
        """True when the word starts with a capital letter or a digit."""
        return self.text[:1].isupper() or self.text[:1].isdigit()


def clean(message: str) -> str:
    """The message with plain quotes, dashes and spaces, cut at `MAX_CHARS`."""
    plain = message[: MAX_CHARS * 4].translate(_TYPOGRAPHY)
    return re.sub(r"\s+", " ", plain).strip()[:MAX_CHARS]


def fold(word: str) -> str:
    """Lower case, without accents and apostrophes: the form in which names are compared."""
    if word.isascii():
        return word.lower().replace("'", "")
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c != "'")


def tokenize(message: str) -> list[Token]:
    """The words of a cleaned message, in order; a possessive 's stays part of its word."""
    return [Token(m.group(), fold(m.group()), Span(m.start(), m.end())) for m in _WORD.finditer(message)]


def singular_keys(token: Token) -> tuple[str, ...]:
    """The folded word and what it may be a possessive or plural of ("kims" → "kim", "Hughes'" → "hughes")."""
    low = token.text.lower()
    if low.endswith("'s"):
        return (fold(low[:-2]), token.key)
    if low.endswith("s'"):
        return (token.key, token.key[:-1])
    if token.key.endswith("s") and len(token.key) > 3:
        return (token.key, token.key[:-1])
    return (token.key,)


def blank(message: str, spans: list[Span], filler: str = " ") -> str:
    """The message with the given spans replaced by `filler`, spaces tidied."""
    out: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda s: s.start):
        if span.start >= at:
            out.append(message[at : span.start])
            out.append(filler)
        at = max(at, span.end)
    out.append(message[at:])
    return re.sub(r"\s+", " ", "".join(out)).strip()
