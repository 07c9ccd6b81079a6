"""Whose calls they were: the people in a call are known again in the CRM by their e-mail address, and by nothing else.

Contacts that are one person (app/portfolio/identity) count as one, and a resident who is one person with a contact
stands for that contact, so that somebody who calls from the address their landlord has is known, too. Told apart, they
are not, from the next matching on. An address that two people share, or that none has, is reported and never guessed.
Where a contact is not known, a company whose domain all the others' addresses have is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Call, Company, Contact
from app.db.models.identity import IdentityLink
from app.db.models.leasing import Resident
from app.integrations.base import Problems
from app.portfolio.identity.links import HOLDS

_AT_ONCE: Final = 400


@dataclass(frozen=True)
class CrmKeys:
    """What addresses stand for: contacts (id, company id) by e-mail address, companies by domain, all in lower case."""

    contacts: Mapping[str, frozenset[tuple[str, str | None]]] = field(
        default_factory=dict[str, frozenset[tuple[str, str | None]]]
    )
    companies: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(frozen=True)
class Match:
    """The contact and company of a call, and why there is no contact ("" when there is one)."""

    contact_id: str | None = None
    company_id: str | None = None
    why_not: str = ""


async def match_participants(session: AsyncSession, workspace_id: str) -> dict[str, Problems]:
    """Brings every call whose participants are known in line with the CRM as it is now; returns what could not be
    matched, by source. Calls that came with contact and company of their own (no addresses) are left alone."""
    keys = await _keys(session, workspace_id)
    calls = await session.execute(
        select(Call.id, Call.participants, Call.contact_id, Call.company_id).where(
            Call.workspace_id == workspace_id, Call.deleted_at.is_(None), Call.participants != ""
        )
    )
    problems: dict[str, Problems] = {}
    changed: list[dict[str, str | None]] = []
    for call_id, participants, contact_id, company_id in calls:
        found = match(participants, keys)
        if found.why_not:
            problems.setdefault(call_id.partition(":")[0], Problems()).add(found.why_not, call_id)
        if (found.contact_id, found.company_id) != (contact_id, company_id):
            changed.append({"call": call_id, "contact": found.contact_id, "company": found.company_id})
    if changed:
        table = Call.__table__
        await session.execute(
            update(table)  # type: ignore[arg-type]
            .where(table.c.workspace_id == workspace_id, table.c.id == bindparam("call"))
            .values(contact_id=bindparam("contact"), company_id=bindparam("company")),
            changed,
        )
    return problems


def match(participants: str, keys: CrmKeys) -> Match:
    """Whose call it was. `participants` are addresses between bars; the first in their order that is one contact's."""
    emails = [email for email in participants.split("|") if email]
    shared = False
    for email in emails:
        found = keys.contacts.get(email, frozenset())
        if len(found) == 1:
            [(contact_id, company_id)] = found
            return Match(contact_id, company_id)
        shared = shared or len(found) > 1
    domains = {email.rpartition("@")[2] for email in emails}
    companies = {frozenset(keys.companies.get(domain, ())) for domain in domains}
    company = next(iter(companies)) if len(companies) == 1 else frozenset[str]()
    why = "call with a participant whose address several contacts have" if shared else "call with nobody of the CRM"
    return Match(None, next(iter(company)) if len(company) == 1 else None, why)


async def _keys(session: AsyncSession, workspace_id: str) -> CrmKeys:
    contacts: dict[str, set[tuple[str, str | None]]] = {}
    rows = await session.execute(
        select(Contact.id, Contact.email, Contact.company_id).where(
            Contact.workspace_id == workspace_id, Contact.deleted_at.is_(None)
        )
    )
    known = {contact_id: (email, company_id) for contact_id, email, company_id in rows}
    standing = await _standing(session, workspace_id, known)
    mail = {contact_id: email for contact_id, (email, _) in known.items()}
    mail |= await _addresses_of(session, workspace_id, set(standing) - set(known))
    for record, email in mail.items():
        if email:
            contact_id = standing.get(record, record)
            contacts.setdefault(email.strip().lower(), set()).add((contact_id, known[contact_id][1]))
    companies: dict[str, set[str]] = {}
    found = await session.execute(
        select(Company.id, Company.domain).where(
            Company.workspace_id == workspace_id, Company.deleted_at.is_(None), Company.domain != ""
        )
    )
    for company_id, domain in found:
        companies.setdefault(domain.strip().lower(), set()).add(company_id)
    return CrmKeys(
        {email: frozenset(some) for email, some in contacts.items()},
        {domain: frozenset(some) for domain, some in companies.items()},
    )


async def _standing(session: AsyncSession, workspace_id: str, contacts: Collection[str]) -> dict[str, str]:
    """The contact that stands for each record which is one person with a contact: of two contacts the one that is
    kept. What is one person with several contacts that nobody has matched with each other stands for none."""
    links = await session.execute(
        select(IdentityLink.kept_id, IdentityLink.other_id)
        .where(IdentityLink.workspace_id == workspace_id, IdentityLink.kind == "person", IdentityLink.state.in_(HOLDS))
        .order_by(IdentityLink.created_at, IdentityLink.id)
    )
    pairs = [(kept, other) for kept, other in links]
    kept_for = {other: kept for kept, other in pairs if kept in contacts and other in contacts}
    found: dict[str, set[str]] = {}
    for pair in pairs:
        for record, contact in (pair, pair[::-1]):
            if contact in contacts and record not in contacts:
                found.setdefault(record, set()).add(kept_for.get(contact, contact))
    return kept_for | {record: next(iter(some)) for record, some in found.items() if len(some) == 1}


async def _addresses_of(session: AsyncSession, workspace_id: str, residents: Collection[str]) -> dict[str, str]:
    asked, found = sorted(residents), dict[str, str]()
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        rows = await session.execute(
            select(Resident.id, Resident.email).where(
                Resident.workspace_id == workspace_id, Resident.id.in_(some), Resident.deleted_at.is_(None)
            )
        )
        found.update((resident, email) for resident, email in rows)
    return found
