"""Search transcripts of recorded phone calls for a topic."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.answer import Column, ColumnKind, Table
from app.domain.errors import NotFound
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.calls import CallFilter, Heard, heard
from app.portfolio.find import find_company, find_contact
from app.portfolio.sources import cite
from app.tools.core.dates import looking_back
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, sentence

PHRASES: tuple[str, ...] = (
    "what did {contact} say about cap rates on our calls",
    "did anyone bring up the elevator in phone calls {period}",
    "recordings with {contact} about the rent guarantee",
    "look thru call recordings for complaints about noise",
    "search calls for parking",
    "find calls where pricing came up",
    "who mentioned insurance on a call {period}",
    "any calls with {company} about the contract",
    "search the transcripts for pet fees",
    "call transcripts mentioning mold",
    "what are people saying about amenities on calls",
    "gong calls about the pool",
    "which calls mentioned competitors {period}",
    "find the call where {contact} talked about timeline",
    "did {contact} mention the budget on the phone",
    "calls from {period} about security",
    "listen for complaints about trash in recorded calls",
    "has {company} brought up renewal terms in any call",
    "transcripts with {contact} discussing discounts",
    "when did {contact} talk about the deposit on a call",
    "search recorded calls for fees",
    "what did {company} say on the call about fees",
    "any phone calls since {date} about the gym",
    "pull up calls that talk about the leak",
    "conversations with {contact} on rent increases",
    "did we discuss pricing with {company} on a call",
    "in our calls did anybody ask about ev charging",
    "check the call recordings for mentions of pets",
    "what was said about the roof in calls with {contact}",
    "find where they talked about financing in the transcript",
    "how often did callers complain about parking {period}",
    "phone conversations about package lockers",
    "calls in {period} where someone asked about concessions",
    "what objections came up on calls {period}",
    "did {contact} ever bring up price on a call",
    "what have callers said about parking",
    "search gong for pool complaints",
    "find calls about late fees",
    "which calls talk about pets",
    "look in the transcripts for concessions",
    "any recordings where {contact} mentions the roof",
    "what did {company} say about timing on the phone",
    "has anyone complained on calls about maintenance {period}",
    "did we talk to {contact} about fees on a call",
    "call recordings about renewals {period}",
    "anything in the calls about security cameras",
    "who asked about ev charging on the phone {period}",
    "go through calls since {date} for mentions of trash",
    "what came up on calls with {company} about the lease",
    "transcripts about packages",
    "did the word lawsuit come up on any calls",
    "calls where people ask about wifi",
    "what was said about pricing in our calls with {contact}",
    "gong transcripts on cancellations",
)


class Args(ToolArgs):
    query: str = Field(description="Topic or words to search for")
    contact: str | None = Field(default=None, description="Only calls with this person or company")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


DAYS = 180
QUOTES = 25


class Result(ToolOutput):
    """The lines that hold the words asked for. `with_whom` reads after "calls": "with Dana Whitman"."""

    query: str
    with_whom: str
    period: Period
    timezone: str
    found: Heard


async def _party(session: AsyncSession, ctx: ToolContext, name: str | None) -> tuple[str | None, str | None, str]:
    """(contact id, company id, label) of a person or company; a person wins over a company of the same name."""
    if not name:
        return None, None, ""
    try:
        contact, _ = await find_contact(session, ctx.principal, name)
    except NotFound as no_contact:
        try:
            company = await find_company(session, ctx.principal, name)
        except NotFound:
            raise no_contact from None
        return None, company.id, f" with {company.name}"
    return contact.id, None, f" with {contact.name}"


async def run(ctx: ToolContext, args: Args) -> Result:
    today = ctx.today
    period = looking_back(today, args.start_date, args.end_date, since=today - dt.timedelta(days=DAYS))
    zone = ZoneInfo(ctx.principal.timezone)
    async with ctx.db.reading() as session:
        contact_id, company_id, with_whom = await _party(session, ctx, args.contact)
        wanted = CallFilter(
            query=args.query,
            start=dt.datetime.combine(period.start, dt.time(), tzinfo=zone),
            end=dt.datetime.combine(period.end + dt.timedelta(days=1), dt.time(), tzinfo=zone),
            contact_id=contact_id,
            company_id=company_id,
        )
        found = await heard(session, ctx.principal, wanted, QUOTES)
        record = counted(found.matching, "call")
        sources = await cite(session, ctx.principal.workspace_id, "calls", record, found.origins)
    return Result(
        query=args.query,
        with_whom=with_whom,
        period=period,
        timezone=ctx.principal.timezone,
        found=found,
        sources=sources,
    )


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    if not found.searched:
        return Presentation(
            text=f"There are no recorded calls{result.with_whom} for {result.period}.",
            follow_ups=("Search the calls of the last year",),
        )
    if not found.quotes:
        return Presentation(
            text=sentence(
                f"nobody mentioned “{result.query}” in the {counted(found.searched, 'recorded call')}",
                f"{result.with_whom.strip()} for {result.period}.".lstrip(),
            )
        )
    first = found.quotes[0]
    text = sentence(
        f"“{result.query}” came up in {counted(found.matching, 'call')}{result.with_whom}",
        f"({counted(found.searched, 'call')} searched, {result.period}).",
        f"Most recently on {day(_local(first.started_at, result))}, {first.speaker}: “{first.words}”",
    )
    return Presentation(text=text, table=_table(result))


def _local(at: dt.datetime, result: Result) -> dt.date:
    return at.astimezone(ZoneInfo(result.timezone)).date()


def _table(result: Result) -> Table:
    return Table(
        title=f"“{result.query}” in calls",
        columns=(
            Column("date", "Date", ColumnKind.DATE),
            Column("call", "Call"),
            Column("at", "At"),
            Column("speaker", "Speaker"),
            Column("words", "What was said"),
        ),
        rows=tuple(
            (_local(quote.started_at, result), quote.call, quote.at, quote.speaker, quote.words)
            for quote in result.found.quotes
        ),
    )


TOOL = Tool(
    name="search_call_transcripts",
    title="Call transcripts",
    description="Search transcripts of recorded phone calls for a topic. Without dates: the last 180 days.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.CRM_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Searching the call transcripts",
    examples=(
        "What did Dana Whitman say about cap rates on our calls?",
        "Did anyone bring up the elevator in phone calls this week?",
        "Look through call recordings for complaints about noise",
    ),
)
