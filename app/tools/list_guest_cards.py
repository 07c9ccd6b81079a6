"""List guest cards: the prospects who asked about a community."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.period import Period
from app.domain.phone import spoken_phone
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.guest_cards import ACTIVE, STANDINGS, GuestCards, guest_cards
from app.portfolio.sources import cite
from app.tools.core.dates import looking_back
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import carried, counted, joined, sentence, words

Standing = Literal["active", "not_contacted", "toured", "applied", "leased", "lost"]

PHRASES: tuple[str, ...] = (
    "guest cards at {property} {period}",
    "how many guest cards did we get at {property} {period}",
    "guest cards {period}",
    "list the guest cards for {property}",
    "show me the guest cards at {property} from {period}",
    "guest card list for {property}",
    "guest card count {period}",
    "pull the guest cards for {property}",
    "any new guest cards {date}",
    "guest cards we got {date}",
    "new leads at {property} {period}",
    "how many leads came in {period}",
    "leads {period}",
    "list our leads at {property}",
    "what leads do we have at {property}",
    "lead list for {property}",
    "leads from {date}",
    "how many leads did {property} get {period}",
    "did any leads come in {date}",
    "any leads at {property} {date}",
    "inbound leads at {property} {period}",
    "show me all leads {period}",
    "leasing leads {period}",
    "lead count at {property} {period}",
    "how's our lead volume {period}",
    "where do our leads come from at {property}",
    "leads by source {period}",
    "lead sources at {property} {period}",
    "which source brought the most leads {period}",
    "who inquired about {property} {period}",
    "how many inquiries did {property} get {period}",
    "inquiries {period}",
    "rental inquiries at {property} {period}",
    "who asked about apartments at {property} {period}",
    "how many people inquired at {property} {period}",
    "prospects at {property} {period}",
    "which prospects came in {period}",
    "show prospects from {period}",
    "how many new prospects did {property} have {period}",
    "new prospects {period}",
    "active prospects at {property}",
    "who are the prospects at {property}",
    "open guest cards at {property}",
    "active leads at {property}",
    "which leads has nobody contacted yet",
    "leads we haven't contacted at {property}",
    "leads not followed up on",
    "guest cards nobody has called back",
    "lost leads {period}",
    "guest cards that went lost at {property} {period}",
    "how many leads leased {period}",
    "leads that applied at {property}",
    "which guest cards applied {period}",
    "who's interested in {property}",
    "people interested in {property} {period}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    status: Standing | None = Field(default=None, description="What came of them; active: neither leased nor lost")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


DAYS = 30
SOURCES_CHARTED = 8
_STATUSES: Mapping[Standing, tuple[str, ...]] = {
    "active": ACTIVE,
    "not_contacted": ("new",),
    "toured": ("toured",),
    "applied": ("applied",),
    "leased": ("leased",),
    "lost": ("lost",),
}


class Result(ToolOutput):
    """The guest cards that came in during the period, the latest first."""

    where: str
    period: Period
    found: GuestCards


async def run(ctx: ToolContext, args: Args) -> Result:
    since = ctx.today - dt.timedelta(days=DAYS)
    period = looking_back(ctx.today, args.start_date, args.end_date, since=since)
    statuses = None if args.status is None else _STATUSES[args.status]
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await guest_cards(session, area, period, statuses, ctx.rows)
        record = f"Guest cards {period} {area.label}"
        sources = await cite(session, ctx.principal.workspace_id, "leads", record, found.origins)
        sources = sources or await area.sources(session, "leads", record)
    return Result(where=area.label, period=period, found=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found, kind = result.found, _kind(args)
    if not found.total:
        return Presentation(
            text=sentence(f"no {kind}s came in {result.where}, {result.period}.", _silence(found)),
            follow_ups=("Guest cards of the last 90 days",),
        )
    first = found.cards[0]
    text = sentence(
        f"{counted(found.total, kind)} came in {result.where}, {result.period}{_split(found)}.",
        _best_source(found),
        _silence(found),
        carried(found.total, len(found.cards), "latest"),
    )
    return Presentation(
        text=text,
        table=_table(result),
        charts=_charts(found),
        follow_ups=(f"Which tours does {first.property} have?", f"Which units are available at {first.property}?"),
    )


def _kind(args: Args) -> str:
    if args.status is None:
        return "guest card"
    return f"{'uncontacted' if args.status == 'not_contacted' else args.status} guest card"


def _split(found: GuestCards) -> str:
    """How the total divides, when it does: ": 3 new and 2 leased"."""
    others = [status for status in found.by_status if status not in STANDINGS]
    parts = [f"{found.by_status[key]:,} {words(key)}" for key in (*STANDINGS, *others) if key in found.by_status]
    return f": {joined(parts)}" if len(parts) > 1 else ""


def _best_source(found: GuestCards) -> str:
    named = [(source, number) for source, number in found.by_source.items() if source]
    if len(named) < 2 or named[0][1] == named[1][1]:
        return ""
    source, number = named[0]
    return f"Most came through {source}: {number:,}."


def _silence(found: GuestCards) -> str:
    """Whose communities can have none here, so that nobody takes it for a quiet month."""
    return f"I get no guest cards from {joined(found.silent, 'or')}." if found.silent else ""


def _charts(found: GuestCards) -> tuple[Chart, ...]:
    named = [(source, number) for source, number in found.by_source.items() if source][:SOURCES_CHARTED]
    if len(named) < 2:
        return ()
    values = tuple(float(number) for _, number in named)
    return (Chart("Guest cards by source", "bar", tuple(source for source, _ in named), (Series("Cards", values),)),)


def _table(result: Result) -> Table:
    return Table(
        title=f"Guest cards {result.where}, {result.period}",
        columns=(
            Column("inquired_on", "Came in", ColumnKind.DATE),
            Column("prospect", "Prospect"),
            Column("property", "Property"),
            Column("bedrooms", "Beds", ColumnKind.NUMBER),
            Column("lead_source", "Source"),
            Column("status", "Status"),
            Column("phone", "Phone"),
            Column("email", "E-mail"),
        ),
        rows=tuple(
            (
                card.inquired_on,
                card.prospect,
                card.property,
                card.bedrooms,
                card.lead_source,
                words(card.status),
                spoken_phone(card.phone),
                card.email,
            )
            for card in result.found.cards
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="list_guest_cards",
    title="Guest cards",
    description=(
        "List guest cards: the leads and prospects who inquired about a community, with source and what came of them. "
        "Without dates: the last 30 days."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the guest cards",
    examples=(
        "Guest cards at Stonegate this month",
        "How many leads came in last week?",
        "Which leads at Maple Grove has nobody contacted yet?",
    ),
)
