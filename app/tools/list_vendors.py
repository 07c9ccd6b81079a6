"""List approved vendors for a trade."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Category = Literal["plumbing", "electrical", "hvac", "landscaping", "painting", "locksmith", "pest", "cleaning"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    category: Category = Field(description="Trade")
    property: str | None = Field(default=None, description="Property (community) name")
