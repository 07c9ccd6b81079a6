"""Search CRM deals in the sales pipeline."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.money import Money
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.deals import DealFilter, DealList, deals
from app.portfolio.find import find_teammate
from app.portfolio.sources import cite
from app.tools.core.dates import sensible
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, commas, counted, day, sentence, words

Stage = Literal["prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"]

PHRASES: tuple[str, ...] = (
    "show deals in negotiation",
    "what's in {teammate}'s pipeline over {money}",
    "which opportunities did we lose that {teammate} owned",
    "list proposals out above {money}",
    "deals closing {period}",
    "what deals does {teammate} have",
    "open deals over {money}",
    "show me the pipeline",
    "which deals are qualified",
    "deals we won {period}",
    "closed won deals",
    "what opportunities are in the proposal stage",
    "{teammate}'s deals",
    "deals expected to close by {date}",
    "how many deals in negotiation",
    "biggest deals in the pipeline",
    "deals worth more than {money}",
    "what did we win {period}",
    "lost deals {period}",
    "pipeline for {teammate}",
    "which deals close before {date}",
    "any deals at least {money} in proposal",
    "show opportunities owned by {teammate}",
    "what's {teammate} working on in the pipeline",
    "list all prospecting deals",
    "crm deals in qualified stage",
    "deals closing between {date} and {date}",
    "what's in the sales pipeline {period}",
    "who's closing deals {period}",
    "what deals are we negotiating right now",
    "{teammate}'s opportunities in proposal",
    "show me deals over {money} closing {period}",
    "what do we have in proposal",
    "which deals did {teammate} win",
    "closed lost opportunities",
    "opportunities above {money} owned by {teammate}",
    "how does the pipeline look",
    "hubspot deals in negotiation",
    "what's expected to close {period}",
    "what's {teammate} got in the pipeline",
    "how many deals did we lose",
    "deals over {money} in negotiation",
    "what deals are in proposal",
    "show {teammate}'s deals closing {period}",
    "which deals are closing soon",
    "what's closing {period}",
    "any deals we won {period}",
    "list {teammate}'s qualified deals",
    "who do we have in negotiation",
    "what opportunities are out there above {money}",
    "pipeline",
    "what deals does {teammate} own in negotiation",
    "deals that close by {date}",
    "stuff in the pipeline over {money}",
    "show me everything {teammate} is prospecting",
    "how much is in the pipeline for {period}",
    "won deals {teammate}",
    "which opportunities are at the proposal stage over {money}",
    "dead deals",
)


class Args(ToolArgs):
    stage: Stage | None = Field(default=None, description="Pipeline stage")
    owner: str | None = Field(default=None, description="Deal owner (teammate)")
    min_amount: float | None = Field(default=None, description="Minimum deal value in dollars")
    close_start: dt.date | None = Field(default=None, description="Earliest expected close date, YYYY-MM-DD")
    close_end: dt.date | None = Field(default=None, description="Latest expected close date, YYYY-MM-DD")


class Result(ToolOutput):
    """The deals that fit, the largest first."""

    wanted: DealFilter
    found: DealList


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        owner = await find_teammate(session, ctx.principal, args.owner) if args.owner else None
        wanted = DealFilter(
            stage=args.stage,
            owner=owner.name if owner else None,
            min_cents=None if args.min_amount is None else Money.of(args.min_amount).cents,
            close_start=sensible(args.close_start, ctx.today),
            close_end=sensible(args.close_end, ctx.today),
        )
        found = await deals(session, ctx.principal, wanted, ctx.rows)
        sources = await cite(session, ctx.principal.workspace_id, "deals", counted(found.total, "deal"), found.origins)
    return Result(wanted=wanted, found=found, sources=sources)


def _which(wanted: DealFilter, number: int) -> str:
    """`2 open deals owned by Ben Fox, of at least $250,000, closing by Apr 30, 2026`; `no deals in proposal`."""
    before, after = {
        None: ("open ", ""),
        "closed_won": ("won ", ""),
        "closed_lost": ("lost ", ""),
    }.get(wanted.stage, ("", f" in {words(wanted.stage or '')}"))
    return commas(
        counted(number, f"{before}deal") + after + (f" owned by {wanted.owner}" if wanted.owner else ""),
        f"of at least {Money(wanted.min_cents)}" if wanted.min_cents is not None else None,
        _closing(wanted.close_start, wanted.close_end),
    )


def _closing(start: dt.date | None, end: dt.date | None) -> str | None:
    if start and end:
        return f"closing {Period(start, end)}"
    if start:
        return f"closing from {day(start)}"
    return f"closing by {day(end)}" if end else None


def present(args: Args, result: Result) -> Presentation:
    found, which = result.found, _which(result.wanted, result.found.total)
    if not found.total:
        return Presentation(text=f"I found {which}.", follow_ups=("Show all open deals", "Show deals in negotiation"))
    largest = found.lines[0]
    text = sentence(
        f"there {are(found.total)} {which},",
        f"worth {found.amount} in total.",
        f"The largest is {largest.name} ({largest.amount}, {words(largest.stage)}, {largest.owner or 'no owner'})."
        if found.total > 1
        else f"It is {largest.name}, in {words(largest.stage)}.",
        carried(found.total, len(found.lines), "largest"),
    )
    return Presentation(text=text, table=_table(result), charts=_charts(found))


def _table(result: Result) -> Table:
    return Table(
        title="Deals",
        columns=(
            Column("name", "Deal"),
            Column("company", "Company"),
            Column("stage", "Stage"),
            Column("amount", "Amount", ColumnKind.MONEY),
            Column("close_on", "Expected close", ColumnKind.DATE),
            Column("owner", "Owner"),
        ),
        rows=tuple(
            (line.name, line.company, words(line.stage), line.amount, line.close_on, line.owner)
            for line in result.found.lines
        ),
        total_rows=result.found.total,
    )


def _charts(found: DealList) -> tuple[Chart, ...]:
    if len(found.by_stage) < 2:
        return ()
    stages = tuple(words(stage) for stage in found.by_stage)
    dollars = tuple(float(total.amount.dollars) for total in found.by_stage.values())
    return (Chart("Pipeline by stage", "bar", stages, (Series("Amount", dollars),), unit="$"),)


TOOL = Tool(
    name="search_deals",
    title="Deals",
    description="Search CRM deals in the sales pipeline. Without a stage: the open ones.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.CRM_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Searching the deals",
    examples=(
        "Show deals in negotiation",
        "What's in Sarah's pipeline over $1M?",
        "Which opportunities did we lose that Ben owned?",
    ),
)
