"""List vendor invoices by vendor, status, amount or date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from app.domain.answer import Column, ColumnKind, Table
from app.domain.period import Period
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.area import area_of
from app.portfolio.find import find_vendor
from app.portfolio.invoices import InvoiceFilter, Invoices, invoices
from app.tools.core.amounts import dollars
from app.tools.core.dates import looking_back, sensible
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import are, carried, commas, counted, day, joined, sentence, words

Status = Literal["unpaid", "paid", "overdue", "pending_approval"]

PHRASES: tuple[str, ...] = (
    "unpaid invoices from {vendor}",
    "which bills are overdue",
    "what's waiting on approval from {vendor}",
    "show invoices from {vendor}",
    "invoices over {money}",
    "paid invoices {period}",
    "what do we owe {vendor}",
    "open bills",
    "invoices pending approval",
    "list invoices from {vendor} above {money} since {date}",
    "how much have we been billed by {vendor} {period}",
    "overdue invoices",
    "any unpaid bills over {money}",
    "bills from {vendor} in {period}",
    "which invoices need approval",
    "has {vendor} been paid",
    "show all invoices for {period}",
    "outstanding vendor invoices",
    "{vendor} invoices",
    "did {vendor} bill us {period}",
    "past due bills from {vendor}",
    "vendor invoices awaiting approval",
    "what invoices came in {period}",
    "invoices bigger than {money} that aren't paid",
    "what bills are due",
    "did we pay {vendor}",
    "list {vendor}'s paid invoices",
    "what vendor bills haven't been paid",
    "accounts payable over {money}",
    "how much do we owe vendors",
    "invoices to approve",
    "{vendor} bills over {money}",
    "what has {vendor} charged us {period}",
    "invoices {period}",
    "late bills",
    "all invoices waiting on my sign off",
    "do we still owe {vendor}",
    "anything unpaid from {vendor}",
    "what do we owe {vendor} right now",
    "bills we haven't paid",
    "what's overdue to vendors",
    "any invoices from {vendor} {period}",
    "which bills need my approval",
    "invoices bigger than {money}",
    "{vendor} unpaid",
    "have we paid {vendor} {period}",
    "stuff waiting for approval over {money}",
    "show unpaid bills above {money}",
    "bills paid to {vendor} {period}",
    "any late invoices",
    "what's {vendor} billed since {date}",
    "vendor bills {period}",
    "pending invoices",
    "invoices from {vendor} between {date} and {date}",
    "show me {vendor}'s overdue bills",
    "open invoices over {money}",
    "did {vendor} send an invoice {period}",
    "what invoices did we pay {period}",
    "unpaid {vendor} bills over {money}",
)


class Args(ToolArgs):
    vendor: str | None = Field(default=None, description="Vendor name")
    status: Status | None = Field(default=None, description="Status")
    min_amount: float | None = Field(default=None, description="Minimum amount in dollars")
    start_date: dt.date | None = Field(default=None, description="Start date, YYYY-MM-DD")
    end_date: dt.date | None = Field(default=None, description="End date (inclusive), YYYY-MM-DD")


PAID_DAYS = 90


class Result(ToolOutput):
    """The invoices that fit; open ones soonest due first, paid ones latest first."""

    vendor: str
    dated: Period | None
    found: Invoices


async def run(ctx: ToolContext, args: Args) -> Result:
    least, dated = dollars(args.min_amount, "The amount"), _dated(args, ctx.today)
    async with ctx.db.reading() as session:
        area = await area_of(session, ctx.principal, None)
        vendor = await find_vendor(session, ctx.principal, args.vendor) if args.vendor else None
        wanted = InvoiceFilter(args.status, vendor.name if vendor else None, least, dated)
        found = await invoices(session, ctx.principal, wanted, ctx.today, ctx.rows)
        record = f"Invoices{' of ' + vendor.name if vendor else ''} {area.label}"
        sources = await area.sources(session, "invoices", record)
    return Result(vendor=vendor.name if vendor else "", dated=dated, found=found, sources=sources)


def _dated(args: Args, today: dt.date) -> Period | None:
    """The invoice dates asked for; paid invoices without dates are those of the last 90 days."""
    if args.start_date is None and args.end_date is None:
        return Period(today - dt.timedelta(days=PAID_DAYS), today) if args.status == "paid" else None
    if args.start_date is None and args.end_date is not None:
        sensible(args.end_date, today)
        return Period(dt.date(2000, 1, 1), args.end_date)
    return looking_back(today, args.start_date, args.end_date, since=today)


_KINDS = {None: "open", "pending_approval": "pending"}


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    kind = f"{_KINDS.get(args.status, args.status)} invoice"
    least = dollars(args.min_amount, "")
    dated = result.dated
    filters = commas(
        f"from {result.vendor}" if result.vendor else "",
        f"of {least} or more" if least else "",
        (f"dated {dated}" if dated.start.year > 2000 else f"dated until {day(dated.end)}") if dated else "",
    )
    if not found.invoices:
        text = " ".join(part for part in (f"There are no {kind}s", filters) if part)
        return Presentation(text=f"{text}.", follow_ups=("Which invoices are overdue?",))
    total = found.total
    split = [
        f"{one.invoices:,} {words(key)} ({one.amount})" for key, one in sorted(found.by_status.items()) if one.invoices
    ]
    late = max(found.invoices, key=lambda one: one.days_overdue)
    counts = " ".join(part for part in (counted(total.invoices, kind), filters) if part)
    text = sentence(
        f"there {are(total.invoices)} {counts}, {total.amount} in all{': ' + joined(split) if len(split) > 1 else ''}.",
        f"The longest overdue is {late.number} from {late.vendor}: {late.amount}, {counted(late.days_overdue, 'day')}."
        if late.days_overdue
        else "",
        carried(total.invoices, len(found.invoices), "latest" if args.status == "paid" else "soonest due"),
    )
    return Presentation(text=text, table=_table(found), follow_ups=("Which invoices are overdue?",))


def _table(found: Invoices) -> Table:
    return Table(
        title="Invoices",
        columns=(
            Column("number", "Invoice"),
            Column("vendor", "Vendor"),
            Column("property", "Property"),
            Column("amount", "Amount", ColumnKind.MONEY),
            Column("status", "Status"),
            Column("invoiced_on", "Dated", ColumnKind.DATE),
            Column("due_on", "Due", ColumnKind.DATE),
            Column("days_overdue", "Days overdue", ColumnKind.NUMBER),
            Column("description", "For"),
        ),
        rows=tuple(
            (
                one.number,
                one.vendor,
                one.property or "company-wide",
                one.amount,
                words(one.status),
                one.invoiced_on,
                one.due_on,
                one.days_overdue,
                one.description,
            )
            for one in found.invoices
        ),
        total_rows=found.total.invoices,
    )


TOOL = Tool(
    name="list_invoices",
    title="Invoices",
    description=(
        "List vendor invoices by vendor, status, amount or date. Without a status: everything open (unpaid or waiting "
        "for approval). Paid ones without dates: the last 90 days."
    ),
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.FINANCE_READ,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking through the invoices",
    examples=(
        "Unpaid invoices from AceFlow Plumbing",
        "Which bills are overdue?",
        "What's waiting on approval from CoolBreeze?",
    ),
)
