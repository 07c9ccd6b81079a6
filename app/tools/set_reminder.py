"""Remind the user about something at a date and time."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.arguments import ClockTime
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    text: str = Field(description="What to be reminded of")
    date: dt.date | None = Field(default=None, description="Date, YYYY-MM-DD")
    time: ClockTime | None = Field(default=None, description="Time, 24h HH:MM")
