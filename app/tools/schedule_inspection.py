"""Schedule an inspection of a unit."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

InspectionType = Literal["move_in", "move_out", "annual", "safety"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    inspection_type: InspectionType | None = Field(default=None, description="Kind of inspection")
    date: dt.date = Field(description="Inspection date, YYYY-MM-DD")
