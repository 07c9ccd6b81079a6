"""Open a new maintenance work order for a unit."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.writing import Write
from app.portfolio.find import UnitPlace, find_unit, living_in
from app.portfolio.maintenance import WorkOrderDetails, trade_of, unfinished_in, work_order_by_id
from app.portfolio.sources import cite, system_name
from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import joined, sentence, trade

Priority = Literal["low", "normal", "high", "emergency"]

PHRASES: tuple[str, ...] = (
    "create a work order: kitchen sink leaking in {unit} at {property}",
    "{unit} at {property} has no heat, log an emergency ticket",
    "new ticket, {unit} {property}: broken bedroom window lock",
    "submit a urgent work order for {unit} {property}, toilet overflowing",
    "ugh {unit} at {property} called again, the dryer is broken. pls put a ticket in",
    "put in a ticket for {unit}, ac not working",
    "open a work order for {unit} at {property} - light fixture out",
    "log a maintenance request for {unit}: dishwasher leaking",
    "resident in {unit} says the oven won't turn on, make a work order",
    "the toilet is clogged in {unit} at {property}, please open a ticket",
    "need a work order for {unit}, garage door stuck",
    "report a leak in {unit} at {property}",
    "add a ticket: {unit}, broken blinds",
    "there's a leak under the sink in {unit} at {property}, need maintenance",
    "create a maintenance request for {unit} at {property}, mold in bathroom",
    "start a work order {unit} {property} front door won't lock",
    "{unit} needs a new smoke detector battery, put in a work order",
    "send maintenance to {unit} at {property}, the fridge died",
    "tenant at {unit} {property} complained about roaches, create a ticket",
    "file a work order for {unit} at {property} - shower drain slow, low priority",
    "can you get someone to fix the faucet in {unit} at {property}",
    "emergency work order {unit} {property} gas smell",
    "make a ticket for {unit} for a loose railing",
    "please submit a service request for {unit} at {property}: no hot water",
    "enter a work order for {unit} - washing machine leaking",
    "the heater is out in {unit}, get a ticket going",
    "get maintenance out to {unit}, disposal jammed",
    "{unit} at {property} has water dripping from the ceiling, high priority ticket please",
    "work order for {unit}: ceiling fan wobbling",
    "write up a work order on {unit} at {property}, cabinet door came off",
    "resident called, {unit}'s thermostat is dead, open a work order",
    "new work order {unit} {property} clogged tub",
    "new maintenance ticket: {unit} windows won't open",
    "log that the garbage disposal in {unit} is humming",
    "i need someone to look at the ac in {unit} at {property}",
    "open a wo for {unit}, mice in the pantry",
    "{unit} {property} no hot water, put in a ticket",
    "hey {unit} at {property} says the fridge stopped working, can we get a work order",
    "ticket please, {unit} at {property}, door won't close",
    "tenant in {unit} called about a broken window, log it as high priority",
    "can you log a ticket: {unit}, bathroom fan loud",
    "need maintenance at {unit} {property}, ceiling is leaking, emergency",
    "the ac's out in {unit}, pls create a work order",
    "there's mold in {unit} at {property}, open a high priority ticket",
    "put a work order in for {unit} - carpet ripped",
    "wo for {unit} {property}: washer shaking",
    "{unit} needs a plumber, sink is backed up, make a ticket",
    "can maintenance check the heater in {unit} at {property}",
    "lights flickering in {unit}, put in an urgent work order",
    "resident at {unit} locked out, deadbolt jammed, create ticket",
    "submit ticket {unit} oven not heating",
    "{unit} has ants, open a work order",
    "report {unit} at {property}: broken mailbox",
    "she says her toilet keeps running, {unit} at {property}, need a ticket",
    "got a complaint from {unit}, dryer won't start, please log it",
    "ugh {unit} again, stove won't light. can you open a ticket",
    "create a low priority work order for {unit}: squeaky door",
    "log an emergency for {unit}, pipe burst",
    "please get a work order going for {unit} at {property}, shower has no pressure",
    "lol {unit} at {property} again, the tub is leaking. urgent!! ticket pls",
    "open a new one for {unit} {property}, faucet dripping",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    description: str = Field(description="What is wrong")
    priority: Priority | None = Field(default=None, description="Priority")


LONGEST = 2000  # characters of a description


class Result(ToolOutput):
    """The work order as it reads in its system after it was opened."""

    work_order: WorkOrderDetails


def _described(args: Args) -> str:
    if not args.description:
        raise Fixable("A work order needs a few words on what is wrong.", next_step="What is the problem?")
    if len(args.description) > LONGEST:
        raise Fixable(f"That description is longer than {LONGEST:,} characters.", next_step="Please shorten it.")
    return args.description


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    description = _described(args)
    category = trade_of(description)
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
        resident = await living_in(session, place.unit)
        same = await unfinished_in(session, ctx.principal, place, category, ctx.clock.now())
    system = ctx.services.systems.of(place.unit.source, "work_order").source
    numbers = joined([one.line.number for one in same])
    return Preparation(
        title="Open a work order",
        consequence=sentence(
            f"a new work order is opened in {system_name(system)} for {place}.",
            f"Please check first: {numbers} in the same trade {'is' if len(same) == 1 else 'are'} unfinished there."
            if same
            else "",
        ),
        arguments={
            "property": place.home.name,
            "unit": place.unit.number,
            "description": description,
            "priority": args.priority or "normal",
        },
        changes=(
            FieldChange("Unit", "", f"{place.unit.number} at {place.home.name}"),
            FieldChange("Occupied", "", "yes" if resident else "no"),  # who does is not for everybody in a channel
            FieldChange("Problem", "", description),
            FieldChange("Trade", "", trade(category)),
            FieldChange("Priority", "", args.priority or "normal"),
        ),
        property_id=place.home.id,
        editable=("description", "priority"),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    description = _described(args)
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
        resident = await living_in(session, place.unit)
    made = await ctx.services.systems.of(place.unit.source, "work_order").write(
        Write(
            "work_order",
            ctx.principal.workspace_id,
            _order(place, resident.id if resident else None, description, args.priority or "normal"),
            ctx.idempotency_key,
        )
    )
    return await _read_back(ctx, made)


def _order(place: UnitPlace, resident_id: str | None, description: str, priority: str) -> dict[str, Any]:
    return {
        "property_id": place.home.id,
        "unit_id": place.unit.id,
        "resident_id": resident_id,
        "description": description,
        "category": trade_of(description),
        "priority": priority,
    }


async def reconcile(ctx: ToolContext, args: Args) -> Result | None:
    """After an unknown outcome: the work order that was made after all, or None."""
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
    made = await ctx.services.systems.of(place.unit.source, "work_order").find(
        "work_order", workspace_id=ctx.principal.workspace_id, idempotency_key=ctx.idempotency_key
    )
    return None if made is None else await _read_back(ctx, made)


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
            f"{line.number} is open for unit {line.unit} at {line.property}:",
            f"{line.description.rstrip('.')} ({trade(line.category)}, {line.priority} priority).",
            f"It is assigned to {line.assignee}." if line.assignee else "Nobody is assigned yet.",
        ),
        follow_ups=(f"Assign {line.number} to a technician", f"Open work orders at {line.property}"),
    )


TOOL = Tool(
    name="create_work_order",
    title="New work order",
    description="Open a new maintenance work order for a unit",
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
    doing="Opening the work order",
    examples=(
        "Create a work order: kitchen sink leaking in 204 at Stonegate",
        "Unit 7A at Willow Creek has no heat, log an emergency ticket",
        "New ticket, 12B Parkview Tower: broken bedroom window lock",
    ),
)
