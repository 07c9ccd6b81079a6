"""Send a text message (SMS) to a resident, prospect or contact."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from app.domain.answer import FieldChange
from app.domain.delivery import Delivery
from app.domain.errors import Fixable
from app.domain.phone import MOST_CHARACTERS, spoken_phone
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.recipients import Recipient, bound_recipient, find_recipient, opted_out, refuses_texts
from app.tools.core.contact_points import looks_like_phone, phone_number
from app.tools.core.messaging import delivered, record_of, shown_as, state_of
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput

PHRASES: tuple[str, ...] = (
    "text {person} that the package is at the front office",
    "send a sms to {person}: maintenance will arrive between 9 and 11",
    'shoot {person} a text saying "your key is ready"',
    "message {person} by text to call the leasing office about the renewal",
    "text {person} to say the water will be off {date}",
    "send {person} a text: your rent is due",
    "txt {person} we found your keys",
    "can you text {person} and tell them their package arrived",
    'sms {person} "please move your car"',
    "let {person} know by text that the pool is closed",
    "send a text message to {person} saying the tech is on the way",
    "text {phone}: we have your package",
    "text {phone} that the gate code changed",
    "ping {person} by text and say we'll be late",
    "drop {person} a text that parking is full",
    "text {person}: see you at 5",
    "shoot a text to {person} letting them know the plumber is coming",
    "send an sms to {person} telling him the elevator is down",
    "text message {person} that the office closes early",
    "tell {person} by text message the appointment moved",
    "text {person} asking her to call us back",
    "send text to {person} - rent reminder",
    "could you text {person} to remind her about the inspection",
    "fire off a text to {person} saying we're running late",
    "i want to text {person} that her unit is ready",
    'text {person} "hello there"',
    "let {person} know via sms that maintenance is done",
    "sms to {phone} saying we will call back",
    "message {person} on their cell: gate is fixed",
    "have a text go out to {person} that the water is back on",
    "send {phone} a message saying hi",
    "text back {person} that it's ok",
    "text {person} we will be there soon",
    "reply to {person} by text that we got the form",
    "text {person} and let her know the keys are ready",
    "shoot {person} a quick text that the office is closed {date}",
    "send {person} a text message: your package is here",
    "text {person} saying we got the application",
    "hit {person} up by text and say the gate is broken",
    "please text {person} we're on our way",
    "can u text {person} that i'm running 10 min late",
    "let {person} know by text maintenance is coming {date}",
    "text {person} to bring her id",
    "quick text to {person}: call me back",
    "text {person}, tell him his fob is ready",
    "send {person} an sms about the water shutoff {date}",
    "sms {person}: the inspection is at {time}",
    'text {person} "rent is due on the 1st"',
    "message {person} via text that the leak is fixed",
    "drop a text to {person} saying happy birthday",
    "text {phone} and say thanks for stopping by",
    "send a message by text to {person} that we'll tow the car",
    "just text {person} that i'll call later",
)


class Args(ToolArgs):
    recipient: str = Field(description="Recipient name or phone number")
    message: str = Field(description="Text of the message")


class Result(ToolOutput):
    """What became of the message."""

    name: str
    number: str
    message: str
    status: str
    message_id: str


def _checked(args: Args) -> str:
    if not args.message:
        raise Fixable("The message is empty.", next_step="What shall I write?", code="empty_message")
    if len(args.message) > MOST_CHARACTERS:
        raise Fixable(
            f"The message has {len(args.message):,} characters; a text can have {MOST_CHARACTERS:,}.",
            next_step="Please shorten it, or send an e-mail.",
            code="too_long",
        )
    return args.message


async def _recipient(ctx: ToolContext, args: Args) -> Recipient:
    """Who gets it. Raises NotAllowed when that number belongs to someone who does not want text messages."""
    async with ctx.db.reading() as session:
        bound = await bound_recipient(session, ctx.principal, args.recipient, "phone")
        if bound is not None:
            found = replace(bound, address=phone_number(bound.address))
        elif looks_like_phone(args.recipient):
            found = Recipient("", "as given", phone_number(args.recipient))
        else:
            found = await find_recipient(session, ctx.principal, args.recipient, "phone")
        unwilling = await refuses_texts(session, ctx.principal, found.address)
    if unwilling:
        raise opted_out(unwilling)
    return found


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    message = _checked(args)
    found = await _recipient(ctx, args)
    number = spoken_phone(found.address)
    shown = shown_as(found, number)
    return Preparation(
        title="Send a text message",
        consequence=f"{found.name or number} gets this text message right away; it can't be taken back.",
        arguments={"recipient": found.bound, "message": message},
        changes=(FieldChange("To", "", shown), FieldChange("Message", "", message)),
        recipients=(shown,),
        property_id=found.property_id,
        editable=("message",),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    message, found = _checked(args), await _recipient(ctx, args)
    delivery = await ctx.services.messages.send_sms(
        sender=ctx.principal, to=found.address, body=message, idempotency_key=ctx.idempotency_key
    )
    return _result(ctx, found, message, delivery)


def _result(ctx: ToolContext, found: Recipient, message: str, delivery: Delivery) -> Result:
    return Result(
        name=found.name,
        number=found.address,
        message=message,
        status=delivery.status,
        message_id=delivery.message_id,
        sources=record_of(ctx, delivery),
    )


async def reconcile(ctx: ToolContext, args: Args) -> Result | None:
    """After an unknown outcome: the message if it did go out, None if it did not."""
    delivery = await delivered(ctx)
    return None if delivery is None else _result(ctx, await _recipient(ctx, args), args.message, delivery)


def present(args: Args, result: Result) -> Presentation:
    number = spoken_phone(result.number)
    who = f"{result.name}, {number}," if result.name else number
    return Presentation(text=f"The text to {who} {state_of(result.status)}: “{result.message}”")


TOOL = Tool(
    name="send_sms",
    title="Text message",
    description="Send a text message (SMS) to a resident, prospect or contact",
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
    doing="Sending the text message",
    examples=(
        "Text Devon Carter that his package is at the front office",
        "Send a sms to Priya Patel: maintenance will arrive between 9 and 11",
        "Shoot Omar Haddad a text saying “your key fob is ready for pickup”",
    ),
)
