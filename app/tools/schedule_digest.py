"""Schedule a recurring summary report posted to a Slack channel."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.db.models.assistant import DigestSchedule
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.slots import Frequency, next_slot
from app.domain.tooling import Effect
from app.portfolio.register import own_source, record_once
from app.tools.core.arguments import ClockTime
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import moment, sentence

Topic = Literal["leasing", "maintenance", "collections", "kpi", "crm"]
DayOfWeek = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

PHRASES: tuple[str, ...] = (
    "post a daily maintenance summary in {channel} at 8",
    "I want a monthly KPI digest in {channel}",
    "schedule daily crm roundup",
    "every thursday drop a maintenance digest into {channel}",
    "send a weekly leasing digest to {channel} on mondays",
    "set up a daily collections report in {channel} at {time}",
    "weekly kpi summary every friday at {time}",
    "every morning at 8 post the leasing summary in {channel}",
    "monthly crm digest please",
    "schedule a weekly delinquency digest in {channel}",
    "post the pipeline summary to {channel} every monday at {time}",
    "give us a daily leasing report in {channel}",
    "i'd like a weekly maintenance roundup",
    "set up a recurring kpi report for {channel}, monthly",
    "daily work order summary at {time}",
    "start sending a weekly collections digest to {channel} each tuesday",
    "each wednesday at {time} send the crm digest to {channel}",
    "can we get a daily leasing digest",
    "automate a weekly numbers report to {channel}",
    "share a monthly collections summary in {channel}",
    "have a maintenance digest go out every day at {time} in {channel}",
    "weekly sales pipeline digest",
    "subscribe {channel} to the daily kpi digest",
    "put a weekly leasing update in {channel} on fridays",
    "schedule a monthly leasing report",
    "drop a daily past due summary in {channel} every morning",
    "create a digest: collections, weekly, {channel}",
    "every monday morning i want a leasing summary",
    "send kpi digest weekly",
    "daily digest for maintenance",
    "every month send the kpi rollup to {channel}",
    "set up weekly delinquency updates",
    "drop a leasing summary in {channel} every morning at {time}",
    "weekly collections summary on wednesdays in {channel}",
    "can you post the maintenance numbers in {channel} every day at {time}",
    "i want the kpis in {channel} every monday",
    "set up an automatic weekly crm report",
    "send the leasing digest to {channel} every friday at {time}",
    "monthly maintenance digest in {channel}",
    "schedule the collections roundup daily at {time}",
    "get a daily maintenance rundown going in {channel}",
    "each month post a crm summary to {channel}",
    "put the kpi scorecard in {channel} weekly on thursdays at {time}",
    "daily leasing update {channel} {time}",
    "recurring weekly maintenance report please",
    "every tuesday send {channel} a delinquency summary",
    "we want a daily collections digest",
    "automatic monthly kpi email to {channel}",
    "start a weekly pipeline roundup in {channel}",
)


class Args(ToolArgs):
    topic: Topic = Field(description="What the digest covers")
    frequency: Frequency = Field(description="How often")
    channel: str | None = Field(default=None, description="Slack channel, e.g. #ops")
    day_of_week: DayOfWeek | None = Field(default=None, description="Day for weekly digests")
    time: ClockTime | None = Field(default=None, description="Time of day, 24h HH:MM")


MORNING = "08:00"
TOPICS = {
    "leasing": "leasing",
    "maintenance": "maintenance",
    "collections": "collections",
    "kpi": "KPI",
    "crm": "CRM",
}


class Result(ToolOutput):
    """The schedule as it was written down."""

    topic: str
    rhythm: str
    place: str
    next_at: dt.datetime
    timezone: str


def _day(args: Args) -> str:
    if args.day_of_week and args.frequency != "weekly":
        raise Fixable(
            f"A {args.frequency} digest has no day of the week.",
            next_step="Shall it be weekly, or leave the day away?",
        )
    return (args.day_of_week or "monday") if args.frequency == "weekly" else ""


def _rhythm(args: Args) -> str:
    """`every Thursday at 8:00 AM`, `every day at …`, `on the first of every month at …`."""
    clock = dt.time.fromisoformat(args.time or MORNING)
    at = f"at {clock:%-I:%M %p}"
    if args.frequency == "weekly":
        return f"every {_day(args).capitalize()} {at}"
    return f"every day {at}" if args.frequency == "daily" else f"on the first of every month {at}"


def _place(args: Args) -> str:
    return f"#{args.channel.lstrip('#')}" if args.channel else "your direct messages"


def _next(ctx: ToolContext, args: Args) -> dt.datetime:
    clock = dt.time.fromisoformat(args.time or MORNING)
    return next_slot(ctx.clock.now(), args.frequency, _day(args), clock, ctx.principal.timezone)


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    arguments: dict[str, object] = {"topic": args.topic, "frequency": args.frequency, "time": args.time or MORNING}
    if args.channel:
        arguments["channel"] = _place(args)
    if day := _day(args):
        arguments["day_of_week"] = day
    return Preparation(
        title="Schedule a digest",
        consequence=sentence(
            f"the {TOPICS[args.topic]} digest is posted {_rhythm(args)} in {_place(args)}, with what you may see.",
            f"I have to be in {_place(args)} by then." if args.channel else "",
        ),
        arguments=arguments,
        changes=(
            FieldChange("Digest", "", f"{TOPICS[args.topic]} summary"),
            FieldChange("How often", "", _rhythm(args)),
            FieldChange("Where", "", _place(args)),
            FieldChange("First one", "", moment(_next(ctx, args), ctx.principal.timezone)),
        ),
        editable=("time",),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    now = ctx.clock.now()
    async with ctx.db.transaction() as session:
        made = await record_once(
            session,
            DigestSchedule,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            topic=args.topic,
            frequency=args.frequency,
            channel=_place(args) if args.channel else "",
            day_of_week=_day(args),
            time=args.time or MORNING,
            timezone=ctx.principal.timezone,
            created_by=ctx.principal.user_id,
            next_at=_next(ctx, args),
            as_of=now,
        )
        return Result(
            topic=made.topic,
            rhythm=_rhythm(args),
            place=_place(args),
            next_at=made.next_at,
            timezone=made.timezone,
            sources=own_source("1 digest schedule", now),
        )


def present(args: Args, result: Result) -> Presentation:
    return Presentation(
        text=sentence(
            f"the {TOPICS[result.topic]} digest is scheduled {result.rhythm} in {result.place};",
            f"the first one comes {moment(result.next_at, result.timezone)}.",
            "Please invite me there if I'm not in it yet: /invite @Sophia." if result.place.startswith("#") else "",
        )
    )


TOOL = Tool(
    name="schedule_digest",
    title="Digest",
    description="Schedule a recurring summary report posted to a Slack channel",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.DIGESTS_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.DIGESTS_WRITE),
    reconcile=run,  # the key makes a repeat harmless
    phrases=PHRASES,
    doing="Scheduling the digest",
    examples=(
        "Post a daily maintenance summary in #ops at 8",
        "I want a monthly KPI digest in #exec-team",
        "Every Thursday drop a maintenance digest into #maintenance",
    ),
)
