"""Send an email to a resident, prospect, contact or teammate."""

from __future__ import annotations

import re
from dataclasses import replace

from pydantic import Field

from app.domain.answer import FieldChange
from app.domain.delivery import Delivery
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.recipients import Recipient, bound_recipient, find_recipient
from app.tools.core.contact_points import email_address, looks_like_email
from app.tools.core.messaging import delivered, record_of, shown_as, state_of
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput

PHRASES: tuple[str, ...] = (
    "email {person} that his renewal offer is ready to sign",
    "send an email to {email} saying the site visit is confirmed for {date}",
    'email {person} with subject "Q1 numbers" and body "The package is attached."',
    "write an e-mail to {person} telling her the budget meeting moved to 3pm",
    "email {person}: the lease is ready",
    "send {person} an email about the parking changes",
    "shoot an email to {person} saying thanks for the tour",
    "email {email} the details: we open at 9",
    "draft an email to {person} that we need the insurance certificate",
    "e-mail {person} to let them know the elevator is fixed",
    "drop {person} an email saying we got the check",
    'compose an email to {person} subject "Renewal" body "Please sign."',
    "send a mail to {person} telling him we approved the transfer",
    "can you email {person} and say the contract is attached",
    "email {person} asking for the signed addendum",
    "mail {person} that the inspection is on {date}",
    "write {person} an email: your deposit was refunded",
    "email {person} re: renewal, let him know we can do {money}",
    "send email to {email} subject hello, body see you soon",
    "let {person} know by email that we received the application",
    "fire off an email to {person} saying the invoice was paid",
    "email {person} about the site visit: can we move it",
    "please email {person} a reminder that rent is due",
    "follow up with {person} by email saying it was nice meeting them",
    "i need to email {person} that the budget is approved",
    "send {email} an email that says the tour is confirmed",
    "email the following to {person}: meeting is cancelled",
    'email {person} "The report is ready."',
    "can you send an e-mail over to {person} confirming the walkthrough",
    "reply to {person} by email that we accept",
    "tell {person} over email that the keys are ready",
    "email {person} and ask when they can sign",
    "put together an email to {person} saying the numbers look good",
    "email {person} and tell her the lease is ready",
    "shoot {person} an email that we need the docs by {date}",
    "send {person} an email saying the tour is confirmed for {date}",
    "drop an email to {email} letting them know the check cleared",
    "email {person} that the meeting moved to {time}",
    "write {person} an email asking for an updated quote",
    "email {person}, subject Renewal, body Your renewal is attached",
    "can you email {email} that we're closed {date}",
    "e-mail {person}: thanks for coming in",
    "send {person} an e-mail to confirm the appointment",
    "let {person} know over email the work is done",
    'email {person} saying "see you monday"',
    "mail {email} saying the docs are signed",
    'please send an email to {person} with subject "Update" saying all is well',
    "email {person} to say thanks",
    "shoot over an email to {person} that the roof is done",
    "send an e-mail to {person} and ask for the w9",
)


class Args(ToolArgs):
    recipient: str = Field(description="Recipient name or email address")
    subject: str | None = Field(default=None, description="Subject line")
    body: str = Field(description="Body of the email")


LONGEST = 20_000  # characters of a body
LONGEST_SUBJECT = 200
SUBJECT_FROM_BODY = 60


class Result(ToolOutput):
    """What became of the e-mail."""

    name: str
    address: str
    subject: str
    status: str
    message_id: str


def _checked(args: Args) -> tuple[str, str]:
    """Subject and body; without a subject, the first words of the body."""
    if not args.body:
        raise Fixable("The e-mail is empty.", next_step="What shall I write?", code="empty_message")
    if len(args.body) > LONGEST:
        raise Fixable(
            f"The e-mail is longer than {LONGEST:,} characters.", next_step="Please shorten it.", code="too_long"
        )
    subject = " ".join((args.subject or _from_body(args.body)).split())
    if len(subject) > LONGEST_SUBJECT:
        raise Fixable(f"The subject is longer than {LONGEST_SUBJECT} characters.", next_step="Please shorten it.")
    return subject, args.body


def _from_body(body: str) -> str:
    first = re.split(r"(?<=[.!?])\s|\n", body.strip(), maxsplit=1)[0].rstrip(".")
    if len(first) > SUBJECT_FROM_BODY:
        first = first[:SUBJECT_FROM_BODY].rsplit(" ", 1)[0] + "…"
    return first[:1].upper() + first[1:]


async def _recipient(ctx: ToolContext, args: Args) -> Recipient:
    async with ctx.db.reading() as session:
        bound = await bound_recipient(session, ctx.principal, args.recipient, "email")
        if bound is not None:
            return replace(bound, address=email_address(bound.address))
        if looks_like_email(args.recipient):
            return Recipient("", "as given", email_address(args.recipient))
        return await find_recipient(session, ctx.principal, args.recipient, "email")


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    subject, body = _checked(args)
    found = await _recipient(ctx, args)
    shown = shown_as(found, found.address)
    return Preparation(
        title="Send an e-mail",
        consequence=f"{found.name or found.address} gets this e-mail right away; it can't be taken back.",
        arguments={"recipient": found.bound, "subject": subject, "body": body},
        changes=(FieldChange("To", "", shown), FieldChange("Subject", "", subject), FieldChange("Text", "", body)),
        recipients=(shown,),
        property_id=found.property_id,
        editable=("subject", "body"),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    subject, body = _checked(args)
    found = await _recipient(ctx, args)
    delivery = await ctx.services.messages.send_email(
        sender=ctx.principal, to=found.address, subject=subject, body=body, idempotency_key=ctx.idempotency_key
    )
    return _result(ctx, found, subject, delivery)


def _result(ctx: ToolContext, found: Recipient, subject: str, delivery: Delivery) -> Result:
    return Result(
        name=found.name,
        address=found.address,
        subject=subject,
        status=delivery.status,
        message_id=delivery.message_id,
        sources=record_of(ctx, delivery),
    )


async def reconcile(ctx: ToolContext, args: Args) -> Result | None:
    """After an unknown outcome: the e-mail if it did go out, None if it did not."""
    delivery = await delivered(ctx)
    return None if delivery is None else _result(ctx, await _recipient(ctx, args), _checked(args)[0], delivery)


def present(args: Args, result: Result) -> Presentation:
    who = f"{result.name}, {result.address}," if result.name else result.address
    return Presentation(text=f"The e-mail “{result.subject}” to {who} {state_of(result.status)}.")


TOOL = Tool(
    name="send_email",
    title="E-mail",
    description="Send an email to a resident, prospect, contact or teammate",
    args=Args,
    result=Result,
    effect=Effect.EGRESS,
    scope=Scope.MESSAGES_SEND,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_MESSAGES),
    reconcile=reconcile,
    phrases=PHRASES,
    doing="Sending the e-mail",
    examples=(
        "Email Robert Fitzgerald that his renewal offer is ready to sign",
        "Send an email to dana@greystonecap.com saying the site visit is confirmed for Tuesday",
        "Email Marcus Lindqvist with subject “Q1 numbers” and body “The Q1 package is attached.”",
    ),
)
