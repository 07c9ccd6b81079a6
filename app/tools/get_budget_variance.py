"""Compare actual spending and income with the budget for a property and period."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "are we over budget at {property} {period}",
    "variance report for {period}",
    "how far off plan was {property} in {period}",
    "show me actuals against budget, {property}, {period}",
    "budget vs actual {property} {period}",
    "budget variance at {property}",
    "are we under budget",
    "how is {property} tracking against budget",
    "actual vs budget {period}",
    "did {property} stay within budget {period}",
    "did we overspend at {property} {period}",
    "where are we over budget",
    "actuals vs plan for {property} {period}",
    "how are we doing against the budget at {property}",
    "is {property} on budget",
    "{property} budget variance {period}",
    "what's the variance at {property} {period}",
    "how much over budget is {property}",
    "compare actual spending with budget for {property} {period}",
    "are expenses above plan at {property} {period}",
    "did we blow the budget at {property}",
    "budget to actuals {period}",
    "how close to budget was {property} {period}",
    "off budget at {property} {period}",
    "budget performance for {property} {period}",
    "show the variance report",
    "where did we miss plan {period}",
    "what did we spend vs what we budgeted at {property}",
    "is {property} over or under for {period}",
    "portfolio budget vs actuals {period}",
    "are we tracking to plan {period}",
    "which lines are over budget at {property}",
    "spend against budget at {property}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
