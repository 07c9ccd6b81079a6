"""Search CRM deals in the sales pipeline."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Stage = Literal["prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    stage: Stage | None = Field(default=None, description="Pipeline stage")
    owner: str | None = Field(default=None, description="Deal owner (teammate)")
    min_amount: float | None = Field(default=None, description="Minimum deal value in dollars")
    close_start: dt.date | None = Field(default=None, description="Earliest expected close date, YYYY-MM-DD")
    close_end: dt.date | None = Field(default=None, description="Latest expected close date, YYYY-MM-DD")
