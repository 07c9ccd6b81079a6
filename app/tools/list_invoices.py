"""List vendor invoices by vendor, status, amount or date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Status = Literal["unpaid", "paid", "overdue", "pending_approval"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    vendor: str | None = Field(default=None, description="Vendor name")
    status: Status | None = Field(default=None, description="Status")
    min_amount: float | None = Field(default=None, description="Minimum amount in dollars")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
