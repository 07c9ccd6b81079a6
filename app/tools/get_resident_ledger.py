"""Get a resident's ledger: charges, payments and balance."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.money import Money
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.collections import Ledger, ledger
from app.portfolio.find import find_resident
from app.portfolio.sources import cite
from app.tools.core.dates import looking_back
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, sentence

PHRASES: tuple[str, ...] = (
    "show me {resident}'s ledger",
    "how much does {resident} owe",
    "payment history for {resident} since {date}",
    "{resident}'s balance",
    "what's {resident}'s balance",
    "did {resident} pay this month",
    "ledger for {resident}",
    "charges and payments for {resident}",
    "has {resident} paid rent",
    "pull the ledger on {resident} for {period}",
    "what has {resident} paid {period}",
    "account history for {resident}",
    "is {resident} paid up",
    "when did {resident} last pay",
    "how far behind is {resident}",
    "what does {resident} owe us",
    "transactions on {resident}'s account",
    "open {resident}'s account ledger",
    "show payments from {resident} between {date} and {date}",
    "what charges are on {resident}'s account",
    "is {resident} current",
    "outstanding balance for {resident}",
    "does {resident} owe anything",
    "late fees on {resident}'s account",
    "statement of account for {resident}",
    "what was {resident} charged {period}",
    "check if {resident} made a payment",
    "ledger {resident} since {date}",
    "resident ledger for {resident}",
    "how much has {resident} paid {period}",
    "did we get {resident}'s rent check",
    "is {resident} late",
    "account balance {resident}",
    "what's left on {resident}'s account",
    "did {resident}'s payment go through",
    "show all of {resident}'s charges in {period}",
    "{resident} says she already paid, check the ledger",
    "whats owed by {resident}",
    "billing history of {resident}",
    "any credits on {resident}'s account",
    "is {resident} behind on rent",
    "how much is {resident} behind",
    "does {resident} have a balance",
    "what did {resident} pay in {period}",
    "pull {resident}'s account",
    "{resident} ledger please",
    "{resident} swears he paid, can you look at the ledger",
    "see what {resident} owes",
    "what's outstanding for {resident}",
    "has {resident}'s rent come in",
    "whats {resident} owe",
    "is {resident}'s account current",
    "how much has {resident} been charged {period}",
    "show {resident}'s payments since {date}",
    "when was {resident}'s last payment",
    "any late charges for {resident}",
    "{resident}'s account balance",
    "is {resident} caught up on rent",
    "payments by {resident} {period}",
    "pull up charges on {resident}'s account for {period}",
    "did {resident} pay their rent",
    "show me what {resident} has paid",
    "ledger history for {resident} from {date} to {date}",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


DAYS = 365


class Result(ToolOutput):
    """One resident's ledger; the balance is today's."""

    period: Period
    ledger: Ledger


async def run(ctx: ToolContext, args: Args) -> Result:
    period = looking_back(ctx.today, args.start_date, args.end_date, since=ctx.today - dt.timedelta(days=DAYS))
    async with ctx.db.reading() as session:
        tenancy = await find_resident(session, ctx.principal, args.resident)
        found = await ledger(session, tenancy, period, ctx.today, ctx.rows)
        row = tenancy.lease or tenancy.resident
        record = f"Ledger of {tenancy.resident.name}"
        sources = await cite(session, ctx.principal.workspace_id, "ledgers", record, [(row.id, row.as_of)])
    return Result(period=period, ledger=found, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    found = result.ledger
    who = f"{found.resident}, unit {found.unit} at {found.property}," if found.unit else f"{found.resident}"
    if found.balance.cents > 0:
        standing = f"{who} owes {found.balance}"
        standing += "." if found.past_due.cents <= 0 else f", {_past_due(found)}."
    elif found.balance.cents < 0:
        standing = f"{who} has a credit of {Money(-found.balance.cents)}."
    else:
        standing = f"{who} owes nothing."
    text = sentence(
        standing,
        f"The oldest open charge is from {day(found.oldest_open_on)} ({counted(found.days_late, 'day')} ago)."
        if found.oldest_open_on and found.past_due.cents > 0
        else "",
        f"The last payment was {found.last_payment} on {day(found.last_payment_on)}."
        if found.last_payment and found.last_payment_on
        else "There are no payments on file.",
        f"{result.period}: {found.charges} charged, {found.payments} paid."
        if found.lines
        else f"Nothing was posted in {result.period}.",
    )
    return Presentation(
        text=text,
        table=_table(result) if found.lines else None,
        follow_ups=(f"Pull up the lease for {found.resident}", f"What is {found.resident}'s phone number?"),
    )


def _past_due(found: Ledger) -> str:
    return "all of it past due" if found.past_due == found.balance else f"{found.past_due} of it past due"


def _table(result: Result) -> Table:
    return Table(
        title=f"Ledger of {result.ledger.resident}",
        columns=(
            Column("posted_on", "Date", ColumnKind.DATE),
            Column("description", "Description"),
            Column("charge", "Charge", ColumnKind.MONEY),
            Column("payment", "Payment", ColumnKind.MONEY),
            Column("balance", "Balance", ColumnKind.MONEY),
        ),
        rows=tuple(
            (line.posted_on, line.description, line.charge, line.payment, line.balance) for line in result.ledger.lines
        ),
        total_rows=result.ledger.total_lines,
    )


TOOL = Tool(
    name="get_resident_ledger",
    title="Ledger",
    description="Get a resident's ledger: charges, payments and balance. Without dates: the last 12 months.",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.COLLECTIONS_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Reading the ledger",
    examples=(
        "Show me Carlos Rivera's ledger",
        "How much does Tyrone Banks owe?",
        "Payment history for Hannah Brooks since January 1",
    ),
)
