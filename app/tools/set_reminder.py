"""Remind the user about something at a date and time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from pydantic import Field

from app.db.models.assistant import Reminder
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.register import own_source, record_once
from app.tools.core.arguments import ClockTime
from app.tools.core.dates import sensible
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import moment, sentence

PHRASES: tuple[str, ...] = (
    "remind me to call {contact} tomorrow at 3pm",
    "set a reminder for {date} at 9am: submit the monthly close",
    "reminder in 2 hours to check the boiler",
    "dont let me forget to send the owner report {date} morning at 8:30",
    "remind me {date} to order filters",
    "remind me at {time} to lock up",
    "ping me {date} about the roof inspection",
    "reminder: renew the permit {date}",
    "set a reminder to follow up with {contact}",
    "nudge me in 30 minutes to call the plumber",
    "remind me to review the budget {date} {time}",
    "can you remind me about the meeting {date}",
    "don't forget to remind me to pay the water bill {date}",
    "remind me in an hour to check on {unit}",
    "i need a reminder {date} at {time} for the owner call",
    "give me a reminder to walk {property} {date}",
    "reminder {date} {time} board meeting",
    "set me a reminder for the inspection on {date}",
    "make sure i remember to send the notices {date}",
    "remind me that {resident}'s check comes {date}",
    "tomorrow morning remind me to open the pool",
    "alert me {date} at {time} to start payroll",
    "remind me next week to update the rents",
    "help me remember to order keys {date}",
    "remind me to text {resident} {date}",
    "at {time} remind me to leave",
    "remind me about the vendor contract on {date}",
    "put a reminder on for {date}: taxes",
    "remind me to check {wo} {date}",
    "buzz me at {time} to join the call",
    "remind me to email {contact} on {date}",
    "can you ping me at {time} to call {contact}",
    "set a reminder {date}: rent increase letters",
    "in an hour remind me to check the pool",
    "remind me on {date} at {time} to call the bank",
    "hey remind me tonight to lock the clubhouse",
    "reminder for {date}, inspection at {property}",
    "nudge me {date} about the renewals",
    "remind me later today at {time} to text {resident}",
    "remind me to follow up on {unit} {date}",
    "don't let me forget the {time} meeting {date}",
    "gimme a reminder in 20 minutes to move my car",
    "remind me {date} morning to post the rent specials",
    "i need to be reminded {date} to approve invoices",
    "set reminder, {date} {time}, owner call",
    "reminder at {time} to pick up checks",
    "remind me first thing {date} to check the boiler",
)


class Args(ToolArgs):
    text: str = Field(description="What to be reminded of")
    date: dt.date | None = Field(default=None, description="Date, YYYY-MM-DD")
    time: ClockTime | None = Field(default=None, description="Time, 24h HH:MM")


LONGEST = 2000  # characters of a reminder
MORNING = dt.time(9)  # when only the day is given


class Result(ToolOutput):
    """The reminder as it was written down; `timezone` is the person's."""

    text: str
    remind_at: dt.datetime
    timezone: str


def _due(ctx: ToolContext, args: Args) -> dt.datetime:
    """The moment meant. Only a time: the next such time. Only a day: nine in the morning. Raises Fixable."""
    if not args.text or len(args.text) > LONGEST:
        raise Fixable("I need a few words to remind you of.", next_step="What should I remind you of?")
    if args.date is None and args.time is None:
        raise Fixable("I need a day or a time for that reminder.", next_step="When should I remind you?")
    zone = ZoneInfo(ctx.principal.timezone)
    now = ctx.clock.now().astimezone(zone)
    clock = dt.time.fromisoformat(args.time) if args.time else MORNING
    when = dt.datetime.combine(sensible(args.date, ctx.today) or now.date(), clock, tzinfo=zone)
    if when <= now and args.date is None:
        when += dt.timedelta(days=1)
    if when <= now and args.time is None and args.date == now.date():
        raise Fixable("Nine in the morning has passed already.", next_step="At what time today?")
    if when <= now:
        raise Fixable(
            f"{moment(when, ctx.principal.timezone)} has passed already.", next_step="Which time do you mean?"
        )
    return when.astimezone(dt.UTC)


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    due = _due(ctx, args)
    local = due.astimezone(ZoneInfo(ctx.principal.timezone))
    return Preparation(
        title="Set a reminder",
        consequence="I send you a direct message at that time.",
        arguments={"text": args.text, "date": local.date().isoformat(), "time": f"{local:%H:%M}"},
        changes=(
            FieldChange("Reminder", "", args.text),
            FieldChange("When", "", moment(due, ctx.principal.timezone)),
        ),
        editable=("text", "date", "time"),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    due, now = _due(ctx, args), ctx.clock.now()
    async with ctx.db.transaction() as session:
        made = await record_once(
            session,
            Reminder,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            user_id=ctx.principal.user_id,
            text=args.text,
            remind_at=due,
            as_of=now,
        )
        return Result(
            text=made.text,
            remind_at=made.remind_at,
            timezone=ctx.principal.timezone,
            sources=own_source("1 reminder", now),
        )


def present(args: Args, result: Result) -> Presentation:
    return Presentation(text=sentence(f"I'll remind you on {moment(result.remind_at, result.timezone)}: {result.text}"))


TOOL = Tool(
    name="set_reminder",
    title="Reminder",
    description="Remind the user about something at a date and time",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.TASKS_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.TASKS_WRITE),
    reconcile=run,  # the key makes a repeat harmless
    phrases=PHRASES,
    doing="Setting the reminder",
    examples=(
        "Remind me to call Dana tomorrow at 3pm",
        "Set a reminder for March 31 at 9am: submit the monthly close",
        "Reminder in 2 hours to check the boiler",
    ),
)
