"""Which values of an enumerated argument a request names, strongest first, each once."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from app.gateways.embedded.arguments import Argument
from app.gateways.embedded.lexicon.synonyms import pattern_of, strength
from app.gateways.embedded.text import Span

if TYPE_CHECKING:
    from app.gateways.embedded.filling import Filled

_NOT = re.compile(r"(?:\bnot|n't|\bno|\bexcept|\bbut not|\bother than|\bexcluding|\bbesides)\s+(?:the |any |in )?$")


def find_values(argument: Argument, filled: Filled) -> list[str]:
    """Values in the order they are meant; overlapping readings are settled for the longer, then the stronger."""
    text = _masked(filled)
    matches: list[tuple[Span, str]] = []
    for value in argument.values:
        for m in pattern_of(argument.name, value, changes=filled.shape.changes).finditer(text):
            if m.end() > m.start() and not _NOT.search(text[: m.start()]):
                matches.append((Span(m.start(), m.end()), value))
    matches.sort(key=lambda match: (-(match[0].end - match[0].start), strength(match[1])))
    kept: list[tuple[Span, str]] = []
    for span, value in matches:
        if not any(span.overlaps(other) for other, _ in kept):
            kept.append((span, value))
    if len({value for _, value in kept}) > 1:
        kept = _settled(argument, filled, kept)
    return list(dict.fromkeys(value for _, value in kept))


def _settled(argument: Argument, filled: Filled, kept: list[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Several values: in order of mention where each may be wanted, else the one meant most clearly."""
    if argument.required and not filled.shape.changes:
        by_place = sorted(kept, key=lambda match: match[0].start)
        text = filled.found.message
        joined = all(
            re.search(r"(?i)\b(?:and|plus|as well as|also)\b|[,&/+]", text[a[0].end : b[0].start])
            for a, b in pairwise(by_place)
        )
        if joined:
            return by_place
    if filled.shape.changes:
        # "move it from proposal to negotiation": the last one named is where it goes.
        to = [
            match for match in kept if re.search(r"(?i)\b(?:to|as|into|=)\s*$", filled.found.message[: match[0].start])
        ]
        if to:
            return sorted(to, key=lambda match: -match[0].start)
    return sorted(kept, key=lambda match: (strength(match[1]), match[0].start))


def _masked(filled: Filled) -> str:
    """The request in lower case with names, quotes and identifiers blanked at the same length."""
    found = filled.found
    chars = list(found.message.lower())
    hidden = [
        *found.quotes,
        *(m.span for m in found.names if not m.weak),
        *(i.span for i in found.ids if i.sure),
        *found.strangers,
    ]
    for span in hidden:
        chars[span.start : span.end] = "\u2060" * (span.end - span.start)
    return "".join(chars)
