"""List approved vendors, of one trade or of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
from app.tools.core.wording import are, carried, counted, day, joined, sentence, trade

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
    "show me our vendors",
    "which vendors at {property}",
    "list all vendors",
    "who are our vendors",
    "all approved vendors for {property}",
    "what vendors do we use at {property}",
    "vendor list for {property}",
    "which vendors do we work with",
    "give me the vendor list",
    "show the approved vendors",
    "what contractors do we have at {property}",
    "list every vendor at {property}",
    "our approved contractors",
    "which contractors can i use at {property}",
    "pull up the vendor list",
    "who's on our vendor list",
    "lock company for {property}",
    "do we have pest control at {property}",
    "can you list the painters",
    "electrician list",
)


NAMED = 6  # vendors; more are counted


class Args(ToolArgs):
    category: Category | None = Field(default=None, description="Trade")
    property: str | None = Field(default=None, description="Property (community) name")


class Result(ToolOutput):
    """The approved vendors, best rated first; `total` and `by_trade` count all of them, the largest trade first."""

    where: str
    total: int
    by_trade: dict[str, int]
    vendors: tuple[VendorLine, ...]


async def run(ctx: ToolContext, args: Args) -> Result:
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await vendors(session, area, args.category, ctx.today)
        rows = [row for one in found for row in one.records] or [(one.id, one.as_of) for one in area.communities]
        sources = await cite(session, ctx.principal.workspace_id, "vendors", _kind(args).capitalize() + "s", rows)
    counts = Counter(one for vendor in found for one in vendor.trades)
    return Result(
        where=f"for {area.name}" if area.one else "",
        total=len(found),
        by_trade=dict(counts.most_common()),
        vendors=found[: ctx.rows],
        sources=sources,
    )


def _kind(args: Args) -> str:
    return f"{trade(args.category)} vendor" if args.category else "vendor"


def present(args: Args, result: Result) -> Presentation:
    found, kind = result.vendors, _kind(args)
    if not found:
        return Presentation(
            text=sentence(f"no {kind} is approved", result.where).rstrip() + ".",
            follow_ups=(f"Which {kind}s do we use anywhere?",) if result.where else (),
        )
    first = found[0]
    lapsed = [one for one in found if one.insured is False and one.insured_until]
    text = sentence(
        f"{counted(result.total, kind)} {are(result.total)} approved{' ' + result.where if result.where else ''}:",
        _who(args, result),
        f"{first.name} has the best rating, {first.rating:g} of 5." if first.rating and len(found) > 1 else "",
        f"Reach them at {spoken_phone(first.phone)}." if first.phone and result.total == 1 else "",
        _lapsed(lapsed),
        carried(result.total, len(found), "best rated"),
    )
    return Presentation(
        text=text,
        table=_table(args, result),
        follow_ups=(f"Unpaid invoices from {first.name}",),
    )


def _who(args: Args, result: Result) -> str:
    """Their names where they are few, else how many there are of each trade, or the first of them."""
    found = result.vendors
    if result.total <= NAMED:
        return f"{joined([one.name for one in found])}."
    if args.category:
        return f"{found[0].name} and {result.total - 1:,} more."
    return f"{joined([f'{number:,} for {trade(kind)}' for kind, number in result.by_trade.items()])}."


def _lapsed(lapsed: Sequence[VendorLine]) -> str:
    """Whose insurance has run out: nobody should be sent who is not covered."""
    if len(lapsed) > NAMED:
        return f"The insurance of {len(lapsed):,} of them has run out."
    return " ".join(
        f"{one.name}'s insurance ran out on {day(one.insured_until)}." for one in lapsed if one.insured_until
    )


def _table(args: Args, result: Result) -> Table:
    """Of one trade its name stands in the title, of all in a column."""
    trades = () if args.category else (Column("trades", "Trade"),)
    return Table(
        title=f"Approved vendors: {trade(args.category)}" if args.category else "Approved vendors",
        columns=(
            Column("name", "Vendor"),
            *trades,
            Column("phone", "Phone"),
            Column("email", "E-mail"),
            Column("rating", "Rating", ColumnKind.NUMBER),
            Column("insured_until", "Insured until", ColumnKind.DATE),
            Column("approved_for", "Approved for"),
        ),
        rows=tuple(
            (
                one.name,
                *([", ".join(map(trade, one.trades))] if trades else ()),
                spoken_phone(one.phone),
                one.email,
                one.rating,
                one.insured_until,
                one.approved_for,
            )
            for one in result.vendors
        ),
        total_rows=result.total,
    )


TOOL = Tool(
    name="list_vendors",
    title="Vendors",
    description="List approved vendors, of one trade or of all",
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
        "Which vendors are approved for Cedar Ridge?",
    ),
)
