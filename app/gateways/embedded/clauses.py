"""Cuts a message into the requests it may hold, and drops what a correction took back.

Only proposes: whether a piece is a request of its own is decided after ranking it.
"""

import re
from dataclasses import dataclass

from app.gateways.embedded.text import Span

_VERBS = (
    "show|list|pull|give|get|find|look|search|check|tell|run|export|send|text|email|e-mail|sms|message|shoot|"
    "book|schedule|set|put|add|"
    "create|open|make|log|save|note|remind|assign|reassign|close|mark|move|push|update|change|raise|lower|drop|"
    "bump|cut|reprice|serve|"
    "issue|compare|post|start|arrange|split|have|let|submit|file|ping|nudge|inspect|pause|hold|reopen|draft|"
    "write|generate|call|"
    "see|also|what|what's|whats|who|who's|whos|which|how|how's|hows|when|when's|where|is|are|do|does|did|has|"
    "have|any|anything|any"
)
_HARD = re.compile(r"(?<=[.!?;])\s+(?=\S)|\s*;\s*|\n+")
_SOFT = re.compile(
    r"(?i)(?:,?\s+(?:and|then|and then|also|and also|plus|as well as|after that|while you're at it,?|oh and|"
    r"btw)\s+(?:also\s+|then\s+|please\s+|pls\s+|can you\s+|could you\s+)*|,\s+(?=(?:" + _VERBS + r")\b))"
)
_CORRECTION = re.compile(
    r"(?i)[,.;]?\s*(?:-+\s*)?\b(?:no,? wait|wait,? no|wait|sorry,?|oops,?|scratch that|correction|i meant?|i "
    r"mean to say|make that|or rather|rather|my bad,?|no,? sorry|"
    r"not that,?|actually)\b[,:]?\s*(?:i mean(?:t)?|make (?:it|that)|no|it's|make)?\s*[,:]?\s*"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where a message may fall into two; `hard` at sentence ends."""

    span: Span
    hard: bool
    bare_comma: bool = False


def possible_cuts(message: str, closed: list[Span]) -> list[Cut]:
    """Where the message may be cut, outside `closed` spans (quotes, names, ranges)."""
    cuts: list[Cut] = []
    for pattern, hard in ((_HARD, True), (_SOFT, False)):
        for m in pattern.finditer(message):
            span = Span(m.start(), m.end())
            if any(span.overlaps(c) for c in closed) or any(span.overlaps(c.span) for c in cuts):
                continue
            if span.start > 0 and span.end < len(message):
                cuts.append(Cut(span, hard, m.group().strip() == ","))
    return sorted(cuts, key=lambda cut: cut.span.start)


def starts_like_request(piece: str) -> bool:
    """True when a piece opens with a verb or question word of its own."""
    return re.match(rf"(?i)(?:please |pls |can you |could you |also |then )*(?:{_VERBS})\b", piece) is not None


def correction(message: str) -> tuple[str, str] | None:
    """What came before and after the last "no wait", "I mean", "actually" inside a sentence, or None."""
    found = [m for m in _CORRECTION.finditer(message) if m.start() > 3 and m.end() < len(message)]
    if not found:
        return None
    last = found[-1]
    return message[: last.start()].strip(), message[last.end() :].strip()


_NEGATED = re.compile(
    r"(?i)^(?:please |pls |no,? |ok |hey |sophia,? )*(?:do not|don't|dont|never|stop|no need to)\s+(?!let me "
    r"forget|forget)(?P<verb>\w+)"
)


def is_negated(clause: str) -> bool:
    """True for "don't text Maria": a request not to act."""
    return _NEGATED.match(clause) is not None
