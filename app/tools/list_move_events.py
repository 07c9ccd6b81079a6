"""List scheduled move-ins or move-outs in a date range."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.leases import MoveEvents, move_events
from app.tools.core.dates import coming
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, counted, day, sentence

EventType = Literal["move_in", "move_out"]

PHRASES: tuple[str, ...] = (
    "move outs scheduled for {period}",
    "any move-ins tomorrow",
    "upcoming moveouts at {property} through {date}",
    "who is moving in {period} at {property}",
    "who's moving out {date}",
    "move-ins {period}",
    "list of move outs at {property} {period}",
    "which residents are leaving {property} in {period}",
    "how many move ins this week",
    "do we have anyone moving in {date}",
    "scheduled move-ins for {property}",
    "residents vacating in {period}",
    "who's vacating {property}",
    "show move outs next week",
    "new residents arriving at {property} {date}",
    "need to know who moves out by {date}",
    "movein schedule {period}",
    "moveouts {property}",
    "what move-ins are coming up",
    "how many people moved out last month",
    "upcoming move ins at {property} this week",
    "who moves in at {property} on {date}",
    "anybody moving out of {property} {period}",
    "who's getting keys {date}",
    "any departures at {property} {period}",
    "show me the move in calendar for {period}",
    "who is leaving us {period}",
    "which units move out {period} at {property}",
    "list everyone moving in between {date} and {date}",
    "move-out list for {period}",
    "did anyone move in at {property} yesterday",
    "how many move outs are there at {property} in {period}",
    "moving in {period} at {property}",
    "who gave notice and is moving out {period}",
    "tenants moving out at {property} over the next 30 days",
    "new move-ins",
    "who do we have moving in {date} at {property}",
    "upcoming move-outs",
    "who all is moving in {date}",
    "any move outs at {property} {date}",
    "need the move in list for {property}",
    "whos leaving {property} by {date}",
    "how many people are moving out in {period}",
    "how many move-ins at {property} {period}",
    "get me the move outs for {period}",
    "i have to prep units, who moves in at {property} {period}",
    "which apartments are turning over, move outs {period}",
    "who's out at {property} {period}",
    "people vacating by {date}",
    "are there any move ins on {date} at {property}",
    "upcoming moveins",
    "move-out schedule at {property} between {date} and {date}",
    "new tenants coming in {period}",
    "who handed in notice to leave {period} at {property}",
    "did we have move outs yesterday",
    "residents arriving {date}",
    "anybody moving out soon at {property}",
    "who left {property} in {period}",
)


class Args(ToolArgs):
    event_type: EventType = Field(description="Which event")
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


DAYS = 30


class Result(ToolOutput):
    """The move-ins or move-outs of the period, soonest first."""

    where: str
    period: Period
    found: MoveEvents


async def run(ctx: ToolContext, args: Args) -> Result:
    period = coming(ctx.today, args.start_date, args.end_date, days=DAYS)
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await move_events(session, area, args.event_type, period, ctx.rows)
        kind = "Move-ins" if args.event_type == "move_in" else "Move-outs"
        sources = await area.sources(session, "leases", f"{kind} {period} {area.label}")
    return Result(where=area.label, period=period, found=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found, kind = result.found, "move-in" if args.event_type == "move_in" else "move-out"
    if not found.total:
        other = "Move-outs" if args.event_type == "move_in" else "Move-ins"
        return Presentation(
            text=f"No {kind}s are scheduled {result.where} for {result.period}.",
            follow_ups=(f"{other} in the next 30 days",),
        )
    first = found.events[0]
    text = sentence(
        f"{counted(found.total, kind)} {are(found.total)} scheduled {result.where} for {result.period}.",
        f"{'The first is' if found.total > 1 else 'It is'} {first.resident}, unit {first.unit} at {first.property},",
        f"on {day(first.moves_on)}.",
        carried(found.total, len(found.events), "soonest"),
    )
    inspection = "move-in" if args.event_type == "move_in" else "move-out"
    return Presentation(
        text=text,
        table=_table(result, kind),
        follow_ups=(
            f"Pull up the lease for {first.resident}",
            f"Schedule a {inspection} inspection of unit {first.unit} at {first.property}",
        ),
    )


def _table(result: Result, kind: str) -> Table:
    return Table(
        title=f"{kind.capitalize()}s {result.period}",
        columns=(
            Column("moves_on", "Date", ColumnKind.DATE),
            Column("resident", "Resident"),
            Column("property", "Property"),
            Column("unit", "Unit"),
            Column("bedrooms", "Beds", ColumnKind.NUMBER),
            Column("rent", "Rent", ColumnKind.MONEY),
            Column("past_due", "Past due", ColumnKind.MONEY),
        ),
        rows=tuple(
            (move.moves_on, move.resident, move.property, move.unit, move.bedrooms, move.rent, move.past_due)
            for move in result.found.events
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="list_move_events",
    title="Move-ins and move-outs",
    description="List scheduled move-ins or move-outs in a date range. Without dates: the next 30 days.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through move-ins and move-outs",
    examples=(
        "Move outs scheduled for April",
        "Any move-ins tomorrow?",
        "Upcoming move-outs at Elm Street through the end of May",
    ),
)
