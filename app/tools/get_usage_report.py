"""Report the assistant's own usage and AI cost by period."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

GroupBy = Literal["user", "channel", "model", "day"]

PHRASES: tuple[str, ...] = (
    "how much did we spend on AI this month",
    "usage report by user for last month",
    "who used you the most in the last 30 days",
    "what are you costing us",
    "ai cost {period}",
    "how many tokens did we use {period}",
    "show sophia usage",
    "assistant usage by channel",
    "your usage {period}",
    "cost of the bot by model",
    "ai spend by day",
    "which channel uses you most",
    "how much has the assistant cost {period}",
    "llm spend {period}",
    "break down ai usage by user",
    "usage stats for {period}",
    "bot usage report",
    "who uses sophia the most",
    "what's our ai bill {period}",
    "model costs {period}",
    "how often are people using you",
    "how much money did sophia burn {period}",
    "usage by model {period}",
    "tokens by day {period}",
    "who is using the assistant",
    "what did you cost us {period}",
    "show ai costs since {date}",
    "report on your own usage",
    "daily ai cost for {period}",
    "ai usage across channels {period}",
    "which model are we spending the most on",
    "how many questions did people ask you {period}",
    "openai spend {period}",
    "sophia cost report",
)


class Args(ToolArgs):
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
    group_by: GroupBy | None = Field(default=None, description="Grouping")
