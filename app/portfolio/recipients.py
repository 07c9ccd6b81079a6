"""Whom a message goes to: a resident, a prospect, a contact or a teammate by name, or a number or address as given.

Once found, a recipient is written `Name <address>`, so that what was approved is exactly what is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Company, Contact
from app.db.models.leasing import GuestCard, Resident
from app.db.models.property import Property
from app.db.models.security import Person
from app.domain.errors import Ambiguous, Fixable, NotAllowed, NotFound
from app.domain.principal import Principal
from app.portfolio.find import OPTIONS, find_teammate, folded, tenancies_like
from app.portfolio.visible import visible

Way = Literal["phone", "email"]
_BOUND = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>\s]+)>")


@dataclass(frozen=True)
class Recipient:
    """`who` tells people apart: "resident, Maple Grove 101". `property_id` is set for residents and prospects."""

    name: str
    who: str
    address: str
    property_id: str | None = None
    texts_allowed: bool = True

    @property
    def bound(self) -> str:
        """The recipient as an argument that can only mean this address."""
        return f"{self.name} <{self.address}>" if self.name else self.address


async def bound_recipient(session: AsyncSession, principal: Principal, text: str, way: Way) -> Recipient | None:
    """Who an already found recipient (`Name <address>`) is, or None for words that still have to be looked up.

    The name is kept only when that person really has that address, so that a card never shows a wrong name.
    """
    match = _BOUND.fullmatch(text.strip())
    if match is None:
        return None
    address = match["address"]
    known = await _everyone(session, principal, match["name"], way) if match["name"] else ()
    for one in known:
        if one.address == address and folded(one.name) == folded(match["name"]):
            return one
    return Recipient("", "as given", address)


async def find_recipient(session: AsyncSession, principal: Principal, name: str, way: Way) -> Recipient:
    """The person of that name among those the asking person sees, with their phone number or e-mail address.

    Raises NotFound, Ambiguous, Fixable (no address on file) or NotAllowed (asked not to get text messages).
    """
    found = await _everyone(session, principal, name, way)
    if not found:
        raise NotFound(
            f"I couldn't find anyone called “{name}” among residents, prospects, contacts and the team.",
            next_step=f"Please give me the {'number' if way == 'phone' else 'address'} itself.",
        )
    exact = [one for one in found if folded(one.name) == folded(name)] or found
    if len({(one.name, one.address) for one in exact}) > 1:
        options = tuple(dict.fromkeys(one.bound if one.address else one.name for one in exact))[:OPTIONS]
        who = ", ".join(f"{one.name} ({one.who})" for one in exact[:OPTIONS])
        raise Ambiguous(f"Several people could be meant: {who}. Which one?", options=options)
    chosen = exact[0]
    if not chosen.address:
        raise Fixable(
            f"There is no {'phone number' if way == 'phone' else 'e-mail address'} on file for {chosen.name}.",
            next_step="Please give it to me, or try the other way.",
            code="no_address",
        )
    if way == "phone" and not chosen.texts_allowed:
        raise opted_out(chosen.name)
    return chosen


def opted_out(name: str) -> NotAllowed:
    """The refusal to text someone who does not want it."""
    return NotAllowed(
        f"{name} has asked not to get text messages.", next_step="You can call, or send an e-mail.", code="opted_out"
    )


async def refuses_texts(session: AsyncSession, principal: Principal, phone: str) -> str | None:
    """The name of a resident of the workspace with that number who does not want text messages, or None."""
    return await session.scalar(
        select(Resident.name)
        .where(
            Resident.workspace_id == principal.workspace_id,
            Resident.phone == phone,
            Resident.sms_consent.is_(False),
            Resident.deleted_at.is_(None),
        )
        .limit(1)
    )


async def _everyone(session: AsyncSession, principal: Principal, name: str, way: Way) -> Sequence[Recipient]:
    """Full names anywhere first; then the team by first name; then whoever else the words may mean."""
    wanted = folded(name)
    people = [
        *await _cards(session, principal, wanted, way),
        *await _contacts(session, principal, wanted, way),
    ]
    residents = await _residents(session, principal, name, way)
    exact = [one for one in [*residents, *people] if folded(one.name) == wanted]
    team = await _team(session, principal, name, way)
    if exact or not team:
        return [*exact, *(one for one in team if folded(one.name) == wanted)] or [*residents, *people]
    return team


async def _residents(session: AsyncSession, principal: Principal, name: str, way: Way) -> list[Recipient]:
    found = await tenancies_like(session, principal, name)
    living = [one for one in found if one.lease is not None and one.lease.status in ("current", "notice", "future")]
    return [
        Recipient(
            name=one.resident.name,
            who=f"resident, {one.home.name}{' ' + one.unit.number if one.unit else ''}",
            address=_address(one.resident, way),
            property_id=one.home.id,
            texts_allowed=one.resident.sms_consent,
        )
        for one in living or found
    ]


async def _cards(session: AsyncSession, principal: Principal, wanted: str, way: Way) -> list[Recipient]:
    found = await session.execute(
        select(GuestCard, Property.name)
        .join(Property, (Property.workspace_id == GuestCard.workspace_id) & (Property.id == GuestCard.property_id))
        .where(visible(principal, GuestCard), GuestCard.search_name == wanted)
        .order_by(GuestCard.inquired_on.desc())
        .limit(OPTIONS)
    )
    return [Recipient(card.name, f"prospect, {home}", _address(card, way), card.property_id) for card, home in found]


async def _contacts(session: AsyncSession, principal: Principal, wanted: str, way: Way) -> list[Recipient]:
    found = await session.execute(
        select(Contact, Company.name)
        .outerjoin(Company, (Company.workspace_id == Contact.workspace_id) & (Company.id == Contact.company_id))
        .where(visible(principal, Contact), Contact.search_name == wanted)
        .limit(OPTIONS)
    )
    return [Recipient(row.name, f"contact, {home or 'CRM'}", _address(row, way)) for row, home in found]


async def _team(session: AsyncSession, principal: Principal, name: str, way: Way) -> list[Recipient]:
    try:
        person: Person = await find_teammate(session, principal, name)
    except NotFound:
        return []
    return [Recipient(person.name, "teammate", _address(person, way))]


def _address(row: Any, way: Way) -> str:
    return row.phone if way == "phone" else row.email
