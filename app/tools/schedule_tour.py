"""Book a property tour for a prospect."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import GuestCard, Tour
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import Area, area_of
from app.portfolio.register import own_source, record_once
from app.portfolio.tours import booked_at, guest_card_of
from app.tools.core.arguments import ClockTime
from app.tools.core.dates import not_past, sensible
from app.tools.core.own_records import looked_up
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, moment, sentence

PHRASES: tuple[str, ...] = (
    "book a tour for {contact} at {property} this friday at 2pm",
    "schedule {person} to see {property} on {date} at {time}",
    "set up a visit for {contact}, {property}, {date} {time}",
    "book {contact} for a tour at {property} {date} at {time}",
    "{contact} wants to see {property} {date}",
    "put {contact} down for a tour of {property} {date} {time}",
    "schedule a showing at {property} for {stranger} {date} {time}",
    "add a tour for {stranger} at {property} on {date}",
    "can {contact} tour {property} {date} {time}",
    "set up a tour of {property} with {stranger} for {date}",
    "new prospect {stranger} would like to visit {property} {date} at {time}",
    "pencil in {contact} at {property} {date}, {time}",
    "tour for {contact} {property} {date}",
    "get {stranger} in for a showing at {property} {date} {time}",
    "{stranger} is coming to look at {property} {date} {time}, book it",
    "please schedule a property tour {date} {time} {property} {contact}",
    "arrange a walkthrough of {property} for {contact} on {date}",
    "i need a tour booked at {property} for {stranger} {date} around {time}",
    "sign {contact} up for a tour {date} at {property}",
    "book a showing: {stranger}, {property}, {date} {time}",
    "slot {contact} in for {property} {date} at {time}",
    "let's get {contact} out to {property} {date} at {time}",
    "make a tour appointment for {stranger} at {property} {date} {time}",
    "{contact} called and wants to tour {property} on {date}",
    "show {contact} around {property} {date} at {time}",
    "put a tour on the calendar for {contact} at {property} {date}",
    "have {stranger} come by {property} for a tour {date} at {time}",
    "tour {date} {time} {property} {stranger}",
    "schedule tour {contact} {property} {date}",
    "book an appointment for {contact} to view {property} {date} {time}",
    "give {stranger} the {time} tour at {property} {date}",
    "reserve a tour slot at {property} {date} {time} for {contact}",
    "{stranger} wants to look at {property} {date} around {time}, can you book it",
    "get {contact} on the tour schedule at {property} {date} {time}",
    "can you set {stranger} up to see {property} on {date}",
    "{contact} would like to view {property} {date} at {time}",
    "book {stranger} in at {property} for {date} {time}",
    "need to schedule {contact} for a {property} tour, {date} {time}",
    "put a showing on for {stranger}, {property}, {date} {time}",
    "tour request from {stranger}: {property} {date} {time}",
    "lead {stranger} can do {date} at {time} at {property}, please schedule the tour",
    "schedule a walk through at {property} with {contact} {date} {time}",
    "{contact}, tour, {property}, {date} {time}",
    "add {stranger} to {date}'s tours at {property} at {time}",
    "{stranger} is free {date} {time} to visit {property}, set it up",
    "let's have {contact} tour {property} {date}",
    "schedule {stranger} tour {property} {time} {date}",
    "book me a tour at {property} with {contact} {date} {time}",
    "can {stranger} come see {property} {date} at {time}",
    "guy named {stranger} wants to see {property} {date} at {time}, set it up",
)


class Args(ToolArgs):
    prospect: str = Field(description="Prospect name")
    property: str = Field(description="Property (community) name")
    date: dt.date = Field(description="Tour date, YYYY-MM-DD")
    time: ClockTime | None = Field(default=None, description="Tour time, 24h HH:MM")


FIRST_HOUR, LAST_HOUR = 7, 20  # nobody shows an apartment at night
LONGEST_NAME = 120


class Result(ToolOutput):
    """The tour as it was booked; `starts_at` is in UTC, `timezone` the community's."""

    prospect: str
    property: str
    starts_at: dt.datetime
    timezone: str


def _starts_at(ctx: ToolContext, args: Args, timezone: str) -> dt.datetime:
    """The moment asked for. Raises Fixable when it is missing, past, or at night."""
    sensible(args.date, ctx.today)
    not_past(args.date, ctx.today, "a tour")
    if args.time is None:
        raise Fixable("At what time shall the tour start?", code="time_missing")
    clock = dt.time.fromisoformat(args.time)
    if not FIRST_HOUR <= clock.hour <= LAST_HOUR:
        raise Fixable(
            f"{clock:%-I:%M %p} is outside of tour hours ({FIRST_HOUR} AM to {LAST_HOUR - 12} PM).",
            next_step="Which time suits?",
            code="outside_hours",
        )
    start = dt.datetime.combine(args.date, clock, ZoneInfo(timezone))
    if start < ctx.clock.now():
        raise Fixable(
            f"{moment(start, timezone)} has passed already.", next_step="Which time suits?", code="date_in_past"
        )
    return start


async def _prospect(session: AsyncSession, area: Area, args: Args) -> tuple[str, GuestCard | None]:
    if not args.prospect or len(args.prospect) > LONGEST_NAME:
        raise Fixable("I need the prospect's name to book a tour.", next_step="Who is coming?")
    card = await guest_card_of(session, area, args.prospect)
    return (card.name if card else args.prospect), card


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        home = area.communities[0]
        start = _starts_at(ctx, args, home.timezone)
        prospect, card = await _prospect(session, area, args)
        others = await booked_at(session, area, start)
    if prospect in others:
        raise Fixable(
            f"{prospect} already has a tour at {home.name}, {moment(start, home.timezone)}.", code="already_booked"
        )
    known = f"guest card of {card.inquired_on:%b %-d}" if card else "no guest card yet"
    return Preparation(
        title="Book a tour",
        consequence=sentence(
            "the tour is entered in Sophia's register; the prospect is not told by this.",
            f"{counted(len(others), 'other tour')} {'starts' if len(others) == 1 else 'start'} at the same time."
            if others
            else "",
        ),
        arguments={
            "prospect": prospect,
            "property": home.name,
            "date": args.date.isoformat(),
            "time": args.time,
        },
        changes=(
            FieldChange("Prospect", "", f"{prospect} ({known})"),
            FieldChange("Community", "", home.name),
            FieldChange("Starts", "", moment(start, home.timezone)),
        ),
        property_id=home.id,
        editable=("date", "time"),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    now = ctx.clock.now()
    async with ctx.db.transaction() as session:
        area = await area_of(session, ctx.principal, args.property)
        home = area.communities[0]
        prospect, card = await _prospect(session, area, args)
        tour = await record_once(
            session,
            Tour,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            property_id=home.id,
            prospect=prospect,
            guest_card_id=card.id if card else None,
            starts_at=_starts_at(ctx, args, home.timezone),
            status="booked",
            agent=ctx.principal.name,
            as_of=now,
        )
        return Result(
            prospect=tour.prospect,
            property=home.name,
            starts_at=tour.starts_at,
            timezone=home.timezone,
            sources=own_source(f"Tour of {tour.prospect}", now),
        )


def present(args: Args, result: Result) -> Presentation:
    return Presentation(
        text=sentence(
            f"{result.prospect}'s tour of {result.property} is booked for",
            f"{moment(result.starts_at, result.timezone)}.",
        ),
        follow_ups=(f"Which units are available at {result.property}?", f"Which tours does {result.property} have?"),
    )


TOOL = Tool(
    name="schedule_tour",
    title="New tour",
    description="Book a property tour for a prospect",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.LEASING_WRITE,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_LEASING),
    reconcile=looked_up(Tour, run),
    phrases=PHRASES,
    doing="Booking the tour",
    examples=(
        "Book a tour for Dana Whitman at Maple Grove this Friday at 2pm",
        "Schedule Tessa Moreau to see Harbor Point on 3/25 at noon",
        "Set up a visit for Rebecca Stone, Sunset Villas, next Monday 4:15 pm",
    ),
)
