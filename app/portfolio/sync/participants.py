"""Whose calls they were: the people in a call are known again in the CRM by their e-mail address, and by nothing else.

An address that two contacts share, or that none has, is reported and never guessed. Where a contact is not known, a
company whose domain all the others' addresses have is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Call, Company, Contact
from app.integrations.base import Problems


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
            Contact.workspace_id == workspace_id, Contact.deleted_at.is_(None), Contact.email != ""
        )
    )
    for contact_id, email, company_id in rows:
        contacts.setdefault(email.strip().lower(), set()).add((contact_id, company_id))
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
