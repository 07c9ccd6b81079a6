"""Get a resident's lease: term, rent, deposit, occupants and clauses."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
