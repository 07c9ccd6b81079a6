"""Search company policies, procedures and documents to answer how-to and policy questions."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    query: str = Field(description="The question or topic")
