"""Guest cards: who asked about living in which community, on which day, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import GuestCard
from app.domain.period import Period
from app.portfolio.area import Area, Community
from app.portfolio.sources import system_name

ACTIVE: Final = ("new", "contacted", "toured", "applied")
STANDINGS: Final = (*ACTIVE, "leased", "lost")
"""The statuses in the order in which a prospect goes through them."""


@dataclass(frozen=True)
class GuestCardLine:
    """One prospect's inquiry. `bedrooms` None when nobody asked how many."""

    inquired_on: date
    prospect: str
    property: str
    bedrooms: int | None
    lead_source: str
    status: str
    phone: str
    email: str


@dataclass(frozen=True)
class GuestCards:
    """Guest cards of a period, the latest first; the counts cover all of them. `by_source` has the largest first, ""
    for cards whose source nobody wrote down. `silent` are the systems of the area that give no guest cards at all;
    `origins` the read-model ids of the cards and how old they are."""

    total: int
    by_status: dict[str, int]
    by_source: dict[str, int]
    cards: tuple[GuestCardLine, ...]
    silent: tuple[str, ...]
    origins: tuple[tuple[str, datetime], ...]


async def guest_cards(
    session: AsyncSession, area: Area, period: Period, statuses: Sequence[str] | None, limit: int
) -> GuestCards:
    """The guest cards of an area that came in during a period, with one of these statuses (None: any)."""
    fits = _fitting(area, period, statuses)
    counts = await session.execute(
        select(GuestCard.status, GuestCard.lead_source, func.count())
        .where(fits)
        .group_by(GuestCard.status, GuestCard.lead_source)
    )
    by_status: dict[str, int] = {}
    by_source: dict[str, int] = {}
    for status, source, number in counts:
        by_status[status] = by_status.get(status, 0) + number
        by_source[source] = by_source.get(source, 0) + number
    found = (
        await session.scalars(
            select(GuestCard)
            .where(fits)
            .order_by(GuestCard.inquired_on.desc(), GuestCard.name, GuestCard.id)
            .limit(limit)
        )
    ).all()
    homes = {community.id: community.name for community in area.communities}
    giving = await _giving(session, area)
    return GuestCards(
        total=sum(by_status.values()),
        by_status=by_status,
        by_source=dict(sorted(by_source.items(), key=lambda one: (-one[1], one[0]))),
        cards=tuple(_line(card, homes) for card in found),
        silent=tuple(sorted({system_name(_system(one)) for one in area.communities if _system(one) not in giving})),
        origins=tuple((card.id, card.as_of) for card in found),
    )


def _fitting(area: Area, period: Period, statuses: Sequence[str] | None) -> ColumnElement[bool]:
    within = and_(area.rows(GuestCard), GuestCard.inquired_on >= period.start, GuestCard.inquired_on <= period.end)
    return within if statuses is None else and_(within, GuestCard.status.in_(statuses))


async def _giving(session: AsyncSession, area: Area) -> frozenset[str]:
    """The systems of the area that have ever given a guest card."""
    giving: set[str] = set()
    for system in {_system(one) for one in area.communities}:
        known = await session.scalar(
            select(GuestCard.id)
            .where(
                GuestCard.workspace_id == area.principal.workspace_id,
                GuestCard.property_id.startswith(f"{system}:", autoescape=True),
            )
            .limit(1)
        )
        if known is not None:
            giving.add(system)
    return frozenset(giving)


def _system(community: Community) -> str:
    return community.id.partition(":")[0]


def _line(card: GuestCard, homes: Mapping[str, str]) -> GuestCardLine:
    return GuestCardLine(
        inquired_on=card.inquired_on,
        prospect=card.name,
        property=homes[card.property_id],
        bedrooms=card.bedrooms,
        lead_source=card.lead_source,
        status=card.status,
        phone=card.phone,
        email=card.email,
    )
