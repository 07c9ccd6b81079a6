"""Inclusive ranges of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.errors import Fixable


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both days included."""

    start: date
    end: date

    @classmethod
    def between(cls, start: date | None, end: date | None, *, default: Period) -> Period:
        """A period from optional ends, each missing end taken from `default`.

        Raises Fixable when the end lies before the start.
        """
        first, last = start or default.start, end or default.end
        if start is None and end is not None and end < first:
            first = end
        if end is None and start is not None and start > last:
            last = start
        if last < first:
            raise Fixable(
                f"That range ends ({last:%b %-d, %Y}) before it starts ({first:%b %-d, %Y}).",
                next_step="Please give me the dates again.",
                code="range_reversed",
            )
        return cls(first, last)

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The calendar month that holds `day`."""
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        return cls(first, following - timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        """`Mar 1–31, 2026`, `Feb 16 – Mar 18, 2026`, `Mar 18, 2026`."""
        if self.start == self.end:
            return f"{self.start:%b %-d, %Y}"
        if (self.start.year, self.start.month) == (self.end.year, self.end.month):
            return f"{self.start:%b %-d}–{self.end.day}, {self.end.year}"
        if self.start.year == self.end.year:
            return f"{self.start:%b %-d} – {self.end:%b %-d, %Y}"
        return f"{self.start:%b %-d, %Y} – {self.end:%b %-d, %Y}"
