"""Change the status or assignee of an existing work order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.arguments import WorkOrderNumber
from app.tools.core.tool import ToolArgs

Status = Literal["open", "in_progress", "completed", "on_hold"]

PHRASES: tuple[str, ...] = (
    "assign {wo} to {teammate}",
    "put {wo} on hold",
    "close out {wo}",
    "reopen {wo} please",
    "mark {wo} complete",
    "{wo} is done",
    "set {wo} to in progress",
    "reassign {wo} to {vendor}",
    "give {wo} to {teammate}",
    "change {wo} status to completed",
    "{wo} is finished, close it",
    "move {wo} to on hold",
    "start {wo}",
    "have {teammate} handle {wo}",
    "{wo} waiting on parts, put it on hold",
    "close {wo}",
    "complete {wo}",
    "update {wo} to in progress",
    "{teammate} fixed it, close {wo}",
    "send {wo} over to {vendor}",
    "switch {wo} to {teammate}",
    "pause {wo}",
    "mark {wo} as resolved",
    "{wo} isn't done, open it back up",
    "hand {wo} off to {vendor}",
    "{teammate} is working on {wo}",
    "put {teammate} on {wo}",
    "let {vendor} take {wo}",
    "finish off {wo}",
    "set the status of {wo} to completed",
    "{wo} got fixed this morning, mark it done",
    "assign {teammate} to {wo} and mark it in progress",
    "take {wo} off hold, it's in progress",
    "dispatch {vendor} for {wo}",
    "{wo} needs to go to {teammate}",
)


class Args(ToolArgs):
    work_order_id: WorkOrderNumber = Field(description="Work order number, e.g. WO-1042")
    status: Status | None = Field(default=None, description="New status")
    assignee: str | None = Field(default=None, description="Technician or vendor to assign")
