"""List scheduled move-ins or move-outs in a date range."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

EventType = Literal["move_in", "move_out"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    event_type: EventType = Field(description="Which event")
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
