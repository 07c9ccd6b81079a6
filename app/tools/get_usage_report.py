"""Report the assistant's own usage and AI cost by period."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

GroupBy = Literal["user", "channel", "model", "day"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
    group_by: GroupBy | None = Field(default=None, description="Grouping")
