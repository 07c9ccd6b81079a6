"""Which pieces of a message are requests of their own: cut where both sides read well alone, else keep together."""

from datetime import datetime

from app.gateways.embedded.clauses import possible_cuts, starts_like_request
from app.gateways.embedded.entities import find_entities
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.reading import Candidate, Reader, Reading

#: More pieces than this are not looked at: a message has a bounded cost.
_MAX_PIECES = 7
_OPEN_ENDED = frozenset({"message", "body", "note", "description", "text", "title"})


def segments(text: str, reader: Reader, index: NameIndex, now: datetime) -> list[Reading]:
    """The message as one reading per request, in order."""
    whole = find_entities(text, index, now)
    closed = [
        *whole.quotes,
        *(m.span for m in whole.names),
        *(d.span for d in whole.dates),
        *(a.span for a in whole.amounts),
    ]
    cuts = possible_cuts(text, closed)[: _MAX_PIECES - 1]
    current = reader.read(_piece(text, 0, cuts[0].span.start if cuts else len(text)), index, now)
    start = 0
    done: list[Reading] = []
    for number, cut in enumerate(cuts):
        end = cuts[number + 1].span.start if number + 1 < len(cuts) else len(text)
        piece = reader.read(_piece(text, cut.span.end, end), index, now)
        if _apart(current, piece, hard=cut.hard):
            done.append(current)
            current, start = piece, cut.span.end
        else:
            current = reader.read(_piece(text, start, end), index, now)
    return [*done, current]


def _piece(text: str, start: int, end: int) -> str:
    return text[start:end].strip(" ,")


def _apart(left: Reading, right: Reading, *, hard: bool) -> bool:
    """True when the right piece is a request of its own."""
    a, b = left.best, right.best
    if right.unsupported:
        return a.filled is not None and not _open_text(a)
    if b.filled is None or a.filled is None:
        # Small talk before or after a request stands apart at a sentence end; otherwise it is a lead-in.
        return hard and _small_talk_apart(a, b)
    if _open_text(a) and not hard:
        return b.probability >= 0.8 and b.label != a.label and _is_command(right)
    complete = all(name in _OPEN_ENDED for name in a.filled.missing)
    if a.probability < 0.45 or not complete or (b.label == a.label and not _same_but_other(a, b)):
        return False
    floor = 0.5 if hard else 0.55 if starts_like_request(right.text) else 0.8
    return b.probability >= floor


def _small_talk_apart(a: Candidate, b: Candidate) -> bool:
    return (a.filled is None) != (b.filled is None) and min(a.probability, b.probability) >= 0.6


def _open_text(candidate: Candidate) -> bool:
    """True when what follows may still belong to a text the candidate carries."""
    filled = candidate.filled
    return filled is not None and bool(_OPEN_ENDED & filled.arguments.keys()) and not filled.found.quotes


def _is_command(reading: Reading) -> bool:
    first = reading.text.split(" ", 1)[0].lower()
    return first in {
        "text", "email", "book", "schedule", "remind", "close", "mark", "assign", "move", "put", "create", "add", "log",
        "set", "send", "show", "pull", "list", "open", "serve", "post", "update", "raise", "lower", "drop", "who's",
        "what's", "which", "get", "check", "make", "push",
    }  # fmt: skip


def _same_but_other(a: Candidate, b: Candidate) -> bool:
    """Two requests for the same tool are two only when the second names something else of its own."""
    if a.filled is None or b.filled is None:
        return False
    shared = a.filled.arguments.keys() & b.filled.arguments.keys()
    differs = any(a.filled.arguments[k] != b.filled.arguments[k] for k in shared)
    return differs and not b.filled.missing
