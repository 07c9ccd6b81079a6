"""Find a resident's profile and contact information by name, unit or phone number."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.answer import Column, ColumnKind, Table
from app.domain.errors import Fixable, NotFound
from app.domain.phone import spoken_phone
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.elsewhere import known_elsewhere
from app.portfolio.find import Tenancy, find_property, find_resident, find_unit, tenancies_like, tenancies_with
from app.portfolio.residents import Profile, profile, residents_of
from app.portfolio.sources import cite
from app.tools.core.arguments import UnitNumber
from app.tools.core.contact_points import phone_number
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, day, sentence

PHRASES: tuple[str, ...] = (
    "look up {resident}",
    "whose number is {phone}",
    "whats {resident}s phone number and email",
    "who lives in {unit} at {property}",
    "find {resident}",
    "who is the resident in {unit}",
    "phone number for {resident}",
    "what's {resident}'s email",
    "contact info for {resident}",
    "which unit does {resident} live in",
    "who called from {phone}",
    "resident profile for {resident}",
    "who's in {unit} at {property}",
    "find the resident with phone {phone}",
    "i need {resident}'s contact details",
    "what apartment is {resident} in",
    "how do i reach {resident}",
    "who lives at {unit} {property}",
    "do we have a resident named {resident}",
    "is {resident} one of our residents",
    "pull up {resident}'s profile",
    "tenant in {unit}",
    "search residents for {resident}",
    "who rents {unit} at {property}",
    "give me {resident}'s number",
    "look up the tenant at {unit} in {property}",
    "{phone} called, which resident is that",
    "where does {resident} live",
    "email address for {resident}",
    "cell for {resident}",
    "what's the name of the tenant in {unit}",
    "who is {resident}",
    "get me the info on {resident}",
    "got a missed call from {phone}, who is it",
    "emergency contact for {resident}",
    "resident info {resident}",
    "does {resident} still live here",
    "which property is {resident} at",
    "who stays in {unit}",
    "what's the number on file for {resident}",
    "name of the person in {unit} at {property}",
    "show me resident {resident}",
    "who's {phone}",
    "who lives in {unit}",
    "whats the name of the guy in {unit} at {property}",
    "whos the tenant at {unit}",
    "can you find {resident} for me",
    "resident lookup {resident}",
    "phone for {resident} please",
    "need to call {resident}, what's the number",
    "how can i get a hold of {resident}",
    "email and phone for {resident}",
    "who do i have in {unit} at {property}",
    "missed call {phone} who dis",
    "this number {phone} keeps calling, which tenant is it",
    "what unit's {resident} in",
    "{resident} contact info",
    "where's {resident} live",
    "pull resident {resident}",
    "who occupies {unit} at {property}",
    "find tenant by phone {phone}",
    "whose phone is {phone}",
    "i need {resident}'s cell",
    "what building is {resident} in",
    "look up resident in {unit}",
    "who's in {unit} at {property}, they left the lights on",
    "whos in {unit} {property}",
    "who do we have living in {unit}",
    "which resident lives in {unit} at {property}",
    "is there an email for {resident}",
    "do you have a phone number for {resident}",
    "got a number for {resident}",
)


class Args(ToolArgs):
    name: str | None = Field(default=None, description="Resident name")
    unit: UnitNumber | None = Field(default=None, description="Unit number")
    property: str | None = Field(default=None, description="Property (community) name")
    phone: str | None = Field(default=None, description="Phone number")


class Result(ToolOutput):
    """Everyone who fits. `also`: where else the one who fits is known, and why that is the same person."""

    found: tuple[Profile, ...]
    also: tuple[str, ...] = ()


async def run(ctx: ToolContext, args: Args) -> Result:
    if not (args.name or args.unit or args.phone):
        raise Fixable("I need a name, a unit or a phone number to look someone up.", next_step="Whom do you mean?")
    async with ctx.db.reading() as session:
        people = await _search(session, ctx, args)
        if args.property:
            home = await find_property(session, ctx.principal, args.property)
            people = [one for one in people if one.home.id == home.id]
        if not people:
            raise NotFound(_nobody(args), next_step="Please check what you gave me, or try the name.")
        found = tuple(profile(one) for one in people[: ctx.rows])
        rows = [(one.record, one.as_of) for one in found]
        record = found[0].name if len(found) == 1 else counted(len(found), "resident")
        sources = await cite(session, ctx.principal.workspace_id, "residents", record, rows)
        also = await known_elsewhere(session, ctx.principal, found[0].record) if len(found) == 1 else ()
    return Result(found=found, also=also, sources=sources)


async def _search(session: AsyncSession, ctx: ToolContext, args: Args) -> Sequence[Tenancy]:
    """By phone, else by unit, else by name; what else was given narrows it."""
    if args.phone:
        people = await tenancies_with(session, ctx.principal, phone=phone_number(args.phone))
    elif args.unit:
        people = await residents_of(
            session, ctx.principal, await find_unit(session, ctx.principal, args.unit, args.property)
        )
    else:
        people = await tenancies_like(session, ctx.principal, args.name or "")
        return people or [await find_resident(session, ctx.principal, args.name or "")]
    if args.name:
        named = {one.resident.id for one in await tenancies_like(session, ctx.principal, args.name)}
        people = [one for one in people if one.resident.id in named]
    return people


def _nobody(args: Args) -> str:
    if args.phone:
        return f"None of the residents you can see has the number {args.phone}."
    if args.unit and not args.name:
        place = f"unit {args.unit}{' at ' + args.property if args.property else ''}"
        return f"Nobody lives in {place}, and nobody is about to move in."
    return f"I couldn't find a resident named “{args.name}”{' at ' + args.property if args.property else ''}."


def present(args: Args, result: Result) -> Presentation:
    found = result.found
    first = found[0]
    if len(found) > 1:
        text = sentence(
            f"{counted(len(found), 'resident')} fit:",
            "; ".join(f"{one.name}, {_place(one)}" for one in found[:5]) + ("; …" if len(found) > 5 else "."),
        )
        return Presentation(text=text, table=_table(found))
    text = sentence(
        f"{first.name} {first.standing} {_place(first)}.",
        f"Phone {spoken_phone(first.phone)}{'' if first.texts_allowed else ' (no text messages, please)'}."
        if first.phone
        else "No phone number on file.",
        f"E-mail {first.email}." if first.email else "No e-mail address on file.",
        f"The lease runs to {day(first.lease_end)} at {first.rent} a month." if first.lease_end and first.rent else "",
        f"{first.past_due} is past due." if first.past_due.cents > 0 else "",
        *(f"Also {one}." for one in result.also),
    )
    return Presentation(
        text=text,
        table=_table(found),
        follow_ups=(f"Show me {first.name}'s ledger", f"Pull up the lease for {first.name}"),
    )


def _place(one: Profile) -> str:
    return f"unit {one.unit} at {one.property}" if one.unit else one.property


_STANDING = {
    "lives in": "current",
    "has given notice in": "on notice",
    "is about to move into": "moving in",
    "moved out of": "moved out",
    "has applied for": "applicant",
    "cancelled the lease of": "cancelled",
    "has no lease at": "no lease",
}


def _table(found: tuple[Profile, ...]) -> Table:
    return Table(
        title="Residents",
        columns=(
            Column("name", "Resident"),
            Column("property", "Property"),
            Column("unit", "Unit"),
            Column("standing", "Standing"),
            Column("phone", "Phone"),
            Column("email", "E-mail"),
            Column("rent", "Rent", ColumnKind.MONEY),
            Column("lease_end", "Lease to", ColumnKind.DATE),
            Column("past_due", "Past due", ColumnKind.MONEY),
        ),
        rows=tuple(
            (
                one.name,
                one.property,
                one.unit,
                _STANDING.get(one.standing, one.standing),
                spoken_phone(one.phone),
                one.email,
                one.rent,
                one.lease_end,
                one.past_due,
            )
            for one in found
        ),
    )


TOOL = Tool(
    name="lookup_resident",
    title="Residents",
    description="Find a resident's profile and contact information by name, unit or phone number",
    args=Args,
    result=Result,
    effect=Effect.READ,
    scope=Scope.RESIDENTS_READ,
    personal=True,
    run=run,
    present=present,
    phrases=PHRASES,
    doing="Looking up the resident",
    examples=("Look up Linda Nguyen", "Whose number is 512-555-0143?", "Who lives in unit 204 at Stonegate?"),
)
