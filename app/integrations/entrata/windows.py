"""A list that is asked for by days, a window after the other, so that an answer stays small."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from app.integrations.base import Reading
from app.integrations.paging import Mark


class Window(NamedTuple):
    """The days to ask for now; `last` is None for the window that today lies in, whose list has no end yet. `cursor`
    leads to the window after it, "" when there is none."""

    first: date
    last: date | None
    cursor: str


def window(reading: Reading, today: date, length: timedelta) -> Window:
    """The window of a full reading that its cursor stands at, the first one begins at the horizon."""
    first = date.fromisoformat(Mark.of(reading.cursor, reading.horizon.isoformat()).part)
    following = first + length
    if following > today:
        return Window(first, None, "")
    return Window(first, following - timedelta(days=1), Mark(following.isoformat()).cursor)
