"""Vendors: who is approved for which trade, where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.maintenance import Vendor
from app.portfolio.area import Area
from app.portfolio.visible import visible


@dataclass(frozen=True)
class VendorLine:
    """An approved vendor. `approved_for` is "everywhere" or community names; `insured` is False when the insurance
    on file has run out, None when none is on file."""

    name: str
    category: str
    phone: str
    email: str
    rating: float | None
    approved_for: str
    insured_until: date | None
    insured: bool | None
    record: str
    as_of: datetime


async def vendors(session: AsyncSession, area: Area, category: str, today: date) -> tuple[VendorLine, ...]:
    """The vendors of a trade that are approved for an area (or for any of its communities), best rated first."""
    found = await session.scalars(
        select(Vendor).where(visible(area.principal, Vendor), Vendor.category == category).order_by(Vendor.name)
    )
    names = {community.id: community.name for community in area.communities}
    if area.one:
        names = {area.one.id: area.one.name}
    lines = [line for row in found if (line := _line(row, names, today))]
    return tuple(sorted(lines, key=lambda line: (-(line.rating or 0), line.name)))


def _line(row: Vendor, names: dict[str, str], today: date) -> VendorLine | None:
    approved = [key for key in row.property_ids.split("|") if key]
    here = [names[key] for key in approved if key in names]
    if approved and not here:
        return None
    return VendorLine(
        name=row.name,
        category=row.category,
        phone=row.phone,
        email=row.email,
        rating=row.rating,
        approved_for=", ".join(here) if approved else "everywhere",
        insured_until=row.insured_until,
        insured=None if row.insured_until is None else row.insured_until >= today,
        record=row.id,
        as_of=row.as_of,
    )
