"""List to-do tasks by assignee, status or due date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Status = Literal["open", "done", "overdue"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    assignee: str | None = Field(default=None, description="Teammate")
    status: Status | None = Field(default=None, description="Status")
    due_by: dt.date | None = Field(default=None, description="Due on or before, YYYY-MM-DD")
