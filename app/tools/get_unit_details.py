"""Get details of one unit: floor plan, square feet, amenities, current rent and status."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number, e.g. 204 or 12B")
