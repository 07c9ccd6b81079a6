"""Book a property tour for a prospect."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.arguments import ClockTime
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    prospect: str = Field(description="Prospect name")
    property: str = Field(description="Property (community) name")
    date: dt.date = Field(description="Tour date, YYYY-MM-DD")
    time: ClockTime | None = Field(default=None, description="Tour time, 24h HH:MM")
