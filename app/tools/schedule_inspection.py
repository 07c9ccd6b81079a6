"""Schedule an inspection of a unit."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.db.models.maintenance import Inspection
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.find import find_unit, living_in
from app.portfolio.inspections import inspections_on
from app.portfolio.register import own_source, record_once
from app.tools.core.arguments import UnitNumber
from app.tools.core.dates import not_past, sensible
from app.tools.core.own_records import looked_up
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import day, sentence

InspectionType = Literal["move_in", "move_out", "annual", "safety"]

PHRASES: tuple[str, ...] = (
    "annual inspection {unit} {property} {date}",
    "set up the move in inspection on {unit} {property} for {date}",
    "inspect {unit} at {property} on {date}",
    "schedule a move-out inspection for {unit} {date}",
    "book a safety inspection of {unit} at {property} {date}",
    "put {unit} on the schedule for inspection {date}",
    "do a walkthrough inspection of {unit} on {date}",
    "schedule inspection {unit} {property} {date}",
    "move out inspection for {unit} at {property} {date}",
    "plan an annual inspection for {unit} on {date}",
    "add an inspection for {unit} at {property} {date}",
    "need {unit} inspected {date}",
    "can we inspect {unit} {date}",
    "set an inspection of {unit} {property} for {date}",
    "move-in walk for {unit} {date}",
    "get {unit} at {property} inspected by {date}",
    "safety check on {unit} {date}",
    "fire safety inspection {unit} {date}",
    "have someone inspect {unit} at {property} {date}",
    "pre move out inspection on {unit} {date}",
    "yearly inspection {unit} at {property} {date}",
    "arrange an inspection of {unit} for {date}",
    "schedule the final walk for {unit} {date} they are moving out",
    "put an inspection on the calendar {unit} {property} {date}",
    "book the move-in inspection {unit} {date}",
    "inspection at {unit} {property} {date} please",
    "we need to do an inspection in {unit} {date}",
    "schedule a unit inspection {unit} {property} {date}",
    "line up an annual for {unit} at {property} on {date}",
    "{unit} at {property} needs its annual {date}",
    "walk {unit} on {date} for move out",
    "schedule move out walk {unit} {property} {date}",
    "let's inspect {unit} {date}",
    "set a safety inspection for {unit} on {date}",
    "book an inspection at {unit} {property} for {date}",
    "put the annual inspection for {unit} on {date}",
    "can you schedule someone to inspect {unit} at {property} {date}",
    "they move out {date}, schedule the move-out inspection for {unit}",
    "inspection for {unit} {date}",
    "move in walk through {unit} {property} {date}",
    "get the fire inspection on the books for {unit} {date}",
    "do the annual on {unit} {date}",
    "final inspection {unit} at {property} {date}, they're moving out",
    "pencil {unit} in for an inspection {date}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    inspection_type: InspectionType | None = Field(default=None, description="Kind of inspection")
    date: dt.date = Field(description="Inspection date, YYYY-MM-DD")


class Result(ToolOutput):
    """The inspection as it was scheduled."""

    kind: InspectionType
    unit: str
    property: str
    on: dt.date
    lived_in: bool


_WORDS: dict[InspectionType, str] = {
    "move_in": "move-in",
    "move_out": "move-out",
    "annual": "annual",
    "safety": "safety",
}


def _a(kind: InspectionType) -> str:
    """`an annual`, `a move-in`."""
    return f"{'an' if kind == 'annual' else 'a'} {_WORDS[kind]}"


def _checked_day(ctx: ToolContext, args: Args) -> dt.date:
    sensible(args.date, ctx.today)
    return not_past(args.date, ctx.today, "an inspection")


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    on, kind = _checked_day(ctx, args), args.inspection_type or "annual"
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
        resident = await living_in(session, place.unit)
        known = await inspections_on(session, place.unit, on)
    if kind in known:
        raise Fixable(sentence(f"{place} already has {_a(kind)} inspection on {day(on)}."), code="already_scheduled")
    return Preparation(
        title="Schedule an inspection",
        consequence=sentence(
            "the inspection is entered in Sophia's register.",
            "Somebody lives there and is not told by this: a notice of entry may be due." if resident else "",
        ),
        arguments={
            "property": place.home.name,
            "unit": place.unit.number,
            "inspection_type": kind,
            "date": on.isoformat(),
        },
        changes=(
            FieldChange("Unit", "", f"{place.unit.number} at {place.home.name}"),
            FieldChange("Kind", "", _WORDS[kind]),
            FieldChange("Day", "", day(on)),
            FieldChange("Occupied", "", "yes" if resident else "no"),  # who does is not for everybody in a channel
        ),
        property_id=place.home.id,
        editable=("date", "inspection_type"),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    on, now = _checked_day(ctx, args), ctx.clock.now()
    async with ctx.db.transaction() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
        resident = await living_in(session, place.unit)
        inspection = await record_once(
            session,
            Inspection,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            property_id=place.home.id,
            unit_id=place.unit.id,
            kind=args.inspection_type or "annual",
            scheduled_on=on,
            created_by=ctx.principal.user_id,
            as_of=now,
        )
        return Result(
            kind=args.inspection_type or "annual",
            unit=place.unit.number,
            property=place.home.name,
            on=inspection.scheduled_on,
            lived_in=resident is not None,
            sources=own_source(f"Inspection of {place}", now),
        )


def present(args: Args, result: Result) -> Presentation:
    return Presentation(
        text=sentence(
            f"{_a(result.kind)} inspection of unit {result.unit} at {result.property} is set for {day(result.on)}."
        ),
        follow_ups=(f"Who lives in unit {result.unit} at {result.property}?",) if result.lived_in else (),
    )


TOOL = Tool(
    name="schedule_inspection",
    title="New inspection",
    description="Schedule an inspection of a unit; an annual one when no kind is given",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.MAINTENANCE_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_MAINTENANCE),
    reconcile=looked_up(Inspection, run),
    phrases=PHRASES,
    doing="Scheduling the inspection",
    examples=(
        "Annual inspection of unit 318 at Maple Grove next Tuesday",
        "Set up the move-in inspection on apt 507 Elm Street for 4/1",
        "Inspect unit 88 at Magnolia Place on Friday",
    ),
)
