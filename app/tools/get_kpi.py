"""Get a financial or operating metric for a property or the portfolio over a period."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.definitions import DEFINITIONS, cost_per_move_out
from app.portfolio.finance import last_closed, span
from app.portfolio.kpi import MONEY, POINT, KpiReport, Reading, kpi, month_before
from app.tools.core.dates import looking_back
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, percent, sentence

Metric = Literal[
    "noi", "revenue", "operating_expenses", "delinquency_rate", "average_rent", "renewal_rate", "turnover_cost"
]

PHRASES: tuple[str, ...] = (
    "what was NOI for {property} last quarter",
    "renewal rate at {property} year to date",
    "how much revenue did {property} bring in in {period}",
    "opex at {property} for 2025",
    "noi at {property}",
    "revenue for {period}",
    "average rent at {property}",
    "delinquency rate at {property} {period}",
    "turnover cost for {property} {period}",
    "what's our renewal rate",
    "operating expenses {property} {period}",
    "how much did we make at {property} {period}",
    "net operating income for {property} {period}",
    "what are we spending on turnover at {property}",
    "average rent across the portfolio",
    "portfolio noi {period}",
    "what percent of residents renewed at {property} {period}",
    "expenses at {property} {period}",
    "total revenue {period}",
    "what's the delinquency percentage at {property}",
    "avg rent {property}",
    "retention rate {property} {period}",
    "what did it cost to operate {property} {period}",
    "{property} noi {period}",
    "how's noi looking at {property}",
    "cost of turns at {property} {period}",
    "how much money came in at {property} {period}",
    "give me the noi number for {property}",
    "what is the average rent",
    "income at {property} for {period}",
    "how did {property} do on revenue {period}",
    "what's our bad debt rate at {property}",
    "make-ready costs at {property} {period}",
    "what were operating costs at {property} {period}",
    "renewal percentage {property}",
    "what was {property}'s revenue {period}",
    "show kpi noi {property} {period}",
    "how much are we spending to run {property} {period}",
    "mean rent per unit at {property}",
    "how many people renewed at {property} {period}",
    "delinquency at {property} as a percentage",
    "gross revenue portfolio wide {period}",
    "how profitable is {property}",
    "hows revenue at {property} {period}",
    "how did noi do at {property} {period}",
    "what were our expenses {period}",
    "whats avg rent at {property}",
    "what's our turn cost at {property}",
    "how much does it cost us to turn units at {property}",
    "what percentage renewed {period}",
    "revenue at {property}",
    "how much did {property} bring in {period}",
    "what did we make {period}",
    "what's delinquency running at {property}",
    "delinquency % {period}",
    "noi {period}",
    "average rents at {property} {period}",
    "what did we spend running {property} {period}",
    "how's retention at {property}",
    "operating costs {property} {period}",
    "total income at {property} {period}",
    "{property} revenue {period}",
    "{property} average rent",
    "expenses for {property} {period}",
    "renewals as a percentage at {property} {period}",
    "noi across all properties {period}",
    "what's the average we get for rent at {property}",
)


class Args(ToolArgs):
    metric: Metric = Field(description="Metric")
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


class Result(ToolOutput):
    """A metric over a period and month by month."""

    where: str
    today: dt.date
    report: KpiReport
    per_move_out: Money | None


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        closed = await last_closed(session, area, ctx.today)
        default = Period.month_of(closed or month_before(ctx.today))
        if args.start_date is None and args.end_date is None:
            period = default
        else:
            period = looking_back(ctx.today, args.start_date, args.end_date, since=default.start)
        if period.start > ctx.today:
            raise Fixable(f"{period} hasn't begun yet.", next_step="Which past months do you mean?")
        report = await kpi(session, area, args.metric, period, ctx.today)
        if not report.value.known:
            raise Fixable(_unknown(args.metric, period, area.label, closed), code="not_known")
        record = f"{NAMES[args.metric]} {span([one.month for one in report.months])} {area.label}"
        resource = "gl_months" if args.metric in MONEY[:3] else "leases"
        sources = await area.sources(session, resource, record)
    turned = args.metric == "turnover_cost" and report.value.money is not None and report.value.part > 0
    each = cost_per_move_out(report.value.money, report.value.part) if turned and report.value.money else None
    return Result(where=area.label, today=ctx.today, report=report, per_move_out=each, sources=sources)


NAMES: dict[Metric, str] = {
    "noi": "NOI",
    "revenue": "Revenue",
    "operating_expenses": "Operating expenses",
    "delinquency_rate": "Delinquency rate",
    "average_rent": "Average rent",
    "renewal_rate": "Renewal rate",
    "turnover_cost": "Turnover cost",
}


def _unknown(metric: Metric, period: Period, where: str, closed: dt.date | None) -> str:
    if metric == "renewal_rate":
        return f"No leases ended {where} in {period}, so there is no renewal rate."
    if metric in POINT:
        return f"Nobody lived {where} in {period}, so there is no {NAMES[metric].lower()}."
    last = f" The last closed month is {closed:%B %Y}." if closed else ""
    return f"No month of {period} is closed yet {where}.{last}"


def _value(value: Reading) -> str:
    if value.money is not None:
        return str(value.money)
    return percent(value.fraction or 0)


def _when(args: Args, result: Result) -> str:
    months = result.report.months
    last = months[-1].through
    if args.metric in POINT:
        return f"on {day(last)}" if last < result.today else "today"
    whole = span([one.month for one in months])
    return f"in {whole}" if last == Period.month_of(last).end else f"in {whole} (through {day(last)})"


def present(args: Args, result: Result) -> Presentation:
    report = result.report
    when = _when(args, result)
    text = sentence(
        f"{_subject(args.metric)} {result.where} {_verb(args.metric, when)} {_value(report.value)} {when}.",
        _made_of(args, result),
        _change(result),
        DEFINITIONS[args.metric].sentence if args.metric in ("delinquency_rate", "renewal_rate", "noi") else "",
    )
    several = len(report.months) > 1
    return Presentation(
        text=text,
        table=_table(args, result) if several else None,
        charts=(_chart(args, result),) if several else (),
        follow_ups=("And the three months before?", "How does it compare with the budget?"),
        definitions=(args.metric,),
    )


def _subject(metric: Metric) -> str:
    name = NAMES[metric]
    return f"the {name.lower()}" if metric in ("delinquency_rate", "average_rent", "renewal_rate") else name


def _verb(metric: Metric, when: str) -> str:
    if metric == "operating_expenses":
        return "were"
    return "is" if when == "today" else "was"


def _made_of(args: Args, result: Result) -> str:
    value = result.report.value
    if args.metric == "renewal_rate":
        were = "was" if value.part == 1 else "were"
        return f"Of {counted(value.of, 'lease')} that ended, {value.part:,} {were} renewed."
    if args.metric == "delinquency_rate":
        return f"{value.part:,} of {counted(value.of, 'household')} owed something then."
    if args.metric == "average_rent":
        return f"That is the average of {counted(value.of, 'occupied unit')}."
    if result.per_move_out is not None:
        return f"With {counted(value.part, 'move-out')}, that is {result.per_move_out} each."
    return ""


def _change(result: Result) -> str:
    """The course over several months, in one sentence."""
    months = result.report.months
    if len(months) < 2:
        return ""
    first, last = months[0], months[-1]
    return f"It went from {_value(first.value)} in {first.month:%B} to {_value(last.value)} in {last.month:%B %Y}."


def _chart(args: Args, result: Result) -> Chart:
    months = result.report.months
    money = args.metric in MONEY
    values = tuple(
        float(one.value.money.dollars) if one.value.money is not None else round((one.value.fraction or 0) * 100, 1)
        for one in months
    )
    names = tuple(f"{one.month:%b %Y}" for one in months)
    return Chart(
        f"{NAMES[args.metric]} {result.where}",
        "line",
        names,
        (Series(NAMES[args.metric], values),),
        "$" if money else "%",
    )


def _table(args: Args, result: Result) -> Table:
    kind = ColumnKind.MONEY if args.metric in MONEY else ColumnKind.PERCENT
    return Table(
        title=f"{NAMES[args.metric]} by month",
        columns=(Column("month", "Month"), Column("value", NAMES[args.metric], kind)),
        rows=tuple(
            (f"{one.month:%b %Y}", one.value.money if one.value.money is not None else one.value.fraction)
            for one in result.report.months
        ),
    )


TOOL = Tool(
    name="get_kpi",
    title="Metrics",
    description=(
        "Get a financial or operating metric for a property or the portfolio over a period. Without dates: the last "
        "closed month."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.FINANCE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Working out the figures",
    examples=(
        "What was NOI for Parkview last quarter?",
        "Renewal rate at Maple Grove year to date",
        "How much revenue did Harbor Point bring in in February?",
    ),
)
