"""Dates that make sense: the checks and defaults that tools with date arguments share."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain.errors import Fixable
from app.domain.period import Period

EARLIEST = date(2000, 1, 1)  # no connected system holds anything older
YEARS_AHEAD = 5


def sensible(when: date | None, today: date) -> date | None:
    """`when` itself. Raises Fixable for a date that can only be a slip (before 2000, more than 5 years ahead)."""
    if when is None:
        return None
    if when < EARLIEST:
        raise Fixable(
            f"{when.isoformat()} is before my records begin.",
            next_step="Please check the year.",
            code="date_too_early",
        )
    if when > today.replace(day=1) + timedelta(days=366 * YEARS_AHEAD):
        raise Fixable(
            f"{when.isoformat()} is more than {YEARS_AHEAD} years away.",
            next_step="Please check the year.",
            code="date_too_late",
        )
    return when


def coming(today: date, start: date | None, end: date | None, *, days: int) -> Period:
    """A period that looks ahead: from today for `days` days, unless the ends say otherwise."""
    sensible(start, today)
    sensible(end, today)
    first = start or (today if end is None or end >= today else end)
    last = end or first + timedelta(days=days)
    return Period.between(first, last, default=Period(first, last))


def looking_back(today: date, start: date | None, end: date | None, *, since: date) -> Period:
    """A period that looks back: from `since` to today, unless the ends say otherwise."""
    sensible(start, today)
    sensible(end, today)
    last = end or max(today, start or today)
    first = start or (since if since <= last else last.replace(day=1))
    return Period.between(first, last, default=Period(first, last))


def not_future(when: date, today: date, what: str) -> date:
    """`when` itself. Raises Fixable when it is after today: `what` cannot be known yet."""
    if when > today:
        raise Fixable(
            f"{what} for {when:%b %-d, %Y} can't be known yet: that day is in the future.",
            next_step="Ask me for today or an earlier day.",
            code="date_in_future",
        )
    return when


def not_past(when: date, today: date, what: str) -> date:
    """`when` itself. Raises Fixable when it is before today: `what` cannot be planned for the past."""
    if when < today:
        raise Fixable(
            f"{when:%b %-d, %Y} has passed already, so {what} can't be set for it.",
            next_step="Which day do you mean?",
            code="date_in_past",
        )
    return when
