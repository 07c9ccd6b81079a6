"""List to-do tasks by assignee, status or due date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.tools.core.tool import ToolArgs

Status = Literal["open", "done", "overdue"]

PHRASES: tuple[str, ...] = (
    "what's on {teammate}'s plate",
    "show overdue tasks",
    "open tasks for {teammate} due this week",
    "what tasks does {teammate} have",
    "list all tasks",
    "what's due {date}",
    "{teammate}'s to do list",
    "which tasks are done",
    "my tasks",
    "what do i have to do this week",
    "tasks due by {date}",
    "show me {teammate}'s open to-dos",
    "any overdue to-dos",
    "what has {teammate} completed",
    "what's left on {teammate}'s list",
    "outstanding tasks",
    "tasks for {teammate}",
    "what's {teammate} working on",
    "finished tasks for {teammate}",
    "what's open on the task list",
    "to-dos due {date}",
    "what tasks are past due for {teammate}",
    "anything due {date}",
    "task list for the team",
    "is anything overdue for {teammate}",
    "what does {teammate} still have to do",
    "show completed tasks",
    "tasks due before {date} for {teammate}",
    "what to-dos are still open",
    "how many tasks does {teammate} have open",
    "what's assigned to {teammate}",
    "list {teammate}'s tasks",
    "what did {teammate} get done",
    "everything due {period}",
    "pull up the todo list",
)


class Args(ToolArgs):
    assignee: str | None = Field(default=None, description="Teammate")
    status: Status | None = Field(default=None, description="Status")
    due_by: dt.date | None = Field(default=None, description="Due on or before, YYYY-MM-DD")
