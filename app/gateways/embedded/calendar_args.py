"""Which of the found dates fills which date argument, and with which end of a period."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.gateways.embedded.dates import DateMention
from app.gateways.embedded.text import Span

if TYPE_CHECKING:
    from app.gateways.embedded.arguments import Argument
    from app.gateways.embedded.filling import Filled

_PAST = re.compile(
    r"(?i)\b(?:did|was|were|had|got|been|went|came|toured|moved|paid|made|spent|happened|have we|has been|"
    r"yesterday|so far|history|previous)\b"
)
_AHEAD = re.compile(
    r"(?i)\b(?:will|going to|upcoming|scheduled|coming|expected|expects?|due|booked|planned|next|up for|gonna)\b"
)


def prefers_past(filled: Filled, argument: Argument) -> bool:
    """Whether "March 3" is the last or the next one, from the words, else from the tool."""
    text = filled.found.message
    if argument.name.startswith("as_of"):
        return True
    if filled.shape.changes or not argument.side or argument.name.endswith("_by"):
        return False
    if _PAST.search(text) and not _AHEAD.search(text):
        return True
    if _AHEAD.search(text) and not _PAST.search(text):
        return filled.shape.tense == "past" and bool(re.search(r"(?i)\bdue\b", text))
    return filled.shape.tense == "past"


def fill_dates(filled: Filled) -> None:
    """Fills single dates, or the start and end of a period, from the date mentions outside other arguments."""
    arguments = [a for a in filled.shape.arguments if a.kind == "date"]
    mentions = [d for d in filled.found.dates if filled.is_free(d.span)]
    start = next((a for a in arguments if a.side == "start"), None)
    end = next((a for a in arguments if a.side == "end"), None)
    if start and end:
        _fill_period(filled, start, end, mentions)
    else:
        for argument in arguments:
            _fill_single(filled, argument, mentions)
    moment = next((t for t in filled.found.times if t.moment_day), None)
    if moment and moment.moment_day:
        for argument in arguments:
            if argument.name == "date" and argument.name not in filled.arguments:
                filled.arguments[argument.name] = moment.moment_day.isoformat()


def _fill_period(filled: Filled, start: Argument, end: Argument, mentions: list[DateMention]) -> None:
    if not mentions:
        return
    first, last = None, None
    past = prefers_past(filled, start)
    if any(not m.day for m in mentions):
        mentions = [m for m in mentions if not m.day or m.bound in {"since", "until"}]
    for mention in mentions:
        a, b = mention.period(prefer_past=past or _long_ahead(filled, mention))
        if mention.bound == "since" and first is None:
            first = a if not _is_after(filled, mention.span) else b
        elif mention.bound == "until" and last is None:
            last = b if mention.day or "before" not in filled.found.text(mention.span).lower() else a
        elif mention.bound not in {"since", "until"} and first is None and last is None:
            first, last = a, b
        else:
            continue
        filled.used.append(mention.span)
    _set(filled, start, first)
    _set(filled, end, last)


def _long_ahead(filled: Filled, mention: DateMention) -> bool:
    """True for "tours in February" said in March: nobody means the next one, eleven months ahead."""
    recent = timedelta(days=62)
    ahead = mention.future[0] - mention.past[1]
    if mention.future == mention.past or ahead < timedelta(days=270):
        return False
    return filled.found.today - mention.past[1] < recent and not _ENDS.search(filled.found.message)


_ENDS = re.compile(r"(?i)\b(?:leases?|expir\w*|renew\w*)\b")


def _is_after(filled: Filled, span: Span) -> bool:
    return filled.found.text(span).lower().startswith("after")


def _fill_single(filled: Filled, argument: Argument, mentions: list[DateMention]) -> None:
    usable = [m for m in mentions if filled.is_free(m.span)]
    if not usable:
        return
    bound = [m for m in usable if m.bound in {"until", "as_of"}] if _is_deadline(argument) else []
    chosen = (bound or usable)[0]
    first, last = chosen.period(prefer_past=prefers_past(filled, argument))
    before = not chosen.day and filled.found.text(chosen.span).lower().startswith("before")
    deadline = not before and (_is_deadline(argument) or argument.name.startswith("as_of"))
    _set(filled, argument, last if deadline else first)
    filled.used.append(chosen.span)


def _is_deadline(argument: Argument) -> bool:
    return argument.side == "end" or "due" in argument.name or argument.name.endswith("_by")


def _set(filled: Filled, argument: Argument, day: date | None) -> None:
    if day is not None:
        filled.arguments[argument.name] = day.isoformat()
