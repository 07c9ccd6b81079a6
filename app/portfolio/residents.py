"""Residents' profiles: who they are, where they live, how to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease
from app.domain.money import Money
from app.domain.principal import Principal
from app.portfolio.find import Tenancy, UnitPlace, tenancies_of


@dataclass(frozen=True)
class Profile:
    """A resident with the lease that matters most. `standing` is a verb for the unit: "lives in"."""

    name: str
    property: str
    unit: str
    standing: str
    phone: str
    email: str
    texts_allowed: bool
    rent: Money | None
    lease_end: date | None
    past_due: Money
    record: str
    as_of: datetime


_STANDINGS = {
    "current": "lives in",
    "notice": "has given notice in",
    "future": "is about to move into",
    "past": "moved out of",
    "applicant": "has applied for",
    "cancelled": "cancelled the lease of",
}


def profile(tenancy: Tenancy) -> Profile:
    """What to show of a resident."""
    lease = tenancy.lease
    return Profile(
        name=tenancy.resident.name,
        property=tenancy.home.name,
        unit=tenancy.unit.number if tenancy.unit else "",
        standing=_STANDINGS.get(lease.status, lease.status) if lease else "has no lease at",
        phone=tenancy.resident.phone,
        email=tenancy.resident.email,
        texts_allowed=tenancy.resident.sms_consent,
        rent=Money(lease.rent_cents) if lease else None,
        lease_end=lease.end_on if lease else None,
        past_due=Money(lease.past_due_cents if lease else 0),
        record=tenancy.resident.id,
        as_of=tenancy.resident.as_of,
    )


async def residents_of(session: AsyncSession, principal: Principal, place: UnitPlace) -> Sequence[Tenancy]:
    """Who lives in a unit, or is about to move in."""
    ids = await session.scalars(
        select(Lease.resident_id).where(
            Lease.workspace_id == place.unit.workspace_id,
            Lease.unit_id == place.unit.id,
            Lease.status.in_(("current", "notice", "future")),
            Lease.deleted_at.is_(None),
        )
    )
    found = ids.all()
    return await tenancies_of(session, principal, found) if found else ()
