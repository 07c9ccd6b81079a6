"""Month arithmetic for leases and ledgers."""

from __future__ import annotations

from calendar import month_name, monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/Chicago")
HISTORY_MONTHS = 24  # closed months before today's month


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _length(year, month + 1)))


def history_start(today: date) -> date:
    """The first day that a portfolio about `today` has ledgers, work orders and actuals for."""
    return add_months(today.replace(day=1), -HISTORY_MONTHS)


def month_starts(first: date, last: date) -> Iterator[date]:
    """The first days of all months from the one holding `first` to the one holding `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def closed_months(today: date) -> list[date]:
    """The first days of the months of the history, without the running one."""
    return [*month_starts(history_start(today), today)][:-1]


def days_in_month(day: date) -> int:
    return _length(day.year, day.month)


@cache
def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


@cache
def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


@cache
def month_label(month: date) -> str:
    """`March 2026`."""
    return f"{month_name[month.month]} {month.year}"


def local_moment(day: date, minutes: int) -> datetime:
    """The UTC moment `minutes` after midnight of a day at the properties."""
    at = datetime(day.year, day.month, day.day, tzinfo=HOME) + timedelta(minutes=minutes)
    return at.astimezone(UTC)
