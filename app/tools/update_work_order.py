"""Change the status or assignee of an existing work order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.answer import FieldChange
from app.domain.errors import Fixable, NotFound
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.writing import Write
from app.portfolio.find import find_teammate, find_vendor
from app.portfolio.maintenance import WorkOrderDetails, find_work_order, work_order_by_id
from app.portfolio.sources import cite, system_name
from app.tools.core.arguments import WorkOrderNumber
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import joined, sentence, words

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
    "{teammate} finished {wo}",
    "close out {wo} it's fixed",
    "can you mark {wo} done",
    "{wo} - put it on hold till parts come",
    "{teammate} is on {wo}, set it to in progress",
    "give {wo} to {vendor} and mark it in progress",
    "{wo} all set, close",
    "assign {teammate} to {wo}",
    "{wo} needs to be reopened, it's leaking again",
    "flip {wo} to in progress",
    "{wo} is on hold",
    "set {wo} as completed",
    "tech says {wo} is done so close it",
    "switch {wo} over to {vendor}",
    "change the assignee on {wo} to {teammate}",
    "{wo} should be assigned to {teammate}",
    "have {vendor} do {wo}",
    "pls complete {wo}",
    "{wo} started",
    "hold {wo}",
    "route {wo} to {vendor}",
    "close {wo}, it's done",
    "hand {wo} over to {teammate}",
    "close it",
    "close it out",
    "mark it done",
    "reopen it",
    "put it on hold",
    "assign it to {teammate}",
    "give it to {vendor}",
    "hand {wo} to {teammate}, the work order",
    "give {teammate} {wo}",
)


class Args(ToolArgs):
    work_order_id: WorkOrderNumber = Field(description="Work order number, e.g. WO-1042")
    status: Status | None = Field(default=None, description="New status")
    assignee: str | None = Field(default=None, description="Technician or vendor to assign")


class Result(ToolOutput):
    """The work order as it reads in its system after the change."""

    work_order: WorkOrderDetails


async def _assignee(session: AsyncSession, ctx: ToolContext, name: str) -> str:
    """The full name of the teammate or vendor meant. Raises NotFound with near names from both."""
    try:
        return (await find_teammate(session, ctx.principal, name)).name
    except NotFound as nobody:
        near = nobody.near
    try:
        return (await find_vendor(session, ctx.principal, name)).name
    except NotFound as nobody:
        close = (*near, *nobody.near)
        raise NotFound(
            f"I couldn't find a teammate or vendor called “{name}”.",
            near=close,
            next_step=f"Did you mean {joined(close, 'or')}?" if close else "Who should take it?",
        ) from None


def _changes(found: WorkOrderDetails, status: str | None, assignee: str | None) -> dict[str, str]:
    """What would really change. Raises Fixable when nothing would."""
    if status is None and assignee is None:
        raise Fixable("What shall I change: the status, or who does it?", code="nothing_to_change")
    line = found.line
    changes = {
        key: new
        for key, old, new in (("status", line.status, status), ("assignee", line.assignee, assignee))
        if new is not None and new != old
    }
    if not changes:
        raise Fixable(f"{line.number} is like that already.", code="no_change")
    return changes


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    async with ctx.db.reading() as session:
        found = await find_work_order(session, ctx.principal, args.work_order_id, ctx.clock.now())
        assignee = await _assignee(session, ctx, args.assignee) if args.assignee else None
    changes = _changes(found, args.status, assignee)
    system = ctx.services.systems.of(found.id.partition(":")[0], "work_order").source
    line = found.line
    labels = {"status": ("Status", line.status), "assignee": ("Assigned to", line.assignee or "nobody")}
    return Preparation(
        title=f"Change {line.number}",
        consequence=sentence(
            f"{line.number} ({line.description.rstrip('.')}, {_place(found)})",
            f"is changed in {system_name(system)}.",
        ),
        arguments={"work_order_id": line.number, **changes},
        changes=tuple(
            FieldChange(labels[key][0], words(labels[key][1]), words(new) if key == "status" else new)
            for key, new in changes.items()
        ),
        property_id=found.property_id,
        editable=tuple(changes),
    )


def _place(found: WorkOrderDetails) -> str:
    line = found.line
    return f"unit {line.unit} at {line.property}" if line.unit else line.property


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        found = await find_work_order(session, ctx.principal, args.work_order_id, ctx.clock.now())
        assignee = await _assignee(session, ctx, args.assignee) if args.assignee else None
    wanted = {key: value for key, value in (("status", args.status), ("assignee", assignee)) if value is not None}
    changed = await ctx.services.systems.of(found.id.partition(":")[0], "work_order").write(
        Write("work_order", ctx.principal.workspace_id, wanted, ctx.idempotency_key, record_id=found.id)
    )
    return await _read_back(ctx, changed)


async def reconcile(ctx: ToolContext, args: Args) -> Result | None:
    """After an unknown outcome: the work order if it reads as it was meant to, None if not."""
    async with ctx.db.reading() as session:
        found = await find_work_order(session, ctx.principal, args.work_order_id, ctx.clock.now())
    line = found.line
    as_meant = args.status in (None, line.status) and args.assignee in (None, line.assignee)
    return await _read_back(ctx, found.id) if as_meant else None


async def _read_back(ctx: ToolContext, row_id: str) -> Result:
    async with ctx.db.reading() as session:
        found = await work_order_by_id(session, ctx.principal, row_id, ctx.clock.now())
        rows = [(found.id, found.as_of)]
        sources = await cite(session, ctx.principal.workspace_id, "work_orders", found.line.number, rows)
    return Result(work_order=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    line = result.work_order.line
    return Presentation(
        text=sentence(
            f"{line.number} ({line.description.rstrip('.')}, {_place(result.work_order)}) is now {words(line.status)},",
            f"assigned to {line.assignee}." if line.assignee else "not assigned to anyone.",
        ),
        follow_ups=(f"Open work orders at {line.property}",),
    )


TOOL = Tool(
    name="update_work_order",
    title="Change a work order",
    description="Change the status or assignee of an existing work order",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.MAINTENANCE_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_MAINTENANCE),
    reconcile=reconcile,
    phrases=PHRASES,
    doing="Changing the work order",
    examples=("Assign work order 2217 to Luis", "Put WO-1310 on hold", "Close out ticket #1987"),
)
