"""Search vacant or soon-to-be-available apartment units by bedrooms, rent, property and move-in date."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.units import Available, Wanted, available_units
from app.tools.core.amounts import dollars, whole
from app.tools.core.dates import sensible
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, bedrooms, carried, commas, counted, day, sentence

PHRASES: tuple[str, ...] = (
    "got any {count} bedrooms open at {property}",
    "any {count} beds under {money} at {property}",
    "what's available at {property}",
    "show me vacant units at {property}",
    "vacant studios at {property}",
    "what do we have open for {date}",
    "whats free between {money} and {money} at {property}",
    "prospect has a dog, what can we show them at {property}",
    "anything pet friendly under {money}",
    "looking for a {count} bedroom {count} bath for less than {money}",
    "do we have a 1br at {property} ready by {date}",
    "is there a two bedroom available before {date}",
    "which apartments are vacant right now",
    "find me a 3 bedroom they can move into by {date}",
    "available apartments between {money} and {money}",
    "what can i offer someone with a budget of {money}",
    "what units are coming available in {period}",
    "list open units at {property} with {count} baths",
    "they need a place by {date}, two beds, max {money}",
    "do we have anything cheaper than {money}",
    "any studios left",
    "any vacancies at {property}",
    "what's on the market at {property}",
    "show available one bedrooms that allow pets",
    "lady with two cats wants a one bedroom at {property}",
    "guest needs a 2x2 at {property} for {date}",
    "cheapest 2 bed we have",
    "how many vacant {count} bedrooms at {property}",
    "i have someone looking for a studio near {property} under {money}",
    "availability at {property}",
    "pull up available 2 brs",
    "search for empty units",
    "units ready to move in today at {property}",
    "walk-in wants a {count}br no more than {money} a month",
    "what apartments can they rent at {property} that take a big dog",
    "need a one bedroom asap for a relocating nurse",
    "do you have any apartments for rent at {property}",
    "anything open in the {money} to {money} range",
    "3 bed 2 bath at {property} or anywhere really",
    "family of four looking, 3 bedrooms, 2 baths, up to {money}",
    "got a lead asking about one bedrooms around {money} at {property}",
    "what can we lease right now at {property}",
    "rentals at {property} starting at {money}",
    "which units at {property} are move-in ready",
    "is anything opening up at {property} next month with {count} bedrooms",
    "give me all the empties at {property}",
    "he wants a 2 bed with a move in of {date}, budget is {money}",
    "any pet ok studios at {property}",
    "caller needs something at least {money} but under {money}",
    "open units please",
    "what do we have for rent",
    "couple relocating here, they want a {count} bed with two baths at {property} by {date}, can spend {money}",
    "need options for a prospect: {count}br, under {money}, move in {date}",
    "what have we got that's empty at {property} rn",
    "someone's asking about a studio for about {money}",
    "can you see if theres a 2 bedroom free at {property} around {money}",
    "anything with 2 baths open anywhere under {money}",
    "she wants to move in by {date}, one bedroom, has a puppy",
    "got a guy w/ a big dog, 1 bed, {property}",
    "i have a walk in for a two bed two bath at {property}",
    "are there units open at {property} that take cats",
    "what can we show at {property} between {money} and {money}",
    "what 1 beds do we have for somebody moving {date}",
    "any apts opening up at {property} before {date}",
    "is anything available under {money} at {property}",
    "which {count} bedrooms are vacant at {property}",
    "inventory at {property} please",
    "looking to lease a studio at {property}, budget tops out at {money}",
    "max {money}, two bedrooms, anything at {property}",
    "whats the cheapest thing we have open at {property}",
    "available 3 bedroom units",
    "roommates looking for a 2 bed at {property}, no more than {money}",
    "need something pet friendly with {count} beds and {count} baths",
    "show me what's leasing at {property} for under {money} a month",
    "transfer request: needs a 1 bedroom at {property} by {date}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    bedrooms: int | None = Field(default=None, description="Number of bedrooms (studio = 0)")
    bathrooms: float | None = Field(default=None, description="Number of bathrooms")
    min_rent: float | None = Field(default=None, description="Minimum monthly rent in dollars")
    max_rent: float | None = Field(default=None, description="Maximum monthly rent in dollars")
    available_by: dt.date | None = Field(default=None, description="Latest availability date, YYYY-MM-DD")
    pet_friendly: bool | None = Field(default=None, description="Only pet friendly units")


class Result(ToolOutput):
    """The units that fit, cheapest first; `where` reads "at Maple Grove"."""

    where: str
    today: dt.date
    available: Available


async def run(ctx: ToolContext, args: Args) -> Result:
    wanted = _wanted(args, ctx.today)
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await available_units(session, area, wanted, ctx.today, ctx.rows)
        sources = await area.sources(session, "units", f"Available units {area.label}")
    return Result(where=area.label, today=ctx.today, available=found, sources=sources)


def _wanted(args: Args, today: dt.date) -> Wanted:
    low, high = dollars(args.min_rent, "The lowest rent"), dollars(args.max_rent, "The highest rent")
    if low is not None and high is not None and low > high:
        raise Fixable(f"The lowest rent ({low}) is above the highest ({high}).", next_step="Which range do you mean?")
    whole(args.bedrooms, "The number of bedrooms", most=10)
    return Wanted(
        bedrooms=args.bedrooms,
        bathrooms=args.bathrooms,
        min_rent=low,
        max_rent=high,
        available_by=sensible(args.available_by, today),
        pet_friendly=args.pet_friendly is True,
    )


def _filters(args: Args) -> str:
    low, high = dollars(args.min_rent, ""), dollars(args.max_rent, "")
    rent = f"between {low} and {high}" if low and high else f"under {high}" if high else f"from {low}" if low else ""
    return commas(
        rent,
        f"{args.bathrooms:g} bathrooms" if args.bathrooms is not None else "",
        f"free by {day(args.available_by)}" if args.available_by else "",
        "pet friendly" if args.pet_friendly else "",
    )


def present(args: Args, result: Result) -> Presentation:
    found = result.available
    kind = f"{bedrooms(args.bedrooms)} units" if args.bedrooms not in (None, 0) else "units"
    one = kind.removesuffix("s")
    if args.bedrooms == 0:
        one, kind = "studio", "studios"
    filters = commas(result.where, _filters(args))
    if not found.units:
        return Presentation(
            text=f"No {kind} are available {filters}.",
            follow_ups=("What is our occupancy?", "Which move-outs are coming up in the next 60 days?"),
        )
    first = found.units[0]
    free = "free now" if first.available_on <= result.today else f"free on {day(first.available_on)}"
    rents = (
        f"at {found.lowest_rent} a month"
        if found.lowest_rent == found.highest_rent
        else f"from {found.lowest_rent} to {found.highest_rent} a month"
    )
    text = sentence(
        f"{counted(found.total, one, kind)} {are(found.total)} available {filters}, {rents};",
        _move_in(found, free),
        f"The lowest rent is unit {first.unit} at {first.property}, {first.rent}, {free}." if found.total > 1 else "",
        carried(found.total, len(found.units), "cheapest"),
    )
    return Presentation(
        text=text,
        table=_table(result),
        follow_ups=(
            f"Tell me about unit {first.unit} at {first.property}",
            f"What do competitors near {first.property} charge?",
        ),
    )


def _move_in(found: Available, free: str) -> str:
    if found.total == 1:
        return f"it is {free}."
    number = {0: "none", found.total: "all"}.get(found.free_now, f"{found.free_now:,}")
    return f"{number} of them can be moved into now."


def _table(result: Result) -> Table:
    return Table(
        title=f"Available units {result.where}",
        columns=(
            Column("property", "Property"),
            Column("unit", "Unit"),
            Column("floor_plan", "Floor plan"),
            Column("bedrooms", "Beds", ColumnKind.NUMBER),
            Column("bathrooms", "Baths", ColumnKind.NUMBER),
            Column("square_feet", "Sq ft", ColumnKind.NUMBER),
            Column("rent", "Rent", ColumnKind.MONEY),
            Column("available_on", "Available", ColumnKind.DATE),
            Column("pet_friendly", "Pets"),
        ),
        rows=tuple(
            (
                unit.property,
                unit.unit,
                unit.floor_plan,
                unit.bedrooms,
                unit.bathrooms,
                unit.square_feet,
                unit.rent,
                unit.available_on,
                "yes" if unit.pet_friendly else "no",
            )
            for unit in result.available.units
        ),
        total_rows=result.available.total,
    )


TOOL = Tool(
    name="search_available_units",
    title="Available units",
    description=(
        "Search vacant or soon-to-be-available apartment units by bedrooms, rent, property and move-in date. "
        "Units somebody has already leased and units that are down are left out."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking for available units",
    examples=(
        "Any 2-bedrooms at Maple Grove under $1,800?",
        "Show me vacant studios at Harbor Point",
        "What pet friendly units are free by May 1?",
    ),
)
