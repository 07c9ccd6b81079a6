"""Move a CRM deal to another pipeline stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Stage = Literal["prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    deal: str = Field(description="Deal or company name")
    stage: Stage = Field(description="New stage")
