"""Get one work order by its number."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.maintenance import WorkOrderDetails, WorkOrderLine, find_work_order
from app.portfolio.sources import cite
from app.tools.core.arguments import WorkOrderNumber
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, sentence, trade, words

PHRASES: tuple[str, ...] = (
    "what's the status of {wo}",
    "pull up {wo}",
    "has {wo} been finished yet",
    "show me {wo}",
    "details on {wo}",
    "where are we with {wo}",
    "who is working on {wo}",
    "is {wo} done",
    "look up {wo}",
    "any update on {wo}",
    "when was {wo} opened",
    "what is {wo} about",
    "status {wo}",
    "is {wo} still open",
    "who's assigned to {wo}",
    "did anyone get to {wo}",
    "check {wo}",
    "tell me about {wo}",
    "what happened with {wo}",
    "has anyone started {wo}",
    "info on {wo}",
    "when will {wo} be done",
    "{wo}?",
    "did {wo} get closed",
    "is {wo} complete",
    "find {wo}",
    "why is {wo} on hold",
    "resident wants to know about {wo}",
    "what's going on with {wo}",
    "open up {wo} for me so i can see it",
    "give me the rundown on {wo}",
    "what did they do on {wo}",
    "how's {wo} coming along",
    "has a tech been assigned to {wo}",
    "was {wo} completed",
    "read me {wo}",
    "whats up with {wo}",
    "where's {wo} at",
    "{wo} status?",
    "can you check on {wo}",
    "who has {wo}",
    "what's the latest on {wo}",
    "look at {wo}",
    "anything happening with {wo}",
    "did {teammate} finish {wo}",
    "is anyone on {wo}",
    "tenant is asking about {wo}",
    "how long has {wo} been open",
    "what unit is {wo} for",
    "what was {wo} for",
    "is {wo} still on hold",
    "show {wo} details",
    "where do we stand on {wo}",
)


class Args(ToolArgs):
    work_order_id: WorkOrderNumber = Field(description="Work order number, e.g. WO-1042")


class Result(ToolOutput):
    """One work order."""

    today: dt.date
    work_order: WorkOrderDetails


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        found = await find_work_order(session, ctx.principal, args.work_order_id, ctx.clock.now())
        rows = [(found.id, found.as_of)]
        sources = await cite(session, ctx.principal.workspace_id, "work_orders", found.line.number, rows)
    return Result(today=ctx.today, work_order=found, sources=sources)


def _scheduled(found: WorkOrderDetails, today: dt.date) -> str:
    if found.scheduled_on is None or found.line.completed_on:
        return ""
    return f"It {'was' if found.scheduled_on < today else 'is'} scheduled for {day(found.scheduled_on)}."


def _assigned(line: WorkOrderLine) -> str:
    if line.assignee:
        return f"{'done by' if line.completed_on else 'assigned to'} {line.assignee}."
    return "nobody was assigned." if line.completed_on else "nobody is assigned yet."


def present(args: Args, result: Result) -> Presentation:
    found = result.work_order
    line = found.line
    place = f"in unit {line.unit} at {line.property}" if line.unit else f"at {line.property}"
    if line.completed_on:
        state = f"was completed on {day(line.completed_on)}"
    else:
        state = f"is {words(line.status)}, opened {day(line.opened_on)}"
        age = (result.today - line.opened_on).days
        state += f" ({counted(age, 'day')} ago)" if age > 0 else " (today)"
    text = sentence(
        f"{line.number} {state}: {line.description.rstrip('.')}, {place}.",
        f"Priority {line.priority}, {trade(line.category)};",
        _assigned(line),
        _scheduled(found, result.today),
        f"{found.resident} reported it." if found.resident else "",
    )
    return Presentation(text=text, follow_ups=(f"Show me all work orders at {line.property}",))


TOOL = Tool(
    name="get_work_order",
    title="Work order",
    description="Get one work order by its number",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.MAINTENANCE_READ,
    personal=True,  # it says who reported it
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking up the work order",
    examples=("What's the status of WO-1042?", "Pull up work order 2217", "Has WO-1450 been finished yet?"),
)
