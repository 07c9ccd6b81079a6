"""Find a resident's profile and contact information by name, unit or phone number."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    name: str | None = Field(default=None, description="Resident name")
    unit: UnitNumber | None = Field(default=None, description="Unit number")
    property: str | None = Field(default=None, description="Property (community) name")
    phone: str | None = Field(default=None, description="Phone number")
