"""Get a financial or operating metric for a property or the portfolio over a period."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Metric = Literal[
    "noi", "revenue", "operating_expenses", "delinquency_rate", "average_rent", "renewal_rate", "turnover_cost"
]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    metric: Metric = Field(description="Metric")
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
