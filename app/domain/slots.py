"""When something that repeats is due: every day, every week or every month at a time of day, where people are."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Frequency = Literal["daily", "weekly", "monthly"]
DAYS: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def next_slot(now: datetime, frequency: str, day: str, clock: time, timezone: str) -> datetime:
    """The next moment after `now` that is due; in UTC. `day` is the day of a week; a month is due on its first. In the
    hour that the clocks skip it is due an hour later; in the one they repeat, the first time."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for ahead in range(400):
        date = today + timedelta(days=ahead)
        fits = {"daily": True, "weekly": bool(day) and date.weekday() == DAYS.index(day), "monthly": date.day == 1}
        slot = datetime.combine(date, clock, tzinfo=zone).astimezone(UTC)
        if fits[frequency] and slot > now:
            return slot
    raise AssertionError("every frequency has a slot within 400 days")
