"""Get details of one unit: floor plan, square feet, amenities, current rent and status."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.find import find_unit
from app.portfolio.sources import cite
from app.portfolio.units import UnitDetails, unit_details
from app.tools.core.arguments import UnitNumber
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import bedrooms, day, joined, sentence, words

PHRASES: tuple[str, ...] = (
    "how many square feet is {unit} in {property}",
    "floor plan for {unit}",
    "does {unit} at {property} have a washer/dryer",
    "tell me about {unit} at {property}",
    "details on {unit}",
    "what amenities does {unit} have",
    "is there a balcony in {unit} at {property}",
    "how big is {unit}",
    "sq ft of {unit} {property}",
    "what's the layout of {unit}",
    "show me {unit} at {property}",
    "what's the asking rent on {unit}",
    "how many bedrooms in {unit} at {property}",
    "is {unit} vacant",
    "does {unit} face the pool",
    "what floor is {unit} on at {property}",
    "pull up info for {unit} in {property}",
    "does {unit} come with a dishwasher",
    "is {unit} renovated",
    "unit info {unit} {property}",
    "what are we asking for {unit} at {property}",
    "is {unit} a corner unit",
    "what does {unit} rent for",
    "give me the specs on {unit}",
    "square footage for {unit} at {property}",
    "does {unit} have a fireplace",
    "what's the status of {unit} at {property}",
    "is {unit} at {property} occupied or vacant",
    "what kind of floorplan is {unit}",
    "can you tell me what {unit} in {property} looks like",
    "does {unit} have in-unit laundry",
    "is {unit} furnished",
    "is there a walk in closet in {unit}",
    "current rent for {unit} at {property}",
    "need the dimensions of {unit} at {property}",
    "what features does {unit} have",
    "look up {unit} at {property}, how many baths",
    "prospect asking if {unit} has hardwood floors",
    "is {unit} ada accessible",
    "what's {unit} like",
    "unit details {unit}",
    "when was {unit} last updated",
    "does {unit} at {property} have a patio",
    "which floor plan does {unit} have",
    "how many sqft in {unit}",
    "does the apartment {unit} have central air",
    "quick q what's the sq footage on {unit}",
    "lady on the phone wants to know if {unit} at {property} has a tub",
    "pull the info on {unit} {property} for me",
    "whats included in {unit} at {property}",
    "is {unit} upstairs or downstairs",
    "how many baths does {unit} have",
    "tell me everything about {unit} in {property}",
    "{unit} at {property} - how big is it",
    "what view does {unit} have",
    "give me details for {unit} at {property}",
    "does {unit} have a garage or a dishwasher",
    "does the unit {unit} have new appliances",
    "layout for {unit}",
    "{unit} floor plan {property}",
    "can you pull up {unit} at {property}",
    "prospect wants to know the size of {unit}",
    "what comes with {unit} at {property}",
    "rent and square feet for {unit}",
    "is there a/c in {unit}",
    "what does {unit} at {property} go for",
    "what's the asking rent on {unit} at {property}",
    "is {unit} at {property} still vacant",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number, e.g. 204 or 12B")


class Result(ToolOutput):
    """One unit."""

    today: dt.date
    unit: UnitDetails


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
        details = await unit_details(session, place)
        rows = [(place.unit.id, place.unit.as_of)]
        sources = await cite(session, ctx.principal.workspace_id, "units", sentence(str(place)), rows)
    return Result(today=ctx.today, unit=details, sources=sources)


def _state(unit: UnitDetails, today: dt.date) -> str:
    free = f" and free from {day(unit.available_on)}" if unit.available_on and unit.available_on > today else ""
    if unit.status == "notice":
        return (
            f"{unit.resident or 'The resident'} has given notice; it is free on {day(unit.available_on)}."
            if (unit.available_on)
            else f"{unit.resident or 'The resident'} has given notice."
        )
    if unit.status == "vacant":
        return f"It is vacant{free or ' and can be moved into now'}."
    if unit.status == "vacant_leased":
        return "It is vacant, but leased already."
    if unit.status == "down":
        return "It is down and can't be rented at the moment."
    if unit.resident and unit.lease_rent and unit.lease_end:
        return f"{unit.resident} lives there for {unit.lease_rent} a month, until {day(unit.lease_end)}."
    return "It is occupied."


def present(args: Args, result: Result) -> Presentation:
    unit = result.unit
    kind = bedrooms(unit.bedrooms)
    text = sentence(
        f"unit {unit.unit} at {unit.property} is a {kind}{'' if unit.bedrooms == 0 else ' apartment'}",
        f"with {unit.bathrooms:g} {'bath' if unit.bathrooms == 1 else 'baths'} and {unit.square_feet:,} sq ft,",
        f"asking {unit.asking_rent} a month.",
        _state(unit, result.today),
        f"Amenities: {joined(unit.amenities)}." if unit.amenities else "",
        "Pets are welcome." if unit.pet_friendly else "",
        "The asking rent was set through me and is not in the property system yet." if unit.rent_override else "",
    )
    return Presentation(
        text=text,
        table=_table(unit),
        follow_ups=(
            f"What do competitors near {unit.property} charge?",
            f"Work orders for unit {unit.unit} at {unit.property}",
        ),
    )


def _table(unit: UnitDetails) -> Table:
    lines: list[tuple[str, str | int | Money | dt.date | None]] = [
        ("Community", unit.property),
        ("Floor plan", unit.floor_plan),
        ("Building", unit.building),
        ("Floor", unit.floor),
        ("Bedrooms", unit.bedrooms),
        ("Bathrooms", f"{unit.bathrooms:g}"),
        ("Square feet", unit.square_feet),
        ("Asking rent", unit.asking_rent),
        ("Status", words(unit.status)),
        ("Available", unit.available_on),
        ("Pets", "yes" if unit.pet_friendly else "no"),
        ("Resident", unit.resident),
        ("Lease rent", unit.lease_rent),
        ("Lease ends", unit.lease_end),
    ]
    return Table(
        title=f"Unit {unit.unit} at {unit.property}",
        columns=(Column("detail", "Detail"), Column("value", "Value", ColumnKind.TEXT)),
        rows=tuple((label, value) for label, value in lines if value not in (None, "")),
    )


TOOL = Tool(
    name="get_unit_details",
    title="Unit details",
    description="Get details of one unit: floor plan, square feet, amenities, current rent and status",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking up the unit",
    examples=(
        "How many square feet is 12B in Parkview?",
        "Does unit 406 at Birchwood have a washer and dryer?",
        "Floor plan for apt 318",
    ),
)
