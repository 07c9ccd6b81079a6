"""Which pieces of a message are requests of their own: cut where both sides read well alone, else keep together."""

import re
from collections.abc import Sequence
from datetime import datetime

from app.gateways.embedded.clauses import Cut, possible_cuts, starts_like_request
from app.gateways.embedded.entities import find_entities
from app.gateways.embedded.free_text import without_lead_in
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.plan import Call
from app.gateways.embedded.reading import CHITCHAT, DECLINE, Candidate, Reader, Reading

#: More pieces than this are not looked at: a message has a bounded cost.
_MAX_PIECES = 7
_OPEN_ENDED = frozenset({"message", "body", "note", "description", "text", "title"})


def segments(text: str, reader: Reader, index: NameIndex, now: datetime, context: Sequence[Call] = ()) -> list[Reading]:
    """The message as one reading per request, in order; each may point at what the ones before it named."""
    whole = find_entities(text, index, now)
    closed = [*whole.quotes, *(m.span for m in whole.names), *whole.when(), *(a.span for a in whole.amounts)]
    cuts = possible_cuts(text, closed)[: _MAX_PIECES - 1]
    ends = [*(cut.span.start for cut in cuts), len(text)]
    done: list[Reading] = []
    earlier = list(context)
    start = 0
    current = reader.read(_piece(text, 0, ends[0]), index, now, earlier)
    for cut, end in zip(cuts, ends[1:], strict=True):
        piece = reader.read(_piece(text, cut.span.end, end), index, now, [*earlier, *_call_so_far(current)])
        if _apart(current, piece, cut):
            if not cut.hard:
                _same_place(current, piece)
            earlier += _call_so_far(current)
            done.append(current)
            current, start = piece, cut.span.end
        else:
            current = reader.read(_piece(text, start, end), index, now, earlier, (current, piece))
    return [*done, current]


def _same_place(left: Reading, right: Reading) -> None:
    """ "noi at Oakwood and how full we are": the second half of a sentence is about the same property."""
    a, b = left.best.filled, right.best.filled
    if a is None or b is None or b.shape.changes or b.shape.named("property") is None:
        return
    if "property" in a.arguments and "property" not in b.arguments and not b.arguments.get("properties"):
        b.arguments["property"] = a.arguments["property"]


def _call_so_far(reading: Reading) -> list[Call]:
    """What a later request may point at with "her", "it", "there"."""
    filled = reading.best.filled
    return [Call(filled.shape.spec.name, dict(filled.arguments))] if filled is not None else []


def _piece(text: str, start: int, end: int) -> str:
    return text[start:end].strip(" ,;")


def _apart(left: Reading, right: Reading, cut: Cut) -> bool:
    """True when the right piece is a request of its own."""
    a, b = left.best, right.best
    if left.unsupported and b.filled is not None:
        return b.probability >= 0.6 and starts_like_request(right.text)
    if right.unsupported:
        return a.filled is not None and not _open_text(a)
    if b.filled is None or a.filled is None:
        # Small talk before or after a request stands apart at a sentence end; otherwise it is a lead-in.
        return cut.hard and _small_talk_apart(left, right)
    if _open_text(a) and not cut.hard:
        # "luis needs to swap the filters, add it to his tasks" is one request.
        own = b.label != a.label and _is_command(right) and not _WRITE_DOWN.match(right.text)
        return own and b.probability >= 0.8
    if a.probability < 0.45 or a.filled.missing or (b.label == a.label and not _same_but_other(a, b)):
        return False
    return b.probability >= _floor(left, right, cut)


def _floor(left: Reading, right: Reading, cut: Cut) -> float:
    """How sure the right piece must be to stand alone."""
    if (cut.bare_comma or cut.hard) and not _asks_something(left, right):
        # "he still hasn't paid, issue the late notice": the first half is the reason, not a request.
        return 2.0 if _TELLS.search(left.text) or left.best.probability < 0.9 else 0.9
    if _THEY.search(right.text) and not right.found.names:
        return 0.97  # "who do we compete with and what do they charge" is one question
    if cut.hard:
        return 0.5
    return 0.55 if starts_like_request(right.text) else 0.8


_WRITE_DOWN = re.compile(
    r"(?i)(?:please |pls |can you )*(?:add|put|make|log|save|note|track|set|call) (?:it|that|this)\b"
)
_TELLS = re.compile(
    r"(?i)\b(?:is|isn't|isnt|are|aren't|has|hasn't|hasnt|had|was|were|says?|said|won't|wont|wants?|needs?|called|calls|"
    r"keeps?|can't|cant|just|finally|again|got|there's|they're|we're|i'm|he's|she's|it's|met|spoke|talked|went|signed)\b|\.\.|!"
)
_THEY = re.compile(r"(?i)\b(?:they|them|their|those|it|its)\b")


def _asks_something(left: Reading, right: Reading) -> bool:
    asked = starts_like_request(without_lead_in(left.text)) or left.text.endswith("?")
    return asked or re.match(r"(?i)(?:also|then|and|oh|plus)\b", right.text) is not None


def _small_talk_apart(left: Reading, right: Reading) -> bool:
    """True for a greeting or thanks, or an out-of-scope request, beside a request; a remark belongs to it."""
    for one, other in ((left, right), (right, left)):
        if one.best.filled is None and other.best.filled is not None:
            if one.best.label == CHITCHAT:
                return one.best.probability >= 0.9 and len(one.text.split()) <= 4
            return one.best.label == DECLINE and one.best.probability >= 0.6
    return False


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
    """Two requests for the same tool are two only when the second says as much of its own, otherwise."""
    if a.filled is None or b.filled is None or b.filled.missing:
        return False
    mine, theirs = a.filled.arguments, b.filled.arguments
    return mine.keys() == theirs.keys() and any(mine[key] != theirs[key] for key in mine)
