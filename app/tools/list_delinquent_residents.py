"""List residents who are behind on rent, with balances owed."""

from __future__ import annotations

from pydantic import Field

from app.domain.answer import Chart, Column, ColumnKind, Series, Table
from app.domain.money import Money
from app.domain.phone import spoken_phone
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.collections import Delinquency, delinquents
from app.tools.core.amounts import dollars, whole
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, commas, counted, sentence

PHRASES: tuple[str, ...] = (
    "who is behind on rent at {property}",
    "show everyone 30+ days late",
    "past due residents over 60 days with balances above {money} at {property}",
    "who hasnt paid at {property}",
    "delinquency report for {property}",
    "who owes us money",
    "list residents with balances over {money}",
    "late rent at {property}",
    "who is delinquent",
    "who's late on rent this month",
    "which tenants haven't paid rent at {property}",
    "residents owing more than {money}",
    "past due list {property}",
    "who owes rent at {property}",
    "everyone who is more than 45 days past due",
    "outstanding balances at {property}",
    "accounts over {money} past due",
    "show delinquents at {property}",
    "who still hasn't paid",
    "aged receivables for {property}",
    "who are the late payers at {property}",
    "which residents are behind",
    "unpaid rent at {property}",
    "people who owe at least {money}",
    "tenants 90 days delinquent at {property}",
    "list of delinquent accounts",
    "who's past due",
    "any big balances at {property}",
    "residents in arrears",
    "collections list for {property}",
    "which residents owe over {money} and are 60 days late",
    "who do we need to chase for rent at {property}",
    "who is more than a month behind",
    "rent delinquencies at {property}",
    "who's not paying at {property}",
    "give me the deadbeat list",
    "open balances above {money}",
    "people who are late at {property}",
    "show me past due balances at {property} over {money}",
    "everyone behind by 30 days or more",
    "how many residents are late at {property}",
    "who has not paid rent yet",
    "whos late at {property}",
    "who's behind",
    "give me everyone that owes over {money}",
    "which residents owe more than {money} at {property}",
    "late rent list for {property}",
    "who hasn't paid their rent this month",
    "who all is delinquent at {property}",
    "anybody 60+ days behind at {property}",
    "delinquency at {property}, only over {money}",
    "who owes at {property}",
    "collections: who's past due at {property}",
    "people more than {count} weeks late on rent",
    "show residents who are 30 days past due and owe at least {money}",
    "need the delinquency list",
    "everyone with an unpaid balance at {property}",
    "tenants that haven't paid and owe at least {money}",
    "which tenants are late paying",
    "who do i have to call about late rent",
    "who are our worst delinquents",
    "delinquent tenants {property} {money} or more",
    "residents who didn't pay rent",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    min_balance: float | None = Field(default=None, description="Only balances of at least this many dollars")
    min_days_late: int | None = Field(default=None, description="Only residents at least this many days past due")


class Result(ToolOutput):
    """Residents who are past due, largest balance first, and the balances by age."""

    where: str
    found: Delinquency


async def run(ctx: ToolContext, args: Args) -> Result:
    least = dollars(args.min_balance, "The balance") or Money(0)
    days = whole(args.min_days_late, "The number of days", most=3650) or 0
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, args.property)
        found = await delinquents(session, area, ctx.today, least, days, ctx.rows)
        sources = await area.sources(session, "ledgers", f"Lease balances {area.label}")
    return Result(where=area.label, found=found, sources=sources)


def _filters(args: Args) -> str:
    least = dollars(args.min_balance, "")
    return commas(
        f"owing {least} or more" if least else "",
        f"{args.min_days_late} or more days late" if args.min_days_late else "",
    )


def present(args: Args, result: Result) -> Presentation:
    found, where = result.found, commas(result.where, _filters(args))
    if not found.residents:
        return Presentation(
            text=f"Nobody is past due {where}.",
            follow_ups=("What is our delinquency rate?", "Lease expirations in the next 60 days"),
        )
    first = found.residents[0]
    text = sentence(
        f"{counted(found.total, 'resident')} {are(found.total)} past due {where}, {found.past_due} in all.",
        f"{first.resident}, unit {first.unit} at {first.property}, owes {'the most: ' if found.total > 1 else ''}"
        f"{first.past_due}, {counted(first.days_late, 'day')} late.",
        carried(found.total, len(found.residents), "largest balances"),
    )
    return Presentation(
        text=text,
        table=_table(result),
        charts=(_chart(result),) if found.total > 1 else (),
        follow_ups=(
            f"Show me {first.resident}'s ledger",
            f"Set up a payment plan for {first.resident}, 3 installments",
        ),
        definitions=("delinquency",),
    )


def _chart(result: Result) -> Chart:
    ageing = result.found.ageing
    owed = Series("Past due", tuple(float(one.past_due.dollars) for one in ageing))
    return Chart("Past due by age", "bar", tuple(one.bucket for one in ageing), (owed,), "$")


def _table(result: Result) -> Table:
    return Table(
        title=f"Past due {result.where}",
        columns=(
            Column("resident", "Resident"),
            Column("property", "Property"),
            Column("unit", "Unit"),
            Column("past_due", "Past due", ColumnKind.MONEY),
            Column("days_late", "Days late", ColumnKind.NUMBER),
            Column("oldest_open_on", "Oldest open charge", ColumnKind.DATE),
            Column("phone", "Phone"),
        ),
        rows=tuple(
            (
                one.resident,
                one.property,
                one.unit,
                one.past_due,
                one.days_late,
                one.oldest_open_on,
                spoken_phone(one.phone),
            )
            for one in result.found.residents
        ),
        total_rows=result.found.total,
    )


TOOL = Tool(
    name="list_delinquent_residents",
    title="Delinquent residents",
    description=(
        "List residents who are behind on rent, with balances owed. Days late count from the oldest charge still "
        "open; former residents are left out."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.COLLECTIONS_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Checking who is behind on rent",
    examples=(
        "Who is behind on rent at Sunset Villas?",
        "Show everyone 30+ days late",
        "Past due residents over 60 days with balances above $1,000 at Cedar Ridge",
    ),
)
