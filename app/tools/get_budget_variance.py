"""Compare actual spending and income with the budget for a property and period."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.finance import AccountVariance, Variance, budget_variance, last_closed, span
from app.tools.core.dates import looking_back
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, joined, percent, sentence, words

PHRASES: tuple[str, ...] = (
    "are we over budget at {property} {period}",
    "variance report for {period}",
    "how far off plan was {property} in {period}",
    "show me actuals against budget, {property}, {period}",
    "budget vs actual {property} {period}",
    "budget variance at {property}",
    "are we under budget",
    "how is {property} tracking against budget",
    "actual vs budget {period}",
    "did {property} stay within budget {period}",
    "did we overspend at {property} {period}",
    "where are we over budget",
    "actuals vs plan for {property} {period}",
    "how are we doing against the budget at {property}",
    "is {property} on budget",
    "{property} budget variance {period}",
    "what's the variance at {property} {period}",
    "how much over budget is {property}",
    "compare actual spending with budget for {property} {period}",
    "are expenses above plan at {property} {period}",
    "did we blow the budget at {property}",
    "budget to actuals {period}",
    "how close to budget was {property} {period}",
    "off budget at {property} {period}",
    "budget performance for {property} {period}",
    "show the variance report",
    "where did we miss plan {period}",
    "what did we spend vs what we budgeted at {property}",
    "is {property} over or under for {period}",
    "portfolio budget vs actuals {period}",
    "are we tracking to plan {period}",
    "which lines are over budget at {property}",
    "spend against budget at {property}",
    "hows {property} doing vs budget {period}",
    "are we on plan at {property} {period}",
    "how bad did we miss budget at {property} {period}",
    "did {property} go over budget {period}",
    "budget v actual for {property}",
    "is {property} under plan {period}",
    "actuals against budget {period}",
    "{property} variance {period}",
    "what's our budget variance {period}",
    "spending vs plan at {property}",
    "are we over at {property} {period} compared with budget",
    "how far over budget are we",
    "where did {property} go over",
    "where do we stand vs budget at {property} {period}",
    "budget check {property} {period}",
    "did we hit budget {period}",
    "how do actuals look against plan at {property}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


class Result(ToolOutput):
    """Actual against budget over the closed months of the period."""

    where: str
    variance: Variance


async def run(ctx: ToolContext, args: Args) -> Result:
    period = looking_back(ctx.today, args.start_date, args.end_date, since=ctx.today.replace(month=1, day=1))
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await budget_variance(session, area, period)
        if not found.months and args.start_date is None and args.end_date is None:
            closed = await last_closed(session, area, ctx.today)
            if closed is not None:  # January: last year's books are the ones there are
                found = await budget_variance(session, area, Period(closed.replace(month=1), closed))
        if not found.months:
            closed = await last_closed(session, area, ctx.today)
            raise Fixable(
                f"No month of {period} is closed yet {area.label}.",
                next_step=f"The last closed month is {closed:%B %Y}." if closed else "No actuals have come in so far.",
                code="not_closed",
            )
        sources = await area.sources(session, "gl_months", f"Budget and actuals {span(found.months)} {area.label}")
    return Result(where=area.label, variance=found, sources=sources)


def _against(line: AccountVariance) -> str:
    if line.variance.cents == 0:
        return f"{line.actual}, exactly on budget"
    gap, side = Money(abs(line.variance.cents)), "above" if line.variance.cents > 0 else "below"
    return f"{line.actual}, {gap} ({percent(abs(line.share))}) {side} the budget of {line.budget}"


def present(args: Args, result: Result) -> Presentation:
    found = result.variance
    worst = [line for line in found.accounts if not line.favorable]
    worst.sort(key=lambda line: -abs(line.variance.cents))
    waiting = [f"{month:%B}" for month in found.open_months]
    text = sentence(
        f"{span(found.months)} {result.where}: income was {_against(found.income)};",
        f"expenses were {_against(found.expenses)}.",
        f"NOI came to {_against(found.noi)}.",
        f"Furthest off on the wrong side: {words(worst[0].account)}, {Money(abs(worst[0].variance.cents))}"
        f" {'under' if worst[0].is_income else 'over'}."
        if worst
        else "No account is on the wrong side of its budget.",
        f"{joined(waiting)} {are(len(waiting))} not closed and not counted." if 0 < len(waiting) < 4 else "",
    )
    return Presentation(
        text=text,
        table=_table(result),
        charts=(_chart(found),),
        follow_ups=("What was NOI over the same months?", "Which invoices are overdue?"),
        definitions=("noi",),
    )


def _chart(found: Variance) -> Chart:
    lines = found.accounts
    return Chart(
        "Actual against budget",
        "bar",
        tuple(words(line.account) for line in lines),
        (
            Series("Actual", tuple(float(line.actual.dollars) for line in lines)),
            Series("Budget", tuple(float(line.budget.dollars) for line in lines)),
        ),
        "$",
    )


def _table(result: Result) -> Table:
    found = result.variance
    incomes = [line for line in found.accounts if line.is_income]
    costs = [line for line in found.accounts if not line.is_income]
    lines = (*incomes, found.income, *costs, found.expenses, found.noi)
    totals = {"income": "Total income", "expenses": "Total expenses", "NOI": "NOI"}
    return Table(
        title=f"Budget variance {span(found.months)} {result.where}",
        columns=(
            Column("account", "Account"),
            Column("actual", "Actual", ColumnKind.MONEY),
            Column("budget", "Budget", ColumnKind.MONEY),
            Column("variance", "Variance", ColumnKind.MONEY),
            Column("share", "Variance %", ColumnKind.PERCENT),
            Column("favorable", "Standing"),
        ),
        rows=tuple(
            (
                totals.get(line.account, words(line.account).capitalize()),
                line.actual,
                line.budget,
                line.variance,
                line.share,
                "favorable" if line.favorable else "unfavorable",
            )
            for line in lines
        ),
    )


TOOL = Tool(
    name="get_budget_variance",
    title="Budget variance",
    description=(
        "Compare actual spending and income with the budget for a property and period. Closed months only; without "
        "dates: the year to date."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.FINANCE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Comparing actuals with the budget",
    examples=(
        "Are we over budget at Sunset Villas this year?",
        "Variance report for Q1",
        "How far off plan was Magnolia in January?",
    ),
)
