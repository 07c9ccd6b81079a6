"""List to-do tasks by assignee, status or due date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.find import find_teammate
from app.portfolio.sources import cite
from app.portfolio.tasks import TaskFilter, TaskList, tasks
from app.tools.core.dates import sensible
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, counted, day, sentence

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
    "what's {teammate} got going on",
    "what does {teammate} need to do",
    "what's on my todo list",
    "tasks overdue",
    "which to-dos are late",
    "show the tasks due by {date}",
    "what is {teammate} behind on",
    "{teammate}'s open tasks",
    "did {teammate} finish anything",
    "what tasks are open",
    "what do we have due {period}",
    "list to-dos for {teammate}",
    "is there anything on {teammate}'s list for {date}",
    "all the tasks that are done",
    "what's outstanding for {teammate}",
    "overdue to-dos for {teammate}",
    "what tasks are due {date}",
    "everything on {teammate}'s list",
    "what's still open for {teammate}",
    "completed to-dos",
)


class Args(ToolArgs):
    assignee: str | None = Field(default=None, description="Teammate")
    status: Status | None = Field(default=None, description="Status")
    due_by: dt.date | None = Field(default=None, description="Due on or before, YYYY-MM-DD")


class Result(ToolOutput):
    """The tasks that fit, late ones first. `whose` reads after a noun: "for Jen Wu", "for the team"."""

    whose: str
    wanted: TaskFilter
    today: dt.date
    found: TaskList


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        person = await find_teammate(session, ctx.principal, args.assignee) if args.assignee else None
        wanted = TaskFilter(
            status=args.status or "open",
            assignee=person.name if person else None,
            due_by=sensible(args.due_by, ctx.today),
        )
        found = await tasks(session, ctx.principal, wanted, ctx.today, ctx.rows)
        sources = await cite(session, ctx.principal.workspace_id, "tasks", counted(found.total, "task"), found.origins)
    whose = f"for {person.name}" if person else "for the team"
    return Result(whose=whose, wanted=wanted, today=ctx.today, found=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found, wanted = result.found, result.wanted
    due = f" due by {day(wanted.due_by)}" if wanted.due_by else ""
    kind = {"open": "open task", "done": "finished task", "overdue": "overdue task"}[wanted.status]
    if not found.total:
        return Presentation(
            text=f"There are no {kind}s {result.whose}{due}.",
            follow_ups=("Show all open tasks", "Create a task"),
        )
    first = found.lines[0]
    late = (
        f"{found.overdue:,} of them {are(found.overdue)} overdue." if found.overdue and wanted.status == "open" else ""
    )
    text = sentence(
        f"there {are(found.total)} {counted(found.total, kind)} {result.whose}{due}.",
        late,
        f"The oldest is “{first.title}”, due {day(first.due_on)}." if first.days_late and first.due_on else "",
        carried(found.total, len(found.lines), "that are due first"),
    )
    table = Table(
        title=f"Tasks {result.whose}",
        columns=(
            Column("title", "Task"),
            Column("assignee", "Assigned to"),
            Column("due_on", "Due", ColumnKind.DATE),
            Column("status", "Status"),
        ),
        rows=tuple((line.title, line.assignee or "nobody", line.due_on, line.status) for line in found.lines),
        total_rows=found.total,
    )
    follow_ups = () if wanted.status == "overdue" else ("Show overdue tasks",)
    return Presentation(text=text, table=table, follow_ups=follow_ups)


TOOL = Tool(
    name="list_tasks",
    title="Tasks",
    description="List to-do tasks by assignee, status or due date. Without a status: the open ones, overdue included.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.TASKS_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the tasks",
    examples=("What's on Jen's plate?", "Show overdue tasks", "Open tasks for Rachel due this week"),
)
