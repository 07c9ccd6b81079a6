"""List approved vendors for a trade."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.phone import spoken_phone
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.sources import cite
from app.portfolio.vendors import VendorLine, vendors
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, counted, day, joined, sentence, trade

Category = Literal["plumbing", "electrical", "hvac", "landscaping", "painting", "locksmith", "pest", "cleaning"]

PHRASES: tuple[str, ...] = (
    "which plumbers do we use",
    "approved electricians for {property}",
    "need a locksmith at {property}, who's on the list",
    "list exterminators we can call",
    "hvac vendors",
    "who do we use for painting",
    "landscapers at {property}",
    "who can clean units for us",
    "plumbing vendors at {property}",
    "vendor list for pest control",
    "who's our electrician",
    "who should i call for a broken lock at {property}",
    "find me a painter",
    "recommended plumbers for {property}",
    "which hvac companies are approved",
    "cleaning vendors for {property}",
    "any approved landscaping companies",
    "preferred vendors for electrical at {property}",
    "who does our landscaping",
    "what locksmiths do we have",
    "show me contractors for painting at {property}",
    "need an exterminator at {property}",
    "who handles ac repairs for us",
    "do we have a cleaning company",
    "vendors for hvac",
    "which pest control companies service {property}",
    "list of plumbers",
    "electrical contractors we work with",
    "who mows the lawn at {property}",
    "can you give me a plumber",
    "painting contractors",
    "what vendors can do turns cleaning",
    "heating and air vendors at {property}",
    "who rekeys locks for us",
    "is there a plumber on the approved list",
    "who are our approved vendors for cleaning",
    "a pipe burst, which plumbers can i call",
    "who can fix an ac at {property}",
    "who's our plumber at {property}",
    "need a painter for {property}, who do we use",
    "toilet overflowed, who's the plumber",
    "pest guy for {property}?",
    "gimme the approved hvac vendors",
    "who do i call for electrical stuff",
    "got a landscaper on file",
    "vendors that do cleaning",
    "which cleaners do we use at {property}",
    "any locksmith we trust",
    "who sprays for bugs",
    "list approved electricians",
    "need somebody to paint a unit",
    "need cleaners for a unit turn, who do we have",
    "what landscaping vendors do we have for {property}",
    "who's approved for plumbing",
    "lock company for {property}",
    "do we have pest control at {property}",
    "can you list the painters",
    "electrician list",
)


class Args(ToolArgs):
    category: Category = Field(description="Trade")
    property: str | None = Field(default=None, description="Property (community) name")


class Result(ToolOutput):
    """The approved vendors of a trade, best rated first."""

    where: str
    vendors: tuple[VendorLine, ...]


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await vendors(session, area, args.category, ctx.today)
        rows = [row for one in found for row in one.records] or [(one.id, one.as_of) for one in area.communities]
        record = f"{trade(args.category).capitalize()} vendors" if args.category != "hvac" else "HVAC vendors"
        sources = await cite(session, ctx.principal.workspace_id, "vendors", record, rows)
    return Result(where=f"for {area.name}" if area.one else "", vendors=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found = result.vendors
    kind = f"{trade(args.category)} vendor"
    if not found:
        return Presentation(
            text=sentence(f"no {kind} is approved", result.where).rstrip() + ".",
            follow_ups=(f"Which {trade(args.category)} vendors do we use anywhere?",) if result.where else (),
        )
    first = found[0]
    lapsed = [one for one in found if one.insured is False and one.insured_until]
    text = sentence(
        f"{counted(len(found), kind)} {are(len(found))} approved{' ' + result.where if result.where else ''}:",
        f"{joined([one.name for one in found])}." if len(found) <= 6 else f"{first.name} and {len(found) - 1} more.",
        f"{first.name} has the best rating, {first.rating:g} of 5." if first.rating and len(found) > 1 else "",
        f"Reach them at {spoken_phone(first.phone)}." if first.phone and len(found) == 1 else "",
        " ".join(f"{one.name}'s insurance ran out on {day(one.insured_until)}." for one in lapsed if one.insured_until),
    )
    return Presentation(
        text=text,
        table=_table(args, found),
        follow_ups=(f"Unpaid invoices from {first.name}",),
    )


def _table(args: Args, found: tuple[VendorLine, ...]) -> Table:
    return Table(
        title=f"Approved vendors: {trade(args.category)}",
        columns=(
            Column("name", "Vendor"),
            Column("phone", "Phone"),
            Column("email", "E-mail"),
            Column("rating", "Rating", ColumnKind.NUMBER),
            Column("insured_until", "Insured until", ColumnKind.DATE),
            Column("approved_for", "Approved for"),
        ),
        rows=tuple(
            (one.name, spoken_phone(one.phone), one.email, one.rating, one.insured_until, one.approved_for)
            for one in found
        ),
    )


TOOL = Tool(
    name="list_vendors",
    title="Vendors",
    description="List approved vendors for a trade",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.MAINTENANCE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the vendors",
    examples=(
        "Which plumbers do we use?",
        "Approved electricians for Harbor Point",
        "Need a locksmith at Elm Street Flats, who's on the list?",
    ),
)
