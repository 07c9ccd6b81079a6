"""Find CRM contacts by name, company or job role."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    name: str | None = Field(default=None, description="Contact name")
    company: str | None = Field(default=None, description="Company name")
    role: str | None = Field(default=None, description="Job role or title")
