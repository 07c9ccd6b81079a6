"""Set up a payment plan for a resident who owes money."""

from __future__ import annotations

import datetime as dt
import json

from pydantic import Field

from app.db.models.leasing import Lease, PaymentPlan
from app.domain.answer import Column, ColumnKind, FieldChange, Table
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.find import Tenancy, find_resident
from app.portfolio.payment_plans import Installment, active_plan, monthly
from app.portfolio.register import own_source, record_once
from app.tools.core.amounts import positive_dollars, whole
from app.tools.core.dates import not_past, sensible
from app.tools.core.own_records import looked_up
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import day, sentence

PHRASES: tuple[str, ...] = (
    "set up a payment plan for {resident}, 4 installments",
    "put {resident} on a 6 month payment plan for {money} starting {date}",
    "split {resident}'s 900 balance into three payments",
    "payment plan for {resident}: {money} over 3 months",
    "let {resident} pay in {count} installments",
    "create a payment plan for {resident} with {count} payments",
    "arrange {count} monthly payments for {resident}",
    "{resident} can't pay it all, do a {count} payment plan",
    "give {resident} {count} months to pay off {money}",
    "break up {resident}'s {money} into {count} payments",
    "make a repayment plan for {resident}, {count} installments from {date}",
    "set {resident} up with a plan, {money} in {count} payments",
    "{resident} wants to pay in {count} parts",
    "do an installment plan for {resident}: {count} payments beginning {date}",
    "spread {resident}'s balance of {money} over {count} months",
    "put {resident} on a plan of {count} payments",
    "agree a payment plan with {resident} {count} installments {money} first payment {date}",
    "can {resident} pay {money} in {count} chunks",
    "enroll {resident} in a payment plan, {count} installments",
    "new payment arrangement for {resident}: {count} payments of the {money} owed",
    "divide what {resident} owes into {count} payments",
    "{resident} asked for a payment plan, {count} months",
    "start a {count} installment plan for {resident} on {date}",
    "payment agreement for {resident} {money} {count} months starting {date}",
    "let's do {count} equal payments for {resident} on the {money} balance",
    "stretch {resident}'s {money} out over {count} installments",
    "work out a plan so {resident} pays {money} in {count} payments",
    "payment plan {resident} {count} installments",
    "{resident} is short, set up {count} payments",
    "can {resident} do {count} installments on the {money}",
    "{resident} owes {money}, put her on {count} payments starting {date}",
    "do a {count} month plan for {resident}",
    "let's put {resident} on a payment plan, {money}, {count} months",
    "split what {resident} owes in {count}",
    "get {resident} on a repayment plan {count} installments",
    "plan for {resident}: {count} payments of the {money} balance from {date}",
    "{resident} needs a payment plan, {count} payments",
    "set up payments for {resident}, {money} over {count} installments",
    "payment arrangement {resident} {count} months",
    "make {resident} a {count}-payment plan",
    "allow {resident} to pay {money} in {count} monthly installments",
    "break {resident}'s balance into {count}",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    total_amount: float | None = Field(default=None, description="Total amount to repay in dollars")
    installments: int = Field(description="Number of installments")
    start_date: dt.date | None = Field(default=None, description="First payment date, YYYY-MM-DD")


MOST = 24  # installments


class Result(ToolOutput):
    """The plan as it was written down."""

    resident: str
    total: Money
    installments: tuple[Installment, ...]


def _plan(ctx: ToolContext, args: Args, lease: Lease, name: str) -> tuple[Money, tuple[Installment, ...]]:
    """The installments asked for. Raises Fixable when they make no sense for what is owed."""
    owed = Money(max(lease.past_due_cents, lease.balance_cents))
    if owed.cents <= 0:
        raise Fixable(f"{name} owes nothing at the moment, so there is nothing to spread.", code="nothing_owed")
    total = owed if args.total_amount is None else positive_dollars(args.total_amount, "The amount to repay")
    if total > owed:
        raise Fixable(
            f"{name} owes {owed}, which is less than {total}.",
            next_step="Which amount shall be spread?",
            code="too_much",
        )
    whole(args.installments, "The number of installments", least=2, most=MOST)
    sensible(args.start_date, ctx.today)
    first = args.start_date or (ctx.today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    not_past(first, ctx.today, "a payment")
    return total, monthly(total, args.installments, first)


def _lease_of(tenancy: Tenancy) -> Lease:
    if tenancy.lease is None:
        raise Fixable(f"{tenancy.resident.name} has no lease in the property system.", code="no_lease")
    return tenancy.lease


def _each(plan: tuple[Installment, ...]) -> str:
    usual = plan[-1].amount
    larger = [one for one in plan if one.amount != usual]
    text = f"{len(plan)} monthly payments of {usual}"
    if not larger:
        return text
    which = "the first one" if len(larger) == 1 else f"the first {len(larger)}"
    return f"{text} ({which} {larger[0].amount})"


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    async with ctx.db.reading() as session:
        tenancy = await find_resident(session, ctx.principal, args.resident)
        lease = _lease_of(tenancy)
        total, plan = _plan(ctx, args, lease, tenancy.resident.name)
        running = await active_plan(session, lease)
    if running is not None:
        raise Fixable(
            f"{tenancy.resident.name} already has a payment plan for {Money(running.total_cents)}.",
            next_step="It has to end before a new one can start.",
            code="plan_exists",
        )
    return Preparation(
        title="Set up a payment plan",
        consequence="The plan is entered in Sophia's register; nothing is charged or sent to the resident by this.",
        arguments={
            "resident": tenancy.label,
            "total_amount": float(total.dollars),
            "installments": args.installments,
            "start_date": plan[0].due_on.isoformat(),
        },
        changes=(
            FieldChange("Resident", "", tenancy.label),
            FieldChange("Owed now", "", str(Money(lease.balance_cents))),
            FieldChange("Plan", "", f"{total} in {_each(plan)}"),
            FieldChange("First payment", "", day(plan[0].due_on)),
            FieldChange("Last payment", "", day(plan[-1].due_on)),
        ),
        property_id=tenancy.home.id,
        editable=("total_amount", "installments", "start_date"),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    now = ctx.clock.now()
    async with ctx.db.transaction() as session:
        tenancy = await find_resident(session, ctx.principal, args.resident)
        lease = _lease_of(tenancy)
        total, plan = _plan(ctx, args, lease, tenancy.resident.name)
        made = await record_once(
            session,
            PaymentPlan,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            lease_id=lease.id,
            resident_id=tenancy.resident.id,
            total_cents=total.cents,
            installments=len(plan),
            first_due_on=plan[0].due_on,
            schedule=json.dumps([{"due_on": one.due_on.isoformat(), "cents": one.amount.cents} for one in plan]),
            status="active",
            created_by=ctx.principal.user_id,
            as_of=now,
        )
        kept = tuple(
            Installment(dt.date.fromisoformat(one["due_on"]), Money(one["cents"])) for one in json.loads(made.schedule)
        )
        return Result(
            resident=tenancy.resident.name,
            total=Money(made.total_cents),
            installments=kept,
            sources=own_source(f"Payment plan of {tenancy.resident.name}", now),
        )


def present(args: Args, result: Result) -> Presentation:
    plan = result.installments
    return Presentation(
        text=sentence(
            f"{result.resident}'s payment plan is set up: {result.total} in {_each(plan)},",
            f"from {day(plan[0].due_on)} to {day(plan[-1].due_on)}.",
        ),
        table=Table(
            title=f"Payment plan of {result.resident}",
            columns=(Column("due_on", "Due", ColumnKind.DATE), Column("amount", "Amount", ColumnKind.MONEY)),
            rows=tuple((one.due_on, one.amount) for one in plan),
        ),
        follow_ups=(f"Email {result.resident} the payment plan", f"Show me {result.resident}'s ledger"),
    )


TOOL = Tool(
    name="create_payment_plan",
    title="Payment plan",
    description=(
        "Set up a payment plan for a resident who owes money: monthly installments. Without an amount: all that is "
        "owed; without a date: from the first of next month."
    ),
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.COLLECTIONS_WRITE,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_COLLECTIONS),
    reconcile=looked_up(PaymentPlan, run),
    phrases=PHRASES,
    doing="Setting up the payment plan",
    examples=(
        "Set up a payment plan for Tyrone Banks, 4 installments",
        "Put Carlos Rivera on a 6 month payment plan for $2,400 starting April 1",
        "Split Hannah Brooks' 900 balance into three payments",
    ),
)
