"""Search vacant or soon-to-be-available apartment units by bedrooms, rent, property and move-in date."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    bedrooms: int | None = Field(default=None, description="Number of bedrooms (studio = 0)")
    bathrooms: float | None = Field(default=None, description="Number of bathrooms")
    min_rent: float | None = Field(default=None, description="Minimum monthly rent in dollars")
    max_rent: float | None = Field(default=None, description="Maximum monthly rent in dollars")
    available_by: dt.date | None = Field(default=None, description="Latest availability date, YYYY-MM-DD")
    pet_friendly: bool | None = Field(default=None, description="Only pet friendly units")
