"""Send an email to a resident, prospect, contact or teammate."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    recipient: str = Field(description="Recipient name or email address")
    subject: str | None = Field(default=None, description="Subject line")
    body: str = Field(description="Body of the email")
