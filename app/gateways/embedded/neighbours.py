"""Periods seen from the last call's period: "the month before", "same quarter last year"."""

import re
from datetime import date
from typing import Any

from app.gateways.embedded.arguments import Shape
from app.gateways.embedded.dates import add_months, month_period, unit_period
from app.gateways.embedded.plan import Call

_YEAR_EARLIER = re.compile(
    r"(?i)\b(?:same|that) (?:month|quarter|period|time|week)\b.*\b(?:last|previous|prior) year|\b(?:the )?year "
    r"(?:before|prior|earlier)\b"
    r"|\byear over year\b|\ba year (?:ago|earlier)\b"
)
_BESIDE = (
    re.compile(r"(?i)\b(?:the )?(?P<unit>month|quarter|week) (?P<way>before|prior|after)\b"),
    re.compile(r"(?i)\bthe (?P<way>previous|prior|preceding|following) (?P<unit>month|quarter|year|week)\b"),
)


def neighbouring_period(text: str, shape: Shape, last: Call) -> dict[str, Any]:
    """New start and end dates for the last call, or nothing when the text names no such period."""
    names = [a.name for a in shape.arguments if a.kind == "date" and a.side in {"start", "end"}]
    period = _period_of(last, names)
    if period is None:
        return {}
    first, end = period
    if _YEAR_EARLIER.search(text):
        moved = add_months(end, -12)
        last_day = end == month_period(end.year, end.month)[1]
        moved = month_period(moved.year, moved.month)[1] if last_day else moved
        return {names[0]: add_months(first, -12).isoformat(), names[1]: moved.isoformat()}
    m = _BESIDE[0].search(text) or _BESIDE[1].search(text)
    if m is None:
        return {}
    step = 1 if m["way"].lower() in {"after", "following"} else -1
    first, end = unit_period(m["unit"].lower(), step, first)
    return {names[0]: first.isoformat(), names[1]: end.isoformat()}


def _period_of(last: Call, names: list[str]) -> tuple[date, date] | None:
    if len(names) != 2 or not all(isinstance(last.arguments.get(name), str) for name in names):
        return None
    try:
        return date.fromisoformat(last.arguments[names[0]]), date.fromisoformat(last.arguments[names[1]])
    except ValueError:
        return None
