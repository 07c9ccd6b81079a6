"""Change the status or assignee of an existing work order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.arguments import WorkOrderNumber
from app.tools.core.tool import ToolArgs

Status = Literal["open", "in_progress", "completed", "on_hold"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    work_order_id: WorkOrderNumber = Field(description="Work order number, e.g. WO-1042")
    status: Status | None = Field(default=None, description="New status")
    assignee: str | None = Field(default=None, description="Technician or vendor to assign")
