"""Send a text message (SMS) to a resident, prospect or contact."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    recipient: str = Field(description="Recipient name or phone number")
    message: str = Field(description="Text of the message")
