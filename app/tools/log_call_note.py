"""Add a call note to a CRM contact."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    contact: str = Field(description="Contact name")
    note: str = Field(description="Text of the note")
