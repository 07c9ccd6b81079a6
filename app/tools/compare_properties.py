"""Compare two or more properties side by side on one metric."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Metric = Literal[
    "noi",
    "revenue",
    "operating_expenses",
    "delinquency_rate",
    "average_rent",
    "renewal_rate",
    "turnover_cost",
    "occupancy",
]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    metric: Metric = Field(description="Metric")
    properties: list[str] = Field(description="Property names")
