"""Open a new maintenance work order for a unit."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

Priority = Literal["low", "normal", "high", "emergency"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    description: str = Field(description="What is wrong")
    priority: Priority | None = Field(default=None, description="Priority")
