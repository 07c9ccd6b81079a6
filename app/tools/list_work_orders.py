"""List maintenance work orders filtered by property, status, priority or category."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.find import find_unit
from app.portfolio.maintenance import COMPLETED_DAYS, WorkOrderFilter, WorkOrderLine, WorkOrderList, work_orders
from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, commas, counted, joined, sentence, trade, words

Status = Literal["open", "in_progress", "completed", "on_hold"]
Priority = Literal["low", "normal", "high", "emergency"]
Category = Literal["plumbing", "electrical", "hvac", "appliance", "pest", "general"]

PHRASES: tuple[str, ...] = (
    "open work orders at {property}",
    "any emergency maintenance tickets right now",
    "which service requests got completed at {property}",
    "list work orders for {unit} at {property}",
    "plumbing tickets at {property}",
    "show me all high priority work orders",
    "what maintenance is outstanding at {property}",
    "hvac work orders in progress",
    "work orders on hold",
    "what's open for maintenance at {property}",
    "how many open tickets do we have",
    "show electrical work orders at {property}",
    "any maintenance requests for {unit}",
    "pending maintenance at {property}",
    "list all the appliance tickets",
    "pest control tickets at {property}",
    "completed work orders at {property}",
    "urgent tickets at {property}",
    "what are the open maintenance issues at {property}",
    "maintenance backlog at {property}",
    "all work orders at {property}",
    "service requests still open",
    "what work orders are in progress",
    "low priority tickets at {property}",
    "any repairs outstanding on {unit} at {property}",
    "show emergency work orders",
    "is there any maintenance open on {unit}",
    "tickets on hold at {property}",
    "what is maintenance working on at {property}",
    "unfinished work orders at {property}",
    "list the leak tickets at {property}",
    "which repairs are done at {property}",
    "how many plumbing work orders are open at {property}",
    "current work orders {property}",
    "maintenance tickets for {unit}",
    "any AC tickets open",
    "what's the maintenance queue look like at {property}",
    "work order list for {property}",
    "show tickets",
    "open service tickets",
    "do we have any bed bug requests at {property}",
    "what maintenance has been closed at {property}",
    "anything broken at {property} that's still open",
    "anything open for {unit} at {property}",
    "is there a ticket open for {unit}",
    "what's open in maintenance for {unit} at {property}",
    "any work orders for {unit}",
    "bug reports at {property}",
    "any pest problems reported at {property}",
    "which tickets are still open at {property}",
    "what's broken at {property}",
    "how many work orders are open",
    "any emergencies at {property}",
    "show all urgent maintenance at {property}",
    "open plumbing requests",
    "what tickets are on hold at {property}",
    "whats in progress at {property}",
    "ac complaints open at {property}",
    "list finished work orders at {property}",
    "any appliance repairs outstanding at {property}",
    "maintenance requests that are done at {property}",
    "outstanding work orders {property}",
    "what maintenance do we have going on at {unit}",
    "high priority tickets",
    "electrical problems at {property}",
    "low priority stuff that's still open at {property}",
    "show me maintenance requests at {property} that are on hold",
    "hvac tickets {property}",
    "open requests for {unit} {property}",
    "are there any leaks reported at {property}",
    "what tickets does {unit} at {property} have",
    "what's on hold for {unit} {property}",
    "does {unit} have any tickets open",
    "what maintenance is in progress for {unit}",
    "which work orders does {unit} at {property} have open",
    "what's been done on {unit} at {property} by maintenance",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber | None = Field(default=None, description="Unit number")
    status: Status | None = Field(default=None, description="Status")
    priority: Priority | None = Field(default=None, description="Priority")
    category: Category | None = Field(default=None, description="Trade")


class Result(ToolOutput):
    """The work orders that fit, most urgent first; `where` reads "at Maple Grove"."""

    where: str
    days: int  # how far back completed ones are counted
    found: WorkOrderList


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property) if args.unit else None
        area = await area_of(session, ctx.principal, place.home.name if place else args.property)
        wanted = WorkOrderFilter(args.status, args.priority, args.category, place.unit.id if place else None)
        found = await work_orders(session, area, wanted, ctx.clock.now(), ctx.rows)
        where = f"in {place}" if place else area.label
        sources = await area.sources(session, "work_orders", f"Work orders {where}")
    return Result(where=where, days=COMPLETED_DAYS, found=found, sources=sources)


def _kind(args: Args) -> str:
    kind = trade(args.category) if args.category else ""
    status = {None: "unfinished", "open": "open", "in_progress": "in-progress", "on_hold": "on-hold"}
    return " ".join(part for part in (status.get(args.status, "completed"), args.priority, kind, "work order") if part)


def _split(found: WorkOrderList) -> str:
    """How the total divides, when it does: ": 3 not started and 2 in progress"."""
    if len(found.by_status) < 2:
        return ""
    order = ("open", "in_progress", "on_hold", "completed")
    names = {"open": "not started", "in_progress": "in progress", "on_hold": "on hold"}
    return ": " + joined([f"{found.by_status[key]:,} {names.get(key, key)}" for key in order if key in found.by_status])


def present(args: Args, result: Result) -> Presentation:
    found, kind = result.found, _kind(args)
    where = commas(result.where, f"in the last {result.days} days" if args.status == "completed" else "")
    if not found.total:
        return Presentation(text=f"There are no {kind}s {where}.", follow_ups=("Show me all unfinished work orders",))
    split = _split(found)
    urgent = found.by_priority.get("emergency", 0)
    first = found.lines[0]
    done = args.status == "completed"
    text = sentence(
        f"there {are(found.total)} {counted(found.total, kind)} {where}{split}.",
        f"{counted(urgent, 'emergency', 'emergencies')} {are(urgent)} among them."
        if urgent and not done and args.priority is None
        else "",
        f"The oldest has been open for {counted(found.oldest_days, 'day')}." if found.oldest_days and not done else "",
        carried(found.total, len(found.lines), "latest" if done else "most urgent"),
    )
    return Presentation(
        text=text,
        table=_table(result, done),
        follow_ups=_follow_ups(first),
    )


def _follow_ups(first: WorkOrderLine) -> tuple[str, ...]:
    about = f"Tell me about {first.number}"
    if first.category not in ("plumbing", "electrical", "hvac", "pest"):
        return (about,)
    return (about, f"Which {trade(first.category)} vendors are approved for {first.property}?")


def _table(result: Result, done: bool) -> Table:
    last = Column("completed_on", "Completed", ColumnKind.DATE) if done else Column("age", "Days", ColumnKind.NUMBER)
    return Table(
        title=f"Work orders {result.where}",
        columns=(
            Column("number", "Number"),
            Column("property", "Property"),
            Column("unit", "Unit"),
            Column("description", "Problem"),
            Column("category", "Trade"),
            Column("priority", "Priority"),
            Column("status", "Status"),
            Column("assignee", "Assigned to"),
            Column("opened_on", "Opened", ColumnKind.DATE),
            last,
        ),
        rows=tuple(
            (
                line.number,
                line.property,
                line.unit,
                line.description,
                trade(line.category),
                line.priority,
                words(line.status),
                line.assignee,
                line.opened_on,
                line.completed_on if done else line.age_days,
            )
            for line in result.found.lines
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="list_work_orders",
    title="Work orders",
    description=(
        "List maintenance work orders filtered by property, status, priority or category. Without a status: "
        "everything unfinished. The status open covers work not started and in progress, not what is on hold; "
        "completed covers the last 90 days."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.MAINTENANCE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the work orders",
    examples=(
        "Open work orders at Maple Grove",
        "Any emergency maintenance tickets right now?",
        "Which service requests got completed at Cedar Ridge?",
    ),
)
