"""Change the asking rent of a unit."""

from __future__ import annotations

from pydantic import Field

from app.db.models.assistant import RegisterChange
from app.db.models.property import Unit
from app.domain.answer import FieldChange
from app.domain.errors import Fixable
from app.domain.money import Money
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.portfolio.definitions import share
from app.portfolio.find import find_unit
from app.portfolio.register import own_source, record_once, recorded
from app.portfolio.sources import SOPHIA, system_name
from app.tools.core.amounts import positive_dollars
from app.tools.core.arguments import UnitNumber
from app.tools.core.own_records import looked_up
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import percent, sentence

PHRASES: tuple[str, ...] = (
    "change asking on {unit} at {property} to {money}",
    "set {unit} at {property} at {money}",
    "reprice {unit} at {property}, make it {money}",
    "pls update the price for {unit} in {property} to {money}",
    "raise the rent on {unit} to {money}",
    "lower {unit} at {property} to {money}",
    "drop the rent on {unit} to {money}",
    "new asking rent for {unit} is {money}",
    "bump {unit} to {money}",
    "put {unit} at {property} at {money} a month",
    "increase asking rent of {unit} to {money}",
    "update rent {unit} {property} {money}",
    "{unit} should be {money} now",
    "change {unit}'s rent to {money}",
    "market {unit} at {money}",
    "price {unit} at {property} at {money}",
    "cut {unit} {property} down to {money}",
    "reduce the asking price for {unit} to {money}",
    "adjust {unit} at {property} to {money}/mo",
    "can you change the price of {unit} in {property} to {money} per month",
    "take {unit} up to {money}",
    "rent for {unit} needs to go to {money}",
    "we're going with {money} on {unit} at {property}",
    "set the asking rent for {unit} to {money}",
    "update {unit} to {money}",
    "make the rent {money} on {unit} at {property}",
    "list {unit} at {property} for {money}",
    "mark {unit} down to {money}",
    "let's try {money} for {unit} at {property}",
    "knock {unit} down to {money}",
    "set rent of {unit} {property} = {money}",
    "new price on {unit}: {money}",
    "the asking on {unit} at {property} goes to {money}",
    "move {unit} from {money} to {money}",
    "{unit} at {property} isn't moving, take it down to {money}",
    "can we get {unit} up to {money}",
    "rent on {unit} {property} should go to {money}",
    "please put {unit} at {money}",
    "change the asking to {money} for {unit} at {property}",
    "lower asking price {unit} {money}",
    "{unit} {property} new price {money}",
    "i want {unit} listed at {money}",
    "go ahead and reprice {unit} to {money}",
    "drop {unit} by the pool at {property} to {money}",
    "raise {unit} at {property} to {money} starting now",
    "make {unit} {money}",
    "set new rent {money} on {unit} {property}",
    "{unit} has been sitting, cut it to {money}",
    "update asking rent on {unit} to {money}",
    "adjust rent for {unit}: {money}",
    "push {unit} up to {money} a month",
    "bring {unit} at {property} down to {money}",
)


class Args(ToolArgs):
    property: str | None = Field(default=None, description="Property (community) name")
    unit: UnitNumber = Field(description="Unit number")
    new_rent: float = Field(description="New monthly asking rent in dollars")


STRIKING = 0.2  # a change of a fifth or more is worth a second look


class Result(ToolOutput):
    """The asking rent before and after, a month. `system` is the property system that does not have it yet."""

    unit: str
    property: str
    before: Money
    after: Money
    system: str


def _new_rent(args: Args) -> Money:
    return positive_dollars(args.new_rent, "The new rent")


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    after = _new_rent(args)
    async with ctx.db.reading() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
    before = Money(place.unit.asking_rent_cents)
    if before == after:
        raise Fixable(sentence(f"{place} is already offered at {after} a month."), code="no_change")
    change = share(after.cents - before.cents, before.cents)
    system = "" if place.unit.source == SOPHIA else system_name(place.unit.source)
    return Preparation(
        title="Change an asking rent",
        consequence=sentence(
            f"{place} is offered at {after} instead of {before} a month ({'+' if change > 0 else '−'}"
            f"{percent(abs(change))}).",
            "That is a large step, so please check it." if abs(change) >= STRIKING else "",
            f"{system} can't take rents from me yet: the change is kept in Sophia's register and has to be made there "
            "too."
            if system
            else "",
        ),
        arguments={
            "property": place.home.name,
            "unit": place.unit.number,
            "new_rent": float(after.dollars),
        },
        changes=(FieldChange("Asking rent", str(before), str(after)),),
        property_id=place.home.id,
        editable=("new_rent",),
    )


async def run(ctx: ToolContext, args: Args) -> Result:
    after, now = _new_rent(args), ctx.clock.now()
    async with ctx.db.transaction() as session:
        place = await find_unit(session, ctx.principal, args.unit, args.property)
        again = await recorded(session, RegisterChange, ctx.principal.workspace_id, ctx.idempotency_key)
        change = await record_once(
            session,
            RegisterChange,
            ctx.principal.workspace_id,
            ctx.idempotency_key,
            record_id=place.unit.id,
            field="asking_rent_cents",
            before=str(place.unit.asking_rent_cents),
            after=str(after.cents),
            made_at=now,
            made_by=ctx.principal.user_id,
            as_of=now,
        )
        if not again:  # it may have been changed once more since
            _set_rent(place.unit, after.cents)
        return Result(
            unit=place.unit.number,
            property=place.home.name,
            before=Money(int(change.before)),
            after=Money(int(change.after)),
            system="" if place.unit.source == SOPHIA else system_name(place.unit.source),
            sources=own_source(f"Asking rent of {place}", now),
        )


def _set_rent(unit: Unit, cents: int) -> None:
    """Changes our own unit, or lays the rent over that of another system."""
    if unit.source == SOPHIA:
        unit.market_rent_cents = cents
    else:
        unit.rent_override_cents = cents


def present(args: Args, result: Result) -> Presentation:
    return Presentation(
        text=sentence(
            f"unit {result.unit} at {result.property} is now offered at {result.after} a month, instead of",
            f"{result.before}.",
            f"Please make the same change in {result.system}, which can't take it from me yet."
            if result.system
            else "",
        ),
        follow_ups=(f"Which units are available at {result.property}?", f"Comps near {result.property}"),
    )


TOOL = Tool(
    name="update_unit_rent",
    title="Asking rent",
    description="Change the asking rent of a unit",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.PRICING_WRITE,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.APPROVE_LEASING),
    reconcile=looked_up(RegisterChange, run),
    phrases=PHRASES,
    doing="Changing the asking rent",
    examples=(
        "Change the asking rent on apt 318 at Maple Grove to $1,795",
        "Set unit 507 at Elm Street Flats at $1,350",
        "Reprice 7A at Willow Creek, make it 2.1k",
    ),
)
