"""Set up a payment plan for a resident who owes money."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    total_amount: float | None = Field(default=None, description="Total amount to repay in dollars")
    installments: int = Field(description="Number of installments")
    start_date: dt.date | None = Field(default=None, description="First payment date, YYYY-MM-DD")
