"""Add a call note to a CRM contact."""

from __future__ import annotations

from functools import partial

from pydantic import Field

from app.db.models.business import CallNote
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.integrations.writing import Write
from app.portfolio.find import contact_label, find_contact
from app.portfolio.sources import SOPHIA, cite, system_name
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput

PHRASES: tuple[str, ...] = (
    "just got off the phone with {contact}, he is interested in 40 units - save that as a call note",
    "add call note for {contact} - budget approved, sending LOI",
    "note to {contact}'s record: left voicemail, try again monday",
    "log a call with {contact}: wants to see the proposal",
    "call note {contact}: not interested",
    "spoke with {contact}, they want a discount, log it",
    "add a note to {contact}: call back in june",
    "log call {contact} - decision next week",
    "talked to {contact} today and she likes the terms, log that",
    "save a call note on {contact}: needs references",
    "put a note on {contact} that he's traveling",
    "record that i called {contact}, no answer",
    "had a call with {contact}, they are happy, note it",
    "add to {contact}'s call notes: pricing is too high",
    "note for {contact}: send the contract",
    "log my call with {contact}: discussed timeline",
    "jot down on {contact}: prefers email",
    "i called {contact} and left a message, add a note",
    "crm note on {contact}: budget cut",
    "log a note that {contact} wants a follow up in two weeks",
    "please note on {contact}'s contact that she is out until {date}",
    "spoke to {contact} about the renewal. log: they'll sign",
    "make a call note for {contact}: asked for a demo",
    "hung up with {contact}, note that legal is reviewing",
    "write on {contact}'s record that he's the decision maker",
    "update {contact}'s notes: voicemail",
    "{contact} told me they're switching managers, log a call note",
    "phone call with {contact}: positive, wants numbers. save it",
    "log this call for {contact}: talked about pricing",
    "called {contact}, left a vm, log it",
    "{contact} called and said the board approved, log that",
    "log that {contact} called about pricing",
    "note that {contact} wants a discount",
    "put in a call note for {contact}: waiting on legal",
    "talked with {contact}, she's in, add a note",
    "just spoke to {contact} and he wants a proposal by {date}, log it",
    "quick note on {contact}: prefers texts",
    "call with {contact} went well, they want 3 more units. log it",
    "for {contact}'s record: meeting pushed to {date}",
    "add a note to {contact} saying budget is frozen",
    "log my chat with {contact}: will decide {date}",
    "call log {contact}: no decision yet",
    "record a note for {contact} - not a fit",
    "make a note under {contact} that legal has the contract",
    "{contact} said no for now, note that",
    "save a note for {contact}: follow up in Q3",
    "off the phone with {contact}. note: wants a tour",
    "write a call note on {contact}: asked about parking",
)


class Args(ToolArgs):
    contact: str = Field(description="Contact name")
    note: str = Field(description="Text of the note")


LONGEST = 5000  # characters of a note


class Result(ToolOutput):
    """The note as it was written down."""

    contact: str
    note: str


def _note(args: Args) -> str:
    if not args.note:
        raise Fixable("The note is empty.", next_step="What should it say?")
    if len(args.note) > LONGEST:
        raise Fixable(f"That note is longer than {LONGEST:,} characters.", next_step="Please shorten it.")
    return args.note


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    note = _note(args)
    async with ctx.db.reading() as session:
        contact, company = await find_contact(session, ctx.principal, args.contact)
    who = f"{contact.name}, {company.name}" if company else contact.name
    system = ctx.services.systems.keeper("note", contact.source).source
    where = "" if system == SOPHIA else f" in {system_name(system)}"
    return Preparation(
        title="Add a call note",
        consequence=f"The note is added to the contact's record{where}.",
        arguments={"contact": contact_label(contact, company), "note": note},
        changes=(FieldChange("Contact", "", who), FieldChange("Note", "", note)),
        editable=("note",),
    )


async def run(ctx: ToolContext, args: Args, *, again: bool = False) -> Result:
    note, workspace_id = _note(args), ctx.principal.workspace_id
    async with ctx.db.reading() as session:
        contact, _ = await find_contact(session, ctx.principal, args.contact)
    values = {
        "contact_id": contact.id,
        "note": note,
        "author": ctx.principal.name,
        "created_by": ctx.principal.user_id,
    }
    write = Write("note", workspace_id, values, ctx.idempotency_key, again=again)
    made = await ctx.services.systems.keeper("note", contact.source).write(write)
    async with ctx.db.reading() as session:
        row = await session.get_one(CallNote, (workspace_id, made))
        what = f"Note on {contact.name}"
        sources = await cite(session, workspace_id, "notes", what, [(row.id, row.as_of)])
    return Result(contact=contact.name, note=row.note, sources=sources)


def present(args: Args, result: Result) -> Presentation:
    return Presentation(
        text=f"The note is on {result.contact}'s record: “{result.note}”",
        follow_ups=(f"Remind me to follow up with {result.contact} next Monday",),
    )


TOOL = Tool(
    name="log_call_note",
    title="Call note",
    description="Add a call note to a CRM contact",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.CRM_WRITE,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_CRM),
    reconcile=partial(run, again=True),
    phrases=PHRASES,
    doing="Writing the note",
    examples=(
        "Add call note for Marcus Lindqvist: budget approved, sending LOI",
        "Note to Rebecca Stone's record: left voicemail, try again Monday",
        "Just got off the phone with Alan Park, he is interested in 40 units, save that as a call note",
    ),
)
