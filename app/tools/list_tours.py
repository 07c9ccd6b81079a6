"""List booked property tours in a date range."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.tours import Tours, tours
from app.tools.core.dates import coming
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, counted, joined, moment, sentence, words

PHRASES: tuple[str, ...] = (
    "what tours do we have {date}",
    "who is touring {property} {date}",
    "how many showings did {property} get {period}",
    "tours booked for {period}",
    "list tours at {property}",
    "any tours {date}",
    "show me {period}'s tours",
    "tour schedule for {property} {date}",
    "who's coming to see {property} {date}",
    "how many tours did we do {period}",
    "showings {date} at {property}",
    "what's on the tour calendar",
    "do we have tours this weekend",
    "upcoming tours at {property}",
    "number of showings {period}",
    "which prospects are touring {period}",
    "who toured {property} {period}",
    "any visits booked for {property} {date}",
    "is anyone touring {date}",
    "tours {period}",
    "give me the list of tours for {date}",
    "how many people came to see {property} {period}",
    "what showings are on for {date} at {property}",
    "tour count for {property} {period}",
    "who is visiting {property} {period}",
    "today's tours",
    "did we have any tours {date}",
    "tours scheduled at {property} over the next 7 days",
    "show the tour list",
    "what tours are coming up",
    "how many prospects toured {property} in {period}",
    "any appointments to see {property} {date}",
    "who has a tour {date}",
    "are there any showings on the books {date}",
    "tour traffic at {property} {period}",
    "how busy are tours {period}",
    "do we have any tours {date} at {property}",
    "how many tours this week at {property}",
    "who's coming in to tour {date}",
    "whos on the tour list {date}",
    "what showings do i have {date}",
    "tours at {property} {period}",
    "anyone coming by to see {property} {date}",
    "how many people toured {period}",
    "tour numbers for {period}",
    "see the tour calendar for {date}",
    "what's our tour schedule {period}",
    "any prospects coming {date}",
    "list the showings for {period}",
    "which tours are booked at {property}",
    "show {property} tours for {period}",
    "did anybody tour {property} yesterday",
    "who did we show {property} to {period}",
    "what appointments are there {date} for tours",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


DAYS = 7


class Result(ToolOutput):
    """The tours of the period, by time, without cancelled ones."""

    where: str
    period: Period
    over: bool  # all of the period has passed
    found: Tours


async def run(ctx: ToolContext, args: Args) -> Result:
    period = coming(ctx.today, args.start_date, args.end_date, days=DAYS)
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        zone = area.one.timezone if area.one else ctx.principal.timezone
        found = await tours(session, area, period, zone, ctx.rows)
        sources = await area.sources(session, "tours", f"Tours {period} {area.label}")
    return Result(where=area.label, period=period, over=period.end < ctx.today, found=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    cancelled = found.by_status.get("cancelled", 0)
    gone = f"{counted(cancelled, 'tour')} {'was' if cancelled == 1 else 'were'} also cancelled." if cancelled else ""
    if not found.total:
        return Presentation(
            text=sentence(
                f"no tours {'were' if result.over else 'are'} booked {result.where} for {result.period}.",
                gone.replace("also ", ""),
            ),
            follow_ups=("What tours do we have in the next 14 days?",),
        )
    first, was = found.tours[0], "was" if result.over else "is"
    order = ("booked", "done", "no_show")
    split = joined([f"{found.by_status[key]:,} {words(key)}" for key in order if key in found.by_status])
    text = sentence(
        f"there {_be(result)} {counted(found.total, 'tour')} {result.where} for {result.period}",
        f"({split}).",
        f"{'The first' if found.total > 1 else 'It'} {was} {first.prospect} at {first.property},",
        f"{moment(first.starts_at, str(first.starts_at.tzinfo))}.",
        gone,
        carried(found.total, len(found.tours), "first"),
    )
    return Presentation(
        text=text,
        table=_table(result),
        follow_ups=(
            f"Which units are available at {first.property}?",
            f"Comps near {first.property}",
        ),
    )


def _be(result: Result) -> str:
    if result.over:
        return "was" if result.found.total == 1 else "were"
    return are(result.found.total)


def _table(result: Result) -> Table:
    return Table(
        title=f"Tours {result.period}",
        columns=(
            Column("starts_at", "Time", ColumnKind.DATETIME),
            Column("prospect", "Prospect"),
            Column("property", "Property"),
            Column("agent", "Agent"),
            Column("status", "Status"),
        ),
        rows=tuple(
            (tour.starts_at, tour.prospect, tour.property, tour.agent, words(tour.status))
            for tour in result.found.tours
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="list_tours",
    title="Tours",
    description="List booked property tours in a date range. Without dates: today and the next 7 days.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the tours",
    examples=(
        "What tours do we have today?",
        "Who is touring Magnolia tomorrow?",
        "How many showings did Parkview get last week?",
    ),
)
