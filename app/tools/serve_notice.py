"""Generate and serve a formal notice to a resident."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

NoticeType = Literal["late_rent", "lease_violation", "non_renewal", "entry"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    notice_type: NoticeType = Field(description="Kind of notice")
