"""List vendor invoices by vendor, status, amount or date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Status = Literal["unpaid", "paid", "overdue", "pending_approval"]

PHRASES: tuple[str, ...] = (
    "unpaid invoices from {vendor}",
    "which bills are overdue",
    "what's waiting on approval from {vendor}",
    "show invoices from {vendor}",
    "invoices over {money}",
    "paid invoices {period}",
    "what do we owe {vendor}",
    "open bills",
    "invoices pending approval",
    "list invoices from {vendor} above {money} since {date}",
    "how much have we been billed by {vendor} {period}",
    "overdue invoices",
    "any unpaid bills over {money}",
    "bills from {vendor} in {period}",
    "which invoices need approval",
    "has {vendor} been paid",
    "show all invoices for {period}",
    "outstanding vendor invoices",
    "{vendor} invoices",
    "did {vendor} bill us {period}",
    "past due bills from {vendor}",
    "vendor invoices awaiting approval",
    "what invoices came in {period}",
    "invoices bigger than {money} that aren't paid",
    "what bills are due",
    "did we pay {vendor}",
    "list {vendor}'s paid invoices",
    "what vendor bills haven't been paid",
    "accounts payable over {money}",
    "how much do we owe vendors",
    "invoices to approve",
    "{vendor} bills over {money}",
    "what has {vendor} charged us {period}",
    "invoices {period}",
    "late bills",
    "all invoices waiting on my sign off",
    "do we still owe {vendor}",
    "anything unpaid from {vendor}",
)


class Args(ToolArgs):
    vendor: str | None = Field(default=None, description="Vendor name")
    status: Status | None = Field(default=None, description="Status")
    min_amount: float | None = Field(default=None, description="Minimum amount in dollars")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
