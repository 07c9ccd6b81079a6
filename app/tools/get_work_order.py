"""Get one work order by its number."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.arguments import WorkOrderNumber
from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    work_order_id: WorkOrderNumber = Field(description="Work order number, e.g. WO-1042")
