"""Get the rent roll of a property: every unit with resident, rent and lease dates."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str = Field(description="Property (community) name")
    as_of_date: dt.date | None = Field(default=None, description="As-of date, YYYY-MM-DD")
