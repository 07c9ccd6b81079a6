"""The words of a passage that answer a question, and whether words are a passage's at all.

A quote is always a verbatim part of a passage: it is cut out, never put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.knowledge import lexicon

LONGEST = 60  # words of a quote
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_NOT_WORDS = re.compile(r"[^\w%$.,]+")
_NUMBER = re.compile(r"\$?\d[\d,]*(?:\.\d+)?%?")
_RULING = re.compile(r"[|\s:-]+")
_ALIKE = 0.25  # shared words of two quotes, from which they speak of the same thing


def quote_of(question: str, text: str) -> str:
    """The run of whole sentences (list items, table rows) of at most LONGEST words that holds most of the question's
    words; of equal ones the first. A passage that is short enough is quoted whole."""
    if len(text.split()) <= LONGEST:
        return text.strip()
    spans = _sentences(text)
    asked = [lexicon.stem_of(word) for word in lexicon.words_of(question)]
    best, best_score = (spans[0][0], spans[0][1]), -1.0
    for first in range(len(spans)):
        for last in range(first, len(spans)):
            piece = text[spans[first][0] : spans[last][1]]
            length = len(piece.split())
            if length > LONGEST and last > first:
                break
            low = piece.lower()
            score = sum(word in low for word in asked) - length / 1000  # of equal ones the shortest
            if score > best_score:
                best, best_score = (spans[first][0], spans[last][1]), score
    return _bounded(text[best[0] : best[1]].strip())


def as_prose(quote: str) -> str:
    """A quote for people: the bars of a table become dots between its cells, and a table's ruling goes."""
    lines = (line.strip() for line in quote.splitlines())
    told = (
        " · ".join(cell.strip() for cell in line.strip("|").split("|") if cell.strip()) if "|" in line else line
        for line in lines
        if line and not _RULING.fullmatch(line)
    )
    return "\n".join(told)


def is_verbatim(quote: str, texts: Iterable[str]) -> bool:
    """True when the quote is a run of whole words of one of the texts; white space, letter case and punctuation between
    words do not count. An ellipsis may stand before or after it but not within: what is left out there may be "not"."""
    wanted = _normal(quote.strip("… .\n\t"))
    inside = re.search(r"…|\.\.\.", quote.strip("… .\n\t"))
    return wanted.strip() != "" and not inside and any(wanted in _normal(text) for text in texts)


def disagree(one: str, other: str) -> bool:
    """True when two quotes speak of the same thing and name different figures."""
    figures, others = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    if not figures or not others or figures & others:
        return False
    words, more = set(lexicon.words_of(one)) - figures, set(lexicon.words_of(other)) - others
    return bool(words and more) and len(words & more) / len(words | more) >= _ALIKE


def _sentences(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.start() for match in _SENTENCE_END.finditer(text)), len(text)]:
        if text[start:end].strip():
            spans.append((start, end))
        start = end
    return spans


def _bounded(text: str) -> str:
    """One sentence can be longer than a quote: then its beginning stands for it."""
    words = list(re.finditer(r"\S+", text))
    return text if len(words) <= LONGEST else text[: words[LONGEST - 1].end()]


def _normal(text: str) -> str:
    """The words with a space on both sides of each, figures with their signs: "$1" is no part of "$1,500"."""
    words = (word.strip(".,") for word in _NOT_WORDS.sub(" ", text.lower()).split())
    return f" {' '.join(word for word in words if word)} "
