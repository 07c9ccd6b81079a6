"""Create a to-do task for a teammate."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    title: str = Field(description="What to do")
    assignee: str | None = Field(default=None, description="Teammate")
    due_date: dt.date | None = Field(default=None, description="Due date, YYYY-MM-DD")
