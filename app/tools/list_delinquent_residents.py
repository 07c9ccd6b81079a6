"""List residents who are behind on rent, with balances owed."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    min_balance: float | None = Field(default=None, description="Only balances of at least this many dollars")
    min_days_late: int | None = Field(default=None, description="Only residents at least this many days past due")
