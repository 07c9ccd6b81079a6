"""Get rents of comparable competitor communities near a property."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str = Field(description="Property (community) name")
    bedrooms: int | None = Field(default=None, description="Number of bedrooms (studio = 0)")
    radius_miles: float | None = Field(default=None, description="Search radius in miles")
