"""Report the assistant's own usage and AI cost by period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Source, Table
from app.domain.money import Money
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.sources import SOPHIA, system_name
from app.portfolio.usage import Usage, usage
from app.tools.core.dates import looking_back
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, sentence

GroupBy = Literal["user", "channel", "model", "day"]

PHRASES: tuple[str, ...] = (
    "how much did we spend on AI this month",
    "usage report by user for last month",
    "who used you the most in the last 30 days",
    "what are you costing us",
    "ai cost {period}",
    "how many tokens did we use {period}",
    "show sophia usage",
    "assistant usage by channel",
    "your usage {period}",
    "cost of the bot by model",
    "ai spend by day",
    "which channel uses you most",
    "how much has the assistant cost {period}",
    "llm spend {period}",
    "break down ai usage by user",
    "usage stats for {period}",
    "bot usage report",
    "who uses sophia the most",
    "what's our ai bill {period}",
    "model costs {period}",
    "how often are people using you",
    "how much money did sophia burn {period}",
    "usage by model {period}",
    "tokens by day {period}",
    "who is using the assistant",
    "what did you cost us {period}",
    "show ai costs since {date}",
    "report on your own usage",
    "daily ai cost for {period}",
    "ai usage across channels {period}",
    "which model are we spending the most on",
    "how many questions did people ask you {period}",
    "openai spend {period}",
    "sophia cost report",
    "what have you cost us {period}",
    "how much is sophia costing",
    "ai usage per person",
    "who's using sophia",
    "how many tokens {period}",
    "spend on ai by channel {period}",
    "show me your costs by model",
    "how much do we pay for you",
    "how many requests did you handle {period}",
    "usage by user",
    "bot costs {period}",
    "who asks you the most questions",
    "daily usage {period}",
    "what's the ai budget looking like {period}",
    "cost per user for sophia {period}",
    "model usage {period}",
    "report your usage since {date}",
)


class Args(ToolArgs):
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")
    group_by: GroupBy | None = Field(default=None, description="Grouping")


class Result(ToolOutput):
    """Usage of the period, grouped as asked."""

    period: Period
    group_by: str
    found: Usage


async def run(ctx: ToolContext, args: Args) -> Result:
    period = looking_back(ctx.today, args.start_date, args.end_date, since=ctx.today.replace(day=1))
    group_by = args.group_by or "model"
    async with ctx.db.reading() as session:
        found = await usage(session, ctx.principal, period, group_by)
    source = Source(system_name(SOPHIA), f"Usage ledger, {period}", ctx.clock.now())
    return Result(period=period, group_by=group_by, found=found, sources=(source,))


def present(args: Args, result: Result) -> Presentation:
    whole = result.found.whole
    if not whole.calls:
        return Presentation(
            text=f"Nobody used a model for {result.period}, so AI cost nothing.",
            follow_ups=("Usage report by user for last month",),
        )
    first = result.found.lines[0]
    busiest = f"Most went to {first.key}: {first.cost}." if len(result.found.lines) > 1 else ""
    text = sentence(
        f"for {result.period}, AI cost {whole.cost}:",
        f"{counted(whole.turns, 'question')}, {counted(whole.calls, 'model call')},",
        f"{whole.input_tokens:,} tokens in and {whole.output_tokens:,} out.",
        busiest if result.group_by != "day" else "",
        *_doubts(result.found),
    )
    return Presentation(text=text, table=_table(result), charts=_charts(result))


def _doubts(found: Usage) -> Iterator[str]:
    """Where the figure is not the whole truth."""
    if found.unpriced_calls:
        yield f"The price of {counted(found.unpriced_calls, 'call')} is not known, so they count as nothing here."
    if found.reported_more:
        more = Money.of(Decimal(abs(found.reported_more)) / 1_000_000)
        than = "more" if found.reported_more > 0 else "less"
        yield f"For {counted(found.reported_calls, 'call')} providers named {more} {than} than their list prices."


def _table(result: Result) -> Table:
    return Table(
        title=f"Usage by {result.group_by}, {result.period}",
        columns=(
            Column("key", result.group_by.capitalize()),
            Column("turns", "Questions", ColumnKind.NUMBER),
            Column("calls", "Model calls", ColumnKind.NUMBER),
            Column("input_tokens", "Tokens in", ColumnKind.NUMBER),
            Column("output_tokens", "Tokens out", ColumnKind.NUMBER),
            Column("cost", "Cost", ColumnKind.MONEY),
        ),
        rows=tuple(
            (line.key, line.turns, line.calls, line.input_tokens, line.output_tokens, line.cost)
            for line in result.found.lines
        ),
    )


def _charts(result: Result) -> tuple[Chart, ...]:
    days = result.found.days
    if len(days) < 2 or not result.found.whole.cost_microdollars:
        return ()
    dollars = tuple(round(cost / 1_000_000, 2) for _, cost in days)
    return (Chart("Cost by day", "bar", tuple(f"{on:%b %-d}" for on, _ in days), (Series("Cost", dollars),), unit="$"),)


TOOL = Tool(
    name="get_usage_report",
    title="Usage and cost",
    description="Report the assistant's own usage and AI cost by period. Without dates: this month so far.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.USAGE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Adding up the usage",
    examples=(
        "How much did we spend on AI this month?",
        "Usage report by user for last month",
        "Who used you the most in the last 30 days?",
    ),
)
