"""Get physical and leased occupancy percentage for a property or the whole portfolio."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.occupancy import OccupancyReport, occupancy_on, occupancy_today
from app.tools.core.dates import not_future, sensible
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, counted, day, percent, sentence

PHRASES: tuple[str, ...] = (
    "what's our occupancy at {property} right now",
    "how full is {property}",
    "are we above 95% leased at {property}",
    "occupancy at {property}",
    "occupancy across the portfolio",
    "what percent occupied is {property}",
    "how many units are occupied at {property}",
    "vacancy rate at {property}",
    "what was occupancy at {property} on {date}",
    "occupancy as of {date}",
    "is {property} full",
    "how leased up are we at {property}",
    "occupancy numbers for {property}",
    "portfolio occupancy please",
    "where are we on occupancy",
    "physical occupancy at {property}",
    "leased percentage for {property}",
    "how empty is {property}",
    "did we hit 94 percent at {property}",
    "what's the occ at {property}",
    "how's occupancy looking at {property}",
    "current occupancy rate {property}",
    "what is our vacancy percentage at {property}",
    "overall occupancy for all properties",
    "owner wants occupancy for {property}",
    "how occupied were we at the end of {period}",
    "% occupied at {property}",
    "{property} occupancy",
    "tell me the occupancy of {property}",
    "are we full at {property}",
    "what share of units is leased at {property}",
    "occupancy report for {property}",
    "how are we doing on occupancy",
    "what's vacancy like at {property}",
    "what percent leased is {property}",
    "how many percent of {property} is rented",
    "give me the occupancy percentage for {property}",
    "occupancy at {property} end of last month",
    "is {property} over 90% occupied",
    "total occupancy today",
    "how full are we",
    "what % of {property} is leased",
    "hows occupancy at {property}",
    "how many vacant vs occupied at {property}",
    "are we at 95 yet at {property}",
    "how full was {property} on {date}",
    "occupancy {property} {date}",
    "what was our occupancy at the end of {period}",
    "boss is asking how full {property} is",
    "how leased is {property}",
    "occupancy for the portfolio as of {date}",
    "{property} occ rate",
    "what's the physical vs leased occupancy at {property}",
    "how many empty units do we have overall",
    "are we doing ok on occupancy at {property}",
    "give me occupancy",
    "whats our percentage occupied",
    "is {property} below 90 percent",
    "what's the vacancy at {property} like today",
    "how many doors are filled at {property}",
    "occupancy percent {property}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    as_of_date: dt.date | None = Field(default=None, description="As-of date, YYYY-MM-DD")


CHARTED = 30  # more bars than this cannot be read


class Result(ToolOutput):
    """Occupancy of the area and of each community; shares are fractions. `past` is the day asked for, if not today."""

    where: str
    past: dt.date | None
    report: OccupancyReport


async def run(ctx: ToolContext, args: Args) -> Result:
    asked = sensible(args.as_of_date, ctx.today) or ctx.today
    past = not_future(asked, ctx.today, "Occupancy")
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        if past == ctx.today:
            report = await occupancy_today(session, area)
        else:
            report = await occupancy_on(session, area, past)
        sources = await area.sources(session, "units", f"Unit status and leases {area.label}")
    return Result(where=area.label, past=None if past == ctx.today else past, report=report, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    total, rows = result.report.total, result.report.communities
    if not total.units:
        return Presentation(text=f"There are no rentable units {result.where}.")
    if result.past is not None:
        text = sentence(
            f"on {day(result.past)}, {total.lived_in:,} of {counted(total.units, 'unit')} {result.where}",
            f"were lived in: {percent(total.physical)} physical occupancy.",
            "Leased occupancy is only known for today.",
        )
    else:
        text = sentence(
            f"physical occupancy {result.where} is {percent(total.physical)}",
            f"({total.lived_in:,} of {counted(total.units, 'rentable unit')})",
            f"and leased occupancy is {percent(total.leased or 0)}." if total.leased is not None else "",
            f"Exposure is {percent(total.exposure or 0)}: {counted(total.exposed or 0, 'unit')} still to lease.",
            f"{counted(total.down, 'unit')} {are(total.down)} down and not counted." if total.down else "",
        )
    if len(rows) == 1:
        name = rows[0].property
        return Presentation(
            text=text,
            follow_ups=(f"Which units are available at {name}?", f"Move-outs at {name} in the next 60 days"),
            definitions=("occupancy",),
        )
    ranked = sorted(rows, key=lambda row: (row.physical, row.property))
    text += f" Lowest is {ranked[0].property} at {percent(ranked[0].physical)}, highest {ranked[-1].property} at "
    text += f"{percent(ranked[-1].physical)}."
    return Presentation(
        text=text,
        table=_table(result),
        charts=_charts(result),
        follow_ups=(f"Which units are available at {ranked[0].property}?", "Lease expirations in the next 60 days"),
        definitions=("occupancy",),
    )


def _charts(result: Result) -> tuple[Chart, ...]:
    ranked = sorted(result.report.communities, key=lambda row: (-row.physical, row.property))
    if len(ranked) > CHARTED:
        return ()
    series = [Series("Physical", tuple(round(row.physical * 100, 1) for row in ranked))]
    if result.past is None:
        series.append(Series("Leased", tuple(round((row.leased or 0) * 100, 1) for row in ranked)))
    return (Chart("Occupancy by community", "bar", tuple(row.property for row in ranked), tuple(series), "%"),)


def _table(result: Result) -> Table:
    today = result.past is None
    rows = (*result.report.communities, result.report.total)
    columns = (
        Column("property", "Property"),
        Column("units", "Units", ColumnKind.NUMBER),
        Column("lived_in", "Occupied", ColumnKind.NUMBER),
        Column("physical", "Physical", ColumnKind.PERCENT),
    )
    if today:
        columns += (
            Column("leased", "Leased", ColumnKind.PERCENT),
            Column("exposure", "Exposure", ColumnKind.PERCENT),
            Column("exposed", "To lease", ColumnKind.NUMBER),
        )
    return Table(
        title=f"Occupancy {result.where}",
        columns=columns,
        rows=tuple(
            (row.property, row.units, row.lived_in, row.physical)
            + ((row.leased, row.exposure, row.exposed) if today else ())
            for row in rows
        ),
    )


TOOL = Tool(
    name="get_occupancy",
    title="Occupancy",
    description="Get physical and leased occupancy percentage for a property or the whole portfolio",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Working out occupancy",
    examples=(
        "What's our occupancy at Riverside Lofts right now?",
        "How full is Willow Creek?",
        "Are we above 95% leased at Parkview?",
    ),
)
