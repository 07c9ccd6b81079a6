"""Vendors: who is approved for which trade, where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.maintenance import Vendor
from app.portfolio.area import Area
from app.portfolio.find import folded
from app.portfolio.visible import visible

ALL: Final = ":*"
"""Ends a vendor's property id that stands for all communities of a system."""


@dataclass(frozen=True)
class VendorLine:
    """An approved vendor. `trades` are those it is approved for here. `approved_for` is "everywhere" or community
    names; `insured` is False when the insurance on file has run out, None when none is on file. `records`: its
    read-model ids, one for each system that pays it, and how old they are."""

    name: str
    trades: tuple[str, ...]
    phone: str
    email: str
    rating: float | None
    approved_for: str
    insured_until: date | None
    insured: bool | None
    records: tuple[tuple[str, datetime], ...]


async def vendors(session: AsyncSession, area: Area, category: str | None, today: date) -> tuple[VendorLine, ...]:
    """The vendors of a trade (None: of all) that are approved for an area (or for any of its communities), best rated
    first. One company is one vendor however many systems pay it."""
    wanted = visible(area.principal, Vendor)
    if category is not None:
        wanted = and_(wanted, Vendor.category == category)
    found = await session.scalars(select(Vendor).where(wanted).order_by(Vendor.name, Vendor.id))
    names = {community.id: community.name for community in area.communities}
    if area.one:
        names = {area.one.id: area.one.name}
    by_name: dict[str, list[Vendor]] = defaultdict(list)
    for row in found:
        by_name[folded(row.name)].append(row)
    lines = [line for rows in by_name.values() if (line := _line(rows, names, today))]
    return tuple(sorted(lines, key=lambda line: (-(line.rating or 0), line.name)))


def _line(rows: Sequence[Vendor], names: Mapping[str, str], today: date) -> VendorLine | None:
    """One company, as far as it is approved here."""
    here = {row.id: _approved(row, names) for row in rows}
    fitting = [row for row in rows if here[row.id]]
    if not fitting:
        return None
    approved = [names[key] for key in names if any(key in here[row.id] for row in fitting)]
    everywhere = any(not row.property_ids for row in fitting) or (len(names) > 1 and len(approved) == len(names))
    insured_until = max((row.insured_until for row in fitting if row.insured_until), default=None)
    return VendorLine(
        name=fitting[0].name,
        trades=tuple(sorted({row.category for row in fitting})),
        phone=next((row.phone for row in fitting if row.phone), ""),
        email=next((row.email for row in fitting if row.email), ""),
        rating=max((row.rating for row in fitting if row.rating is not None), default=None),
        approved_for="everywhere" if everywhere else ", ".join(approved),
        insured_until=insured_until,
        insured=None if insured_until is None else insured_until >= today,
        records=tuple((row.id, row.as_of) for row in fitting),
    )


def _approved(row: Vendor, names: Mapping[str, str]) -> frozenset[str]:
    """The communities among these that the vendor may be sent to."""
    keys = [key for key in row.property_ids.split("|") if key]
    systems = tuple(key.removesuffix("*") for key in keys if key.endswith(ALL))
    return frozenset(key for key in names if not keys or key in keys or (systems and key.startswith(systems)))
