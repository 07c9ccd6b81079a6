"""Get rents of comparable competitor communities near a property."""

from __future__ import annotations

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.comps import BedroomMarket, Market, market
from app.portfolio.sources import cite
from app.tools.core.amounts import whole
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import bedrooms, commas, counted, sentence

PHRASES: tuple[str, ...] = (
    "what are competitors near {property} charging for 2 beds",
    "comps within 3 miles of {property}, one bedrooms",
    "how do studio rents around {property} look vs the competition",
    "rent comps {property} 3br",
    "market comps for {property}",
    "what's the competition charging around {property}",
    "comparable rents near {property}",
    "what are other communities near {property} asking",
    "pull comps on {property}",
    "market rent for a {count} bedroom near {property}",
    "how do our rents at {property} compare to the market",
    "competitor rents in a {count} mile radius of {property}",
    "who are our comps at {property}",
    "what do similar apartments around {property} rent for",
    "are we priced right at {property} compared to competitors",
    "what's the going rate for 1 bedrooms around {property}",
    "rents nearby {property}",
    "comp set for {property}",
    "neighborhood rents by {property} for studios",
    "what are the comps saying for two bedrooms at {property}",
    "check the competition around {property}",
    "market survey {property}",
    "competing properties within 5 miles of {property}",
    "show me comparable communities for {property}",
    "what does the market look like around {property}",
    "comps {property}",
    "how much are 2 bedrooms going for near {property}",
    "what's everyone else in the area of {property} getting for a one bed",
    "nearby rents for {property}, {count} beds",
    "are competitors of {property} cheaper than us",
    "what do other buildings around {property} charge",
    "competitive pricing around {property}",
    "rent comparables for {property} within a mile",
    "pull the market comps around {property} for 2brs",
    "how do we stack up against the competition at {property}",
    "which comps are near {property}",
    "market pricing near {property}",
    "are we too high at {property}? what are others charging for {count} beds",
    "what's the market like by {property} for {count}brs",
    "check comps near {property}, {count} miles",
    "what do nearby places charge compared to {property}",
    "whats everyone around {property} asking",
    "rents in the area around {property} for one beds",
    "how much do competitors near {property} charge for studios",
    "get me comps for {property} {count} bedroom",
    "who's competing with {property} and at what rents",
    "{property} market comps {count}br within {count} miles",
    "rental comps around {property}",
    "can you pull what other apartments near {property} are renting for",
    "are our {count} beds at {property} priced above market",
    "compare {property}'s one bedrooms with the market",
    "what's market rent at {property}",
    "comps for studios near {property}",
    "what are the guys down the street from {property} charging",
    "surrounding rents for {property}",
)


class Args(ToolArgs):
    property: str = Field(description="Property (community) name")
    bedrooms: int | None = Field(default=None, description="Number of bedrooms (studio = 0)")
    radius_miles: float | None = Field(default=None, description="Search radius in miles")


MOST_MILES = 100


class Result(ToolOutput):
    """The latest survey of competitors near one community; rents are a month."""

    property: str
    found: Market


async def run(ctx: ToolContext, args: Args) -> Result:
    whole(args.bedrooms, "The number of bedrooms", most=10)
    if args.radius_miles is not None and not 0 < args.radius_miles <= MOST_MILES:
        raise Fixable(
            f"The radius must be more than 0 and at most {MOST_MILES} miles.", next_step="How far shall I look?"
        )
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await market(session, area, args.bedrooms, args.radius_miles)
        rows = [(comp.record, comp.as_of) for comp in found.comps]
        sources = await cite(session, ctx.principal.workspace_id, "market_comps", f"Rent survey near {area.name}", rows)
        ours = await area.sources(session, "units", f"Asking rents {area.label}")
    return Result(property=area.name, found=found, sources=(*sources, *ours))


def _within(args: Args) -> str:
    return f"within {args.radius_miles:g} miles" if args.radius_miles is not None else ""


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    if not found.comps:
        kind = f" for a {bedrooms(args.bedrooms)}" if args.bedrooms is not None else ""
        return Presentation(
            text=f"I have no surveyed competitors near {commas(result.property, _within(args))}{kind}.",
            follow_ups=(f"What is the average rent at {result.property}?",),
        )
    lines = [_line(one) for one in found.markets]
    text = sentence(
        f"competitors near {commas(result.property, _within(args))} ask on average:"
        if len(lines) > 1
        else f"near {commas(result.property, _within(args))}, competitors ask on average",
        ("; " if len(lines) > 1 else "").join(lines) + ".",
    )
    return Presentation(
        text=text,
        table=_table(result),
        charts=(_chart(args, result),),
        follow_ups=(
            f"Which units are available at {result.property}?",
            f"What is the average rent at {result.property}?",
        ),
    )


def _line(one: BedroomMarket) -> str:
    text = f"{one.average_asking} for a {bedrooms(one.bedrooms)} ({one.average_effective} after concessions, "
    text += f"{counted(one.competitors, 'competitor')}, {one.lowest} to {one.highest})"
    if one.ours is None or one.difference is None:
        return f"{text}; we have none of those"
    if one.difference.cents == 0:
        return f"{text}; we ask the same"
    gap = Money(abs(one.difference.cents))
    return f"{text}; we ask {one.ours}, {gap} {'above' if one.difference.cents > 0 else 'below'}"


def _chart(args: Args, result: Result) -> Chart:
    found = result.found
    if len(found.markets) > 1:
        theirs = Series("Competitors", tuple(float(one.average_asking.dollars) for one in found.markets))
        ours = Series(result.property, tuple(float(one.ours.dollars) if one.ours else 0.0 for one in found.markets))
        names = tuple(bedrooms(one.bedrooms) for one in found.markets)
        return Chart("Average asking rent", "bar", names, (theirs, ours), "$")
    bars = [(comp.competitor, float(comp.asking.dollars)) for comp in found.comps]
    bars += [(result.property, float(one.ours.dollars)) for one in found.markets if one.ours is not None]
    title = f"Asking rent of a {bedrooms(found.comps[0].bedrooms)}"
    values = Series("Asking rent", tuple(value for _, value in bars))
    return Chart(title, "bar", tuple(name for name, _ in bars), (values,), "$")


def _table(result: Result) -> Table:
    return Table(
        title=f"Competitors near {result.property}",
        columns=(
            Column("competitor", "Competitor"),
            Column("distance", "Miles", ColumnKind.NUMBER),
            Column("bedrooms", "Beds", ColumnKind.NUMBER),
            Column("square_feet", "Sq ft", ColumnKind.NUMBER),
            Column("asking", "Asking", ColumnKind.MONEY),
            Column("effective", "Effective", ColumnKind.MONEY),
            Column("occupancy", "Occupancy", ColumnKind.PERCENT),
            Column("concession", "Concession"),
            Column("surveyed_on", "Surveyed", ColumnKind.DATE),
        ),
        rows=tuple(
            (
                comp.competitor,
                comp.distance_miles,
                comp.bedrooms,
                comp.square_feet,
                comp.asking,
                comp.effective,
                comp.occupancy,
                comp.concession,
                comp.surveyed_on,
            )
            for comp in result.found.comps
        ),
    )


TOOL = Tool(
    name="get_market_comps",
    title="Market comps",
    description="Get rents of comparable competitor communities near a property",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Comparing with competitors",
    examples=(
        "What are competitors near Harbor Point charging for 2 beds?",
        "Comps within 3 miles of Cedar Ridge, one bedrooms",
        "How do studio rents around Stonegate look vs the competition?",
    ),
)
