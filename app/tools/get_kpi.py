"""Get a financial or operating metric for a property or the portfolio over a period."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Metric = Literal[
    "noi", "revenue", "operating_expenses", "delinquency_rate", "average_rent", "renewal_rate", "turnover_cost"
]

PHRASES: tuple[str, ...] = (
    "what was NOI for {property} last quarter",
    "renewal rate at {property} year to date",
    "how much revenue did {property} bring in in {period}",
    "opex at {property} for 2025",
    "noi at {property}",
    "revenue for {period}",
    "average rent at {property}",
    "delinquency rate at {property} {period}",
    "turnover cost for {property} {period}",
    "what's our renewal rate",
    "operating expenses {property} {period}",
    "how much did we make at {property} {period}",
    "net operating income for {property} {period}",
    "what are we spending on turnover at {property}",
    "average rent across the portfolio",
    "portfolio noi {period}",
    "what percent of residents renewed at {property} {period}",
    "expenses at {property} {period}",
    "total revenue {period}",
    "what's the delinquency percentage at {property}",
    "avg rent {property}",
    "retention rate {property} {period}",
    "what did it cost to operate {property} {period}",
    "{property} noi {period}",
    "how's noi looking at {property}",
    "cost of turns at {property} {period}",
    "how much money came in at {property} {period}",
    "give me the noi number for {property}",
    "what is the average rent",
    "income at {property} for {period}",
    "how did {property} do on revenue {period}",
    "what's our bad debt rate at {property}",
    "make-ready costs at {property} {period}",
    "what were operating costs at {property} {period}",
    "renewal percentage {property}",
    "what was {property}'s revenue {period}",
    "show kpi noi {property} {period}",
    "how much are we spending to run {property} {period}",
    "mean rent per unit at {property}",
    "how many people renewed at {property} {period}",
    "delinquency at {property} as a percentage",
    "gross revenue portfolio wide {period}",
    "how profitable is {property}",
)


class Args(ToolArgs):
    metric: Metric = Field(description="Metric")
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
