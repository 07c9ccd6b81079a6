"""Where else a person is known: the records of other systems that are the same person, as far as the asker may see
them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Company, Contact
from app.db.models.leasing import Resident
from app.db.models.property import Property
from app.domain.principal import Principal
from app.domain.scopes import Scope
from app.portfolio.identity import twins
from app.portfolio.sources import system_name
from app.portfolio.visible import visible
from app.security.roles import scopes_of


async def known_elsewhere(session: AsyncSession, principal: Principal, record: str) -> tuple[str, ...]:
    """One phrase for each, like "CFO of Pinnacle Living in HubSpot (same name and e-mail)"."""
    others = (await twins(session, principal.workspace_id, [record])).get(record, [])
    phrases: list[str] = []
    for other, why in sorted(others):
        what = await _contact(session, principal, other) or await _resident(session, principal, other)
        if what:
            phrases.append(f"{what} in {system_name(other.partition(':')[0])} ({why})")
    return tuple(phrases)


async def _contact(session: AsyncSession, principal: Principal, record: str) -> str:
    if Scope.CRM_READ not in scopes_of(principal):
        return ""
    found = await session.execute(
        select(Contact.role, Company.name)
        .outerjoin(Company, (Company.workspace_id == Contact.workspace_id) & (Company.id == Contact.company_id))
        .where(visible(principal, Contact), Contact.id == record)
    )
    row = found.one_or_none()
    if row is None:
        return ""
    role, company = row
    return f"{role or 'a contact'} of {company}" if company else role or "a contact"


async def _resident(session: AsyncSession, principal: Principal, record: str) -> str:
    found = await session.scalar(
        select(Property.name)
        .join(Resident, (Resident.workspace_id == Property.workspace_id) & (Resident.property_id == Property.id))
        .where(visible(principal, Resident), Resident.id == record)
    )
    return f"a resident of {found}" if found else ""
