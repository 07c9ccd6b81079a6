"""List leases that expire in a date range, for renewals."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.leases import STANDINGS, Expirations, expirations
from app.tools.core.dates import coming
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import carried, counted, joined, sentence

PHRASES: tuple[str, ...] = (
    "which leases expire {period} at {property}",
    "lease expirations in the next 60 days",
    "expiring leases {property} between {date} and {date}",
    "show me everybody whose lease ends in {period} across the portfolio",
    "who's up for renewal at {property}",
    "leases ending {period}",
    "upcoming renewals at {property}",
    "whose lease is up next month",
    "what leases are coming due at {property}",
    "leases expiring by {date}",
    "how many leases expire in {period} at {property}",
    "renewals coming up in {period}",
    "expirations for {property} through {date}",
    "list residents with leases ending in {period}",
    "who needs a renewal offer at {property}",
    "lease end dates coming up at {property}",
    "which tenants are expiring {period}",
    "how many people are up for renewal {period}",
    "show the lease expirations at {property} over the next 90 days",
    "leases up in {period}",
    "which residents at {property} have leases running out before {date}",
    "who should we be sending renewal letters to for {period}",
    "expiration list for {property}",
    "what's expiring at {property}",
    "renewal pipeline for {period}",
    "i want to start on renewals for {period} at {property}",
    "lease maturities {period}",
    "leases that end between {date} and {date} at {property}",
    "who do we have to renew in {period}",
    "any leases ending {period} at {property}",
    "leases about to expire",
    "expiring in the next month at {property}",
    "whose leases run out {period}",
    "which contracts end at {property} in {period}",
    "who's coming up on the end of their lease {period}",
    "show expiring leases",
    "renewals due {period}",
    "which renewals are outstanding at {property} for {period}",
    "lease expiration report {property} {period}",
    "whos lease is up in {period} at {property}",
    "which leases are ending soon at {property}",
    "how many renewals do i have in {period}",
    "what's coming up for renewal at {property} between {date} and {date}",
    "i'm planning renewals, leases expiring by {date} at {property}",
    "everybody expiring at {property} in the next 30 days",
    "leases up next month",
    "leases rolling off at {property} {period}",
    "residents with leases that run out {period}",
    "any expirations left {period} at {property}",
    "who's lease ends by {date}",
    "which residents need to renew {period}",
    "list of leases coming to an end {period}",
    "{property} lease expirations {period}",
    "expirations next quarter",
    "leases expiring {date}",
    "who expires in {period}",
    "what does the expiration schedule look like for {property}",
    "number of leases expiring this month at {property}",
    "renewals for {property} {period}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


DAYS = 60


class Result(ToolOutput):
    """The leases that end in the period, soonest first; rents are a month."""

    where: str
    period: Period
    found: Expirations


async def run(ctx: ToolContext, args: Args) -> Result:
    period = coming(ctx.today, args.start_date, args.end_date, days=DAYS)
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await expirations(session, area, period, ctx.rows)
        sources = await area.sources(session, "leases", f"Leases ending {period} {area.label}")
    return Result(where=area.label, period=period, found=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    if not found.total:
        return Presentation(
            text=f"No leases end {result.where} in {result.period}.",
            follow_ups=("Lease expirations in the next 120 days",),
        )
    split = joined([f"{found.by_standing[key]:,} {key}" for key in STANDINGS if key in found.by_standing])
    text = sentence(
        f"{counted(found.total, 'lease')} {'ends' if found.total == 1 else 'end'} {result.where}, {result.period}:",
        f"{split}. Together they pay {found.rent} a month.",
        carried(found.total, len(found.leases), "soonest"),
    )
    first = found.leases[0]
    return Presentation(
        text=text,
        table=_table(result),
        charts=_charts(found),
        follow_ups=(f"Pull up the lease for {first.resident}", f"What is the renewal rate at {first.property}?"),
    )


def _charts(found: Expirations) -> tuple[Chart, ...]:
    if len(found.by_month) < 3:
        return ()
    values = tuple(float(number) for number in found.by_month.values())
    return (Chart("Leases ending by month", "bar", tuple(found.by_month), (Series("Leases", values),)),)


def _table(result: Result) -> Table:
    return Table(
        title=f"Leases ending {result.period}",
        columns=(
            Column("ends_on", "Ends", ColumnKind.DATE),
            Column("resident", "Resident"),
            Column("property", "Property"),
            Column("unit", "Unit"),
            Column("rent", "Rent", ColumnKind.MONEY),
            Column("asking", "Asking now", ColumnKind.MONEY),
            Column("standing", "Renewal"),
            Column("past_due", "Past due", ColumnKind.MONEY),
        ),
        rows=tuple(
            (
                lease.ends_on,
                lease.resident,
                lease.property,
                lease.unit,
                lease.rent,
                lease.asking,
                lease.standing,
                lease.past_due,
            )
            for lease in result.found.leases
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="list_lease_expirations",
    title="Lease expirations",
    description="List leases that expire in a date range, for renewals. Without dates: the next 60 days.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.LEASING_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking for leases that end",
    examples=(
        "Which leases expire next month at Oakwood?",
        "Lease expirations in the next 60 days",
        "Show me everybody whose lease ends in June across the portfolio",
    ),
)
