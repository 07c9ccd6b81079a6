"""Get physical and leased occupancy percentage for a property or the whole portfolio."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    as_of_date: dt.date | None = Field(default=None, description="As-of date, YYYY-MM-DD")
