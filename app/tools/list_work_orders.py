"""List maintenance work orders filtered by property, status, priority or category."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

Status = Literal["open", "in_progress", "completed", "on_hold"]
Priority = Literal["low", "normal", "high", "emergency"]
Category = Literal["plumbing", "electrical", "hvac", "appliance", "pest", "general"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber | None = Field(default=None, description="Unit number")
    status: Status | None = Field(default=None, description="Status")
    priority: Priority | None = Field(default=None, description="Priority")
    category: Category | None = Field(default=None, description="Trade")
