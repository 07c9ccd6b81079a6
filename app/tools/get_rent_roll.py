"""Get the rent roll of a property: every unit with resident, rent and lease dates."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.rent_roll import RentRoll, rent_roll
from app.tools.core.dates import not_future, sensible
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, sentence, words

PHRASES: tuple[str, ...] = (
    "rent roll for {property}",
    "pull {property}'s rent roll as of {date}",
    "can i get the current rent roll for {property}",
    "export rentroll {property} end of last month",
    "who's living in every unit at {property} and what are they paying",
    "show me all units with tenants and rents at {property}",
    "i need the rent roll for {property} for the lender",
    "rent roll {property} {date}",
    "run a rent roll on {property}",
    "give me the rr for {property}",
    "list every resident and their rent at {property}",
    "the bank wants {property}'s rent roll as of {date}",
    "every unit at {property} with lease dates and rent",
    "send me the full rent roll {property}",
    "what does the rent roll look like at {property}",
    "auditors need the {property} rent roll dated {date}",
    "print out rent roll for {property}",
    "rentroll for {property} please",
    "unit by unit rents at {property}",
    "show all the leases and rents for all units at {property}",
    "breakdown of who pays what at {property}",
    "updated rent roll for {property} as of today",
    "tenant roster with rents for {property}",
    "i want to see each apartment at {property}, who is in it and their rent",
    "roll as of {date} for {property}",
    "rent roll report {property}",
    "get me {property} rent roll",
    "list of all tenants with lease end dates at {property}",
    "need a copy of the rent roll at {property} from {date}",
    "complete list of units, residents and rents at {property}",
    "how much is each unit paying at {property}",
    "who rents what at {property}",
    "download the rent roll for {property}",
    "what's every tenant paying over at {property}",
    "all units and what they rent for at {property}",
    "full unit listing with occupants and rent for {property}",
    "lender wants the rr for {property} asap",
    "gimme the rent roll at {property}",
    "need {property} rent roll dated {date}",
    "can you spit out the rent roll for {property}",
    "{property} rr",
    "who's in each apartment at {property} and what's their rent",
    "rent roll at {property} as of yesterday",
    "every tenant and their rent at {property}",
    "a list of all leases, rents and units at {property}",
    "buyer's due diligence: rent roll for {property} as of {date}",
    "show the roll for {property}",
    "list all the occupied and vacant units at {property} with rents",
    "rentroll {date} {property}",
    "i need every unit with resident and rent for {property}",
    "the {property} rent roll from the end of {period}",
    "pull me a roll of who lives where at {property} with rent amounts",
)


class Args(ToolArgs):
    property: str = Field(description="Property (community) name")
    as_of_date: dt.date | None = Field(default=None, description="As-of date, YYYY-MM-DD")


class Result(ToolOutput):
    """The rent roll of one community on a day; rents are a month."""

    on: dt.date
    today: dt.date
    roll: RentRoll


async def run(ctx: ToolContext, args: Args) -> Result:
    on = not_future(sensible(args.as_of_date, ctx.today) or ctx.today, ctx.today, "The rent roll")
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        roll = await rent_roll(session, area, on, ctx.today)
        sources = await area.sources(session, "leases", f"Units and leases {area.label}")
    return Result(on=on, today=ctx.today, roll=roll, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    roll, now = result.roll, result.on == result.today
    if not roll.lines:
        return Presentation(text=f"{roll.property} has no units in the property system yet.")
    text = sentence(
        f"the rent roll of {roll.property}{'' if now else ' as of ' + day(result.on)}",
        f"{'has' if now else 'had'} {counted(roll.units, 'unit')}, {roll.occupied:,} of them leased and lived in,",
        f"for {roll.rent} a month in rent.",
        f"At today's asking rents all units together would bring {roll.market_rent};",
        f"those without a lease account for {roll.vacant_market_rent}.",
    )
    return Presentation(
        text=text,
        table=_table(result),
        follow_ups=(f"Who is behind on rent at {roll.property}?", f"Lease expirations at {roll.property}"),
    )


def _table(result: Result) -> Table:
    now = result.on == result.today
    columns = (
        Column("unit", "Unit"),
        Column("floor_plan", "Floor plan"),
        Column("bedrooms", "Beds", ColumnKind.NUMBER),
        Column("square_feet", "Sq ft", ColumnKind.NUMBER),
        Column("status", "Status"),
        Column("resident", "Resident"),
        Column("rent", "Rent", ColumnKind.MONEY),
        Column("market_rent", "Market rent", ColumnKind.MONEY),
        Column("lease_start", "Lease from", ColumnKind.DATE),
        Column("lease_end", "Lease to", ColumnKind.DATE),
        Column("deposit", "Deposit", ColumnKind.MONEY),
    )
    return Table(
        title=f"Rent roll of {result.roll.property}, {day(result.on)}",
        columns=(*columns, Column("balance", "Balance", ColumnKind.MONEY)) if now else columns,
        rows=tuple(
            (
                line.unit,
                line.floor_plan,
                line.bedrooms,
                line.square_feet,
                words(line.status),
                line.resident,
                line.rent,
                line.market_rent,
                line.lease_start,
                line.lease_end,
                line.deposit,
            )
            + ((line.balance,) if now else ())
            for line in result.roll.lines
        ),
    )


TOOL = Tool(
    name="get_rent_roll",
    title="Rent roll",
    description="Get the rent roll of a property: every unit with resident, rent and lease dates",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Pulling the rent roll",
    examples=(
        "Pull Cedar Ridge's rent roll as of Feb 28",
        "Who's living in every unit at Elm Street Flats and what are they paying?",
        "Can I get the current rent roll for Harbor Point?",
    ),
)
