"""Compare two or more properties side by side on one metric."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import Area, area_of, areas_of
from app.portfolio.definitions import DEFINITIONS, cost_per_move_out
from app.portfolio.finance import last_closed, span
from app.portfolio.kpi import MONEY, by_community, month_before
from app.portfolio.occupancy import occupancy_today
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import joined, percent, sentence

Metric = Literal[
    "noi",
    "revenue",
    "operating_expenses",
    "delinquency_rate",
    "average_rent",
    "renewal_rate",
    "turnover_cost",
    "occupancy",
]

PHRASES: tuple[str, ...] = (
    "compare NOI between {property} and {property2}",
    "which has better occupancy, {property} or {property2}",
    "{property} vs {property2} expenses",
    "compare average rent at {property} and {property2}",
    "how does {property} compare to {property2} on revenue",
    "which property has the higher renewal rate, {property} or {property2}",
    "{property} versus {property2} noi",
    "side by side delinquency for {property} and {property2}",
    "is {property} more full than {property2}",
    "who makes more revenue {property} or {property2}",
    "compare {property}, {property2} and {property3} on occupancy",
    "turnover cost {property} vs {property2}",
    "put {property} against {property2} on opex",
    "does {property} have higher rents than {property2}",
    "occupancy comparison {property} {property2}",
    "which one is doing better on noi: {property} or {property2}",
    "rank {property}, {property2}, {property3} by revenue",
    "compare the delinquency rate of {property} with {property2}",
    "difference in average rent between {property} and {property2}",
    "{property} or {property2}, which has lower expenses",
    "stack {property} up against {property2} for renewals",
    "{property} vs {property2} occupancy",
    "is {property} outperforming {property2} on noi",
    "compare {property} to {property2} on turnover",
    "how do {property} and {property2} stack up on delinquency",
    "contrast revenue at {property} and {property2}",
    "renewal rate {property} compared with {property2}",
    "between {property} and {property2} who has the better occupancy",
    "show me {property} and {property2} side by side, average rent",
    "which is fuller {property} or {property2}",
    "{property} {property2} {property3} noi comparison",
    "who's doing better on noi, {property} or {property2}",
    "{property} or {property2}, who has more occupancy",
    "how do {property} and {property2} compare on revenue",
    "is {property} doing better than {property2} on renewals",
    "{property} versus {property2} on expenses",
    "line up {property} and {property2} on turnover cost",
    "which makes more {property} or {property2}",
    "compare {property} and {property2} occupancy",
    "delinquency {property} vs {property2}",
    "give me {property}, {property2} and {property3} noi side by side",
    "does {property} cost more to run than {property2}",
    "who has higher average rent between {property} and {property2}",
    "compare opex of {property} against {property2}",
    "rents at {property} compared to {property2}",
    "how's {property} doing versus {property2} on delinquency",
    "is renewal rate higher at {property} or {property2}",
    "compare occupancy at {property} and {property2}",
    "compare revenue for {property} and {property2}",
    "occupancy at {property} compared to {property2}",
    "compare NOI across all communities",
    "which community is losing the most money",
    "which property makes the most money",
    "most profitable community",
    "rank our communities by occupancy",
    "rank all properties by renewal rate",
    "noi by community",
    "which community has the lowest occupancy",
    "which property has the worst delinquency",
    "average rent by property",
    "which of our communities costs the most to run",
    "best performing property on noi",
    "revenue for each community",
)


class Args(ToolArgs):
    metric: Metric = Field(description="Metric")
    properties: list[str] = Field(description="Property names; an empty list compares all")


FEW = 5  # communities whose values are all said
TOP = 3
MOST_BARS = 24


@dataclass(frozen=True)
class Standing:
    """One community's value: money or a fraction; neither when it is not known. `each` is turnover cost per
    move-out."""

    community: str
    money: Money | None = None
    fraction: float | None = None
    each: Money | None = None

    @property
    def known(self) -> bool:
        return self.money is not None or self.fraction is not None

    @property
    def size(self) -> float:
        return float(self.money.dollars) if self.money is not None else self.fraction or 0.0


class Result(ToolOutput):
    """The communities by value, highest first; `month` is None for today's occupancy."""

    month: dt.date | None
    where: str
    standings: tuple[Standing, ...]  # as many as a list may carry
    total: int
    last: Standing | None  # of those with a value
    gap: Money | float | None  # between the first and the last


async def run(ctx: ToolContext, args: Args) -> Result:
    names = list(dict.fromkeys(name.strip() for name in args.properties if name.strip()))
    async with ctx.db.reading() as session:
        area = await (areas_of(session, ctx.principal, names) if names else area_of(session, ctx.principal, None))
        if len(area.communities) < 2:
            raise Fixable(
                f"Comparing takes at least two communities, and I know of {area.communities[0].name} only.",
                next_step="Which other one do you mean?" if names else "",
            )
        month, standings = await _standings(session, ctx, args.metric, area)
        record = f"{NAMES[args.metric]} of {joined([one.name for one in area.communities]) if names else area.label}"
        resource = {"occupancy": "units", "average_rent": "leases"}.get(args.metric, "gl_months")
        sources = await area.sources(session, resource, record)
    ranked = tuple(sorted(standings, key=lambda one: (not one.known, -one.size, one.community)))
    return Result(
        month=month,
        where=area.label,
        standings=ranked[: ctx.rows],
        total=len(ranked),
        last=_last(ranked),
        gap=_gap(ranked),
        sources=sources,
    )


async def _standings(
    session: AsyncSession, ctx: ToolContext, metric: Metric, area: Area
) -> tuple[dt.date | None, list[Standing]]:
    if metric == "occupancy":
        report = await occupancy_today(session, area)
        return None, [Standing(one.property, fraction=one.physical) for one in report.communities if one.units]
    month = await last_closed(session, area, ctx.today) or month_before(ctx.today)
    found = await by_community(session, area, metric, Period.month_of(month), ctx.today)
    names = {one.id: one.name for one in area.communities}
    return month, [
        Standing(
            names[key],
            value.money,
            value.fraction,
            cost_per_move_out(value.money, value.part)
            if metric == "turnover_cost" and value.money and value.part
            else None,
        )
        for key, value in found.items()
    ]


def _last(ranked: tuple[Standing, ...]) -> Standing | None:
    return next((one for one in reversed(ranked) if one.known), None)


def _gap(ranked: tuple[Standing, ...]) -> Money | float | None:
    known = [one for one in ranked if one.known]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    if first.money is not None and last.money is not None:
        return first.money - last.money
    return (first.fraction or 0) - (last.fraction or 0)


NAMES: dict[Metric, str] = {
    "noi": "NOI",
    "revenue": "Revenue",
    "operating_expenses": "Operating expenses",
    "delinquency_rate": "Delinquency rate",
    "average_rent": "Average rent",
    "renewal_rate": "Renewal rate",
    "turnover_cost": "Turnover cost",
    "occupancy": "Physical occupancy",
}


def _value(one: Standing) -> str:
    text = str(one.money) if one.money is not None else percent(one.fraction or 0)
    return f"{text} ({one.each} per move-out)" if one.each else text


def present(args: Args, result: Result) -> Presentation:
    known = [one for one in result.standings if one.known]
    missing = [one.community for one in result.standings if not one.known]
    name, when = NAMES[args.metric], f"in {span([result.month])}" if result.month else "today"
    if not known:
        return Presentation(text=f"{name} is not known {when} for {joined(missing)}.")
    last = result.last or known[-1]
    if len(known) <= FEW:
        values = f"{joined([f'{one.community} {_value(one)}' for one in known])}."
    else:
        top = ", ".join(f"{one.community} {_value(one)}" for one in known[:TOP])
        values = f"highest are {top}; lowest is {last.community} {_value(last)}."
    text = sentence(
        f"{name} {when}{'' if len(known) <= FEW else f' {result.where}'}:",
        values,
        _difference(known[0], last, result.gap),
        f"I have no figure for {joined(missing)}." if missing else "",
    )
    return Presentation(
        text=text,
        table=_table(args, result),
        charts=(_chart(args, known),) if len(known) <= MOST_BARS else (),
        follow_ups=(f"And {_other(args.metric)}?", f"Occupancy at {last.community}"),
        definitions=(args.metric,) if args.metric in DEFINITIONS else (),
    )


def _difference(first: Standing, last: Standing, gap: Money | float | None) -> str:
    if gap is None:
        return ""
    if isinstance(gap, Money):
        return "They are level." if gap.cents == 0 else f"{first.community} is {gap} above {last.community}."
    if round(gap * 100, 1) == 0:
        return "They are level."
    return f"{first.community} is {gap * 100:.1f} points above {last.community}."


def _other(metric: Metric) -> str:
    return "average rent" if metric == "occupancy" else "occupancy"


def _chart(args: Args, known: list[Standing]) -> Chart:
    money = args.metric in MONEY
    values = tuple(one.size if money else round(one.size * 100, 1) for one in known)
    names = tuple(one.community for one in known)
    return Chart(NAMES[args.metric], "bar", names, (Series(NAMES[args.metric], values),), "$" if money else "%")


def _table(args: Args, result: Result) -> Table:
    kind = ColumnKind.MONEY if args.metric in MONEY else ColumnKind.PERCENT
    columns = (Column("property", "Property"), Column("value", NAMES[args.metric], kind))
    turned = args.metric == "turnover_cost"
    return Table(
        title=f"{NAMES[args.metric]} compared",
        columns=(*columns, Column("each", "Per move-out", ColumnKind.MONEY)) if turned else columns,
        rows=tuple(
            (one.community, one.money if one.money is not None else one.fraction) + ((one.each,) if turned else ())
            for one in result.standings
        ),
        total_rows=result.total,
    )


TOOL = Tool(
    name="compare_properties",
    title="Comparison",
    description=(
        "Compare properties, named ones or all, side by side on one metric: occupancy today, everything else in the "
        "last closed month. Tells which is highest, lowest, best or worst"
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.FINANCE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Comparing the communities",
    examples=(
        "Compare NOI between Parkview and Stonegate",
        "Which has better occupancy, Maple or Oakwood?",
        "Magnolia vs Elm Street expenses",
    ),
)
