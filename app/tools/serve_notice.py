"""Generate and serve a formal notice to a resident."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.db.models.leasing import Lease, Notice
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.find import LIVING, Tenancy, find_resident
from app.portfolio.notices import TITLES, NoticeFacts, letter
from app.portfolio.register import own_source, record_once
from app.tools.core.own_records import looked_up
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import sentence

NoticeType = Literal["late_rent", "lease_violation", "non_renewal", "entry"]

PHRASES: tuple[str, ...] = (
    "send {resident} a notice of entry",
    "give {resident} a non-renewal notice",
    "issue a lease violation to {resident} for the unauthorized pet",
    "we're not renewing {resident}, generate the notice",
    "serve {resident} with a late rent notice",
    "late notice for {resident}",
    "serve a notice to enter on {resident}",
    "{resident} is late again, send the late rent notice",
    "issue {resident} a lease violation notice for noise",
    "non renewal notice to {resident}",
    "generate a pay or quit for {resident}",
    "draft a notice of non-renewal for {resident}",
    "write up {resident} for a lease violation",
    "post an entry notice for {resident}",
    "24 hour notice of entry to {resident}",
    "deliver a late payment notice to {resident}",
    "we need to enter {resident}'s apartment, serve notice",
    "notice for {resident}: lease violation, smoking",
    "{resident} broke the lease rules, send a violation",
    "tell {resident} formally we won't renew, serve the notice",
    "past due notice to {resident}",
    "formal notice to {resident} for unpaid rent",
    "issue notice of lease violation against {resident}",
    "serve {resident} notice",
    "send out a non-renewal to {resident}",
    "prepare a late rent notice for {resident}",
    "we have to give {resident} notice that we're entering {date}",
    "{resident} keeps parking in the fire lane, issue a violation",
    "hit {resident} with a late notice",
    "3 day notice for {resident}",
    "give {resident} notice we're coming in for pest control",
    "do the non-renewal for {resident}",
    "violation notice for {resident} for garbage on the balcony",
    "can you serve {resident} a notice for not paying",
    "send {resident} a late notice",
    "serve {resident} a lease violation for the dog",
    "{resident} hasn't paid, send the late rent notice",
    "{resident} won't be renewed, get the notice out",
    "we're going into {resident}'s place {date}, send entry notice",
    "violation for {resident}, loud parties",
    "put together a non-renewal for {resident}",
    "late rent notice {resident}",
    "give {resident} the pay or quit",
    "give {resident} 24 hours notice of entry",
    "{resident} has an unauthorized occupant, serve a violation notice",
    "need to serve {resident} with non renewal",
    "notice of entry for {resident}",
    "post the late notice for {resident}",
    "write {resident} up with a lease violation notice",
    "{resident} still hasn't paid rent so issue the notice",
    "formal late notice for {resident} please",
    "notice to {resident} that we aren't renewing",
    "issue an entry notice to {resident} for {date}",
    "draft the lease violation for {resident}, smoking on the balcony",
)


class Args(ToolArgs):
    resident: str = Field(description="Resident name")
    notice_type: NoticeType = Field(description="Kind of notice")


class Result(ToolOutput):
    """The notice as it was written down."""

    title: str
    resident: str
    unit: str
    property: str
    body: str


def _lease_of(tenancy: Tenancy, args: Args) -> Lease:
    """The lease a notice is about. Raises Fixable when there is nothing to give notice of."""
    name, lease = tenancy.resident.name, tenancy.lease
    if lease is None or lease.status not in LIVING:
        raise Fixable(f"{name} doesn't live with us at the moment, so no notice can be served.", code="not_living_here")
    if args.notice_type == "late_rent" and lease.past_due_cents <= 0:
        raise Fixable(f"{name} has nothing past due, so a late rent notice would be wrong.", code="nothing_owed")
    if args.notice_type == "non_renewal" and lease.status == "notice":
        raise Fixable(f"{name} has given notice already and is moving out.", code="already_leaving")
    return lease


def _letter(ctx: ToolContext, args: Args, tenancy: Tenancy, lease: Lease) -> str:
    facts = NoticeFacts(
        resident=tenancy.resident.name,
        unit=tenancy.unit.number if tenancy.unit else "",
        property=tenancy.home.name,
        lease_end=lease.end_on,
        past_due=Money(lease.past_due_cents),
        oldest_open_on=lease.oldest_open_charge_on,
    )
    return letter(args.notice_type, facts, ctx.today)


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    async with ctx.db.reading() as session:
        tenancy = await find_resident(session, ctx.principal, args.resident)
    lease = _lease_of(tenancy, args)
    return Preparation(
        title=TITLES[args.notice_type],
        consequence=sentence(
            "the notice is dated today and entered in Sophia's register.",
            "Handing it over in the form your state asks for stays with you: I don't send it.",
        ),
        arguments={"resident": tenancy.label, "notice_type": args.notice_type},
        changes=(
            FieldChange("Resident", "", tenancy.label),
            FieldChange("Unit", "", f"{tenancy.unit.number if tenancy.unit else ''} at {tenancy.home.name}".strip()),
            FieldChange("Text", "", _letter(ctx, args, tenancy, lease)),
        ),
        property_id=tenancy.home.id,
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    now = ctx.clock.now()
    async with ctx.db.transaction() as session:
        tenancy = await find_resident(session, ctx.principal, args.resident)
        lease = _lease_of(tenancy, args)
        notice = await record_once(
            session,
            Notice,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            lease_id=lease.id,
            resident_id=tenancy.resident.id,
            kind=args.notice_type,
            body=_letter(ctx, args, tenancy, lease),
            status="written",
            served_at=now,
            created_by=ctx.principal.user_id,
            as_of=now,
        )
        return Result(
            title=TITLES[args.notice_type],
            resident=tenancy.resident.name,
            unit=tenancy.unit.number if tenancy.unit else "",
            property=tenancy.home.name,
            body=notice.body,
            sources=own_source(f"{TITLES[args.notice_type]} to {tenancy.resident.name}", now),
        )


def present(args: Args, result: Result) -> Presentation:
    quoted = "\n".join(f"> {line}".rstrip() for line in result.body.splitlines())
    return Presentation(
        text=(
            f"The {result.title.lower()} to {result.resident}, unit {result.unit} at {result.property}, is written and "
            f"on record. Please hand it over in the form your state asks for.\n\n{quoted}"
        ),
        follow_ups=(f"What is {result.resident}'s e-mail address?",),
    )


TOOL = Tool(
    name="serve_notice",
    title="Notice",
    description="Generate and serve a formal notice to a resident: the letter is written and put on record",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.NOTICES_WRITE,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_COLLECTIONS),
    reconcile=looked_up(Notice, run),
    phrases=PHRASES,
    doing="Writing the notice",
    examples=(
        "Send Grace Kim a notice of entry",
        "Give James Whitfield a non-renewal notice",
        "Issue a lease violation to Nicole Rossi",
    ),
)
