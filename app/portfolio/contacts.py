"""CRM contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.db.models.business import Company, Contact
from app.db.models.identity import IdentityLink
from app.domain.principal import Principal
from app.portfolio.find import folded
from app.portfolio.identity.links import HOLDS
from app.portfolio.visible import visible

ABBREVIATIONS: dict[str, str] = {
    "ceo": "chief executive officer",
    "cfo": "chief financial officer",
    "coo": "chief operating officer",
    "cio": "chief investment officer",
    "cto": "chief technology officer",
    "vp": "vice president",
    "svp": "senior vice president",
    "evp": "executive vice president",
    "gm": "general manager",
    "am": "asset manager",
    "pm": "property manager",
    "rm": "regional manager",
}


@dataclass(frozen=True)
class ContactLine:
    name: str
    role: str
    company: str
    email: str
    phone: str


@dataclass(frozen=True)
class ContactList:
    total: int
    lines: tuple[ContactLine, ...]
    origins: tuple[tuple[str, datetime], ...]


async def contacts(
    session: AsyncSession,
    principal: Principal,
    *,
    name: str | None,
    company_id: str | None,
    role: str | None,
    limit: int,
) -> ContactList:
    """The contacts that fit: part of a name, a company, and a job role in either its short or its long form."""
    fits: list[ColumnElement[bool]] = [visible(principal, Contact), ~_shown_as_another(principal)]
    if name is not None:
        fits += [Contact.search_name.contains(word, autoescape=True) for word in folded(name).split()]
    if company_id is not None:
        fits.append(Contact.company_id == company_id)
    if role is not None:
        title = func.lower(Contact.role)
        fits.append(or_(*(title.contains(form, autoescape=True) for form in role_forms(role))))
    total = (await session.execute(select(func.count()).select_from(Contact).where(*fits))).scalar_one()
    found = await session.execute(
        select(Contact, Company.name)
        .outerjoin(Company, (Company.workspace_id == Contact.workspace_id) & (Company.id == Contact.company_id))
        .where(*fits)
        .order_by(Contact.name)
        .limit(limit)
    )
    rows = [(row[0], row[1]) for row in found]
    return ContactList(
        total=total,
        lines=tuple(ContactLine(c.name, c.role, company or "", c.email, c.phone) for c, company in rows),
        origins=tuple((c.id, c.as_of) for c, _ in rows),
    )


def _shown_as_another(principal: Principal) -> ColumnElement[bool]:
    """True of a contact that another system's contact stands for, so that each person is listed once."""
    kept = aliased(Contact)
    return exists().where(
        IdentityLink.workspace_id == principal.workspace_id,
        IdentityLink.other_id == Contact.id,
        IdentityLink.state.in_(HOLDS),
        kept.workspace_id == IdentityLink.workspace_id,
        kept.id == IdentityLink.kept_id,
        kept.deleted_at.is_(None),
    )


def role_forms(role: str) -> tuple[str, ...]:
    """How a role may stand in a title: `CFOs` is `cfo` and `chief financial officer`."""
    wanted = folded(role)
    if wanted.endswith("s") and not wanted.endswith("ss"):
        wanted = wanted[:-1]
    forms = {wanted}
    for short, long in ABBREVIATIONS.items():
        if wanted == short:
            forms.add(long)
        elif wanted == long:
            forms.add(short)
        elif wanted.startswith(short + " "):
            forms.add(long + wanted[len(short) :])
    return tuple(sorted(forms))
