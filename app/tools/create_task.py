"""Create a to-do task for a teammate."""

from __future__ import annotations

import datetime as dt
from functools import partial

from pydantic import Field

from app.db.models.business import Task
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.writing import NOT_KEPT_THERE, Write
from app.portfolio.find import find_teammate
from app.portfolio.sources import SOPHIA, cite
from app.tools.core.dates import not_past, sensible
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import day, sentence

PHRASES: tuple[str, ...] = (
    "assign {teammate} a task to walk the vacant units, due {date}",
    "todo for {teammate} - order new pool furniture, due {date}",
    "new task: renew the elevator permit, end of month",
    "have {teammate} follow up with the fire marshal by {date} (make it a task)",
    "create a task to call the roofer",
    "add a to-do: clean the model unit",
    "task for {teammate}: update the website",
    "make a task for {teammate} to check the boilers by {date}",
    "give {teammate} a to do to order keys",
    "put on {teammate}'s list: inspect the roof",
    "add to my todo list: renew the insurance",
    "{teammate} needs to get quotes for paint by {date}, add a task",
    "create task: audit the lease files, assign to {teammate}, due {date}",
    "please add a task to schedule the window washers",
    "new todo for {teammate}, replace hallway bulbs",
    "assign a task to {teammate}: call back the inspector",
    "task: file the permit by {date}",
    "log a task for {teammate} to review the contract {date}",
    "can you task {teammate} with ordering supplies",
    "set a task for {teammate} due {date}: prepare the budget",
    "add task walk the property",
    "get {teammate} to send the owner report by {date}, make a task",
    "make a to-do for me to review invoices",
    "create a to do for {teammate} to update the sign",
    "i need {teammate} to pick up the keys {date}, create a task",
    "task {teammate} to draft the newsletter",
    "add a task for {date}: pay the water bill",
    "assign {teammate} to order filters by {date}",
    "open a task: fix the website banner",
    "put a task in for {teammate} to tour the comps",
    "todo: order carpet samples",
    "can you have {teammate} call the city by {date}, make that a task",
    "add a task for me to update the rent specials",
    "remind {teammate} with a task to submit payroll by {date}",
    "make a task: replace pool pump, {teammate}, {date}",
    "new to-do for {teammate}: walk the property",
    "{teammate} should get three bids for paving, add that as a task",
    "give {teammate} a task to fix the website by {date}",
    "task for me: clean up the crm",
    "need {teammate} to print flyers by {date}, create a task",
    "put it on {teammate}'s todo list to check the fire extinguishers",
    "add to {teammate}'s tasks: review the leases due {date}",
    "set up a task to renew the insurance by {date}",
    "task {teammate}: schedule carpet cleaning",
    "create a task, order welcome gifts, due {date}",
    "assign {teammate} a to-do: update listing photos",
    'add "call the insurance broker" to my tasks',
    "have {teammate} pull the report by {date}, put it on her list",
    "have {teammate} call the vendor by {date}, add it to his list",
    "{teammate} to order supplies by {date}, make it a task",
)


class Args(ToolArgs):
    title: str = Field(description="What to do")
    assignee: str | None = Field(default=None, description="Teammate")
    due_date: dt.date | None = Field(default=None, description="Due date, YYYY-MM-DD")


LONGEST = 500  # characters of a title


class Result(ToolOutput):
    """The task as it was written down."""

    title: str
    assignee: str
    due_on: dt.date | None


def _checked(ctx: ToolContext, args: Args) -> Args:
    if not args.title:
        raise Fixable("A task needs a few words on what to do.", next_step="What is to be done?")
    if len(args.title) > LONGEST:
        raise Fixable(f"That is longer than {LONGEST} characters.", next_step="Please shorten the task.")
    if sensible(args.due_date, ctx.today):
        not_past(args.due_date or ctx.today, ctx.today, "a task")
    return args


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    _checked(ctx, args)
    async with ctx.db.reading() as session:
        person = await find_teammate(session, ctx.principal, args.assignee or "me")
    arguments: dict[str, object] = {"title": args.title, "assignee": person.name}
    if args.due_date:
        arguments["due_date"] = args.due_date.isoformat()
    whose = "your" if person.id == ctx.principal.user_id else f"{person.name}'s"
    return Preparation(
        title="Create a task",
        consequence=f"The task is added to {whose} list.",
        arguments=arguments,
        changes=(
            FieldChange("Task", "", args.title),
            FieldChange("Assigned to", "", person.name),
            FieldChange("Due", "", day(args.due_date) if args.due_date else "no date"),
        ),
        editable=("title", "due_date"),
    )


async def run(ctx: ToolContext, args: Args, *, again: bool = False) -> Result:
    _checked(ctx, args)
    workspace_id = ctx.principal.workspace_id
    async with ctx.db.reading() as session:
        person = await find_teammate(session, ctx.principal, args.assignee or "me")
    values = {
        "title": args.title,
        "assignee": person.name,
        "assignee_email": person.email,
        "due_on": args.due_date,
        "created_by": ctx.principal.user_id,
    }
    made = await _kept(ctx, Write("task", workspace_id, values, ctx.idempotency_key, again=again))
    async with ctx.db.reading() as session:
        task = await session.get_one(Task, (workspace_id, made))
        sources = await cite(session, workspace_id, "tasks", "1 task", [(task.id, task.as_of)])
    return Result(title=task.title, assignee=task.assignee, due_on=task.due_on, sources=sources)


async def _kept(ctx: ToolContext, write: Write) -> str:
    """The task where the company keeps its tasks. Sophia's own register takes what can't be kept there: a task
    without a date, or for somebody who has no seat."""
    try:
        return await ctx.services.systems.keeper("task").write(write)
    except Fixable as refused:
        if refused.code != NOT_KEPT_THERE:
            raise
    return await ctx.services.systems.of(SOPHIA, "task").write(write)


def present(args: Args, result: Result) -> Presentation:
    due = f", due {day(result.due_on)}" if result.due_on else ""
    return Presentation(
        text=sentence(f"“{result.title}” is on {result.assignee}'s list{due}."),
        follow_ups=(f"What's on {result.assignee.split()[0]}'s plate?",),
    )


TOOL = Tool(
    name="create_task",
    title="New task",
    description="Create a to-do task for a teammate; without an assignee, for the asking person",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.TASKS_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.TASKS_WRITE),
    reconcile=partial(run, again=True),
    phrases=PHRASES,
    doing="Writing the task down",
    examples=(
        "Assign Luis a task to walk the vacant units, due tomorrow",
        "New task: renew the elevator permit, end of month",
        "Todo for Angela: order new pool furniture, due 4/15",
    ),
)
