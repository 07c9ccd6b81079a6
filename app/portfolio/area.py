"""The part of the portfolio a question is about: one community, or everything the asking person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.property import Property
from app.domain.answer import Source
from app.domain.errors import NotAllowed, NotFound
from app.domain.principal import Principal
from app.portfolio.find import find_property, listed
from app.portfolio.imported import IMPORT, imported_files
from app.portfolio.sources import cite
from app.portfolio.visible import visible


@dataclass(frozen=True)
class Community:
    """What an answer needs to know of a property."""

    id: str
    name: str
    timezone: str
    as_of: datetime


@dataclass(frozen=True)
class Area:
    """`label` reads after a noun: "at Maple Grove", "across all 12 communities"."""

    principal: Principal
    communities: Sequence[Community]
    label: str
    one: Community | None = None
    chosen: bool = False  # only these communities, though the person sees more

    def rows(self, model: Any) -> ColumnElement[bool]:
        """The rows of `model` in this area that the person may see."""
        condition = visible(self.principal, model)
        if self.one is not None:
            return and_(condition, model.property_id == self.one.id)
        if self.chosen:
            return and_(condition, model.property_id.in_([community.id for community in self.communities]))
        return condition

    @property
    def name(self) -> str:
        """For titles: "Maple Grove" or "Portfolio"."""
        return self.one.name if self.one else "Portfolio"

    async def sources(self, session: AsyncSession, resource: str, record: str) -> tuple[Source, ...]:
        """One source per system that owns communities of this area, as old as its last reading of `resource`; a
        community whose `resource` was imported from a file names the file."""
        files = await imported_files(session, self.principal.workspace_id, resource)
        rows = [
            (f"{IMPORT}:{community.id.removeprefix(f'{IMPORT}:')}/", files[community.id].as_of)
            if community.id in files
            else (community.id, community.as_of)
            for community in self.communities
        ]
        return await cite(session, self.principal.workspace_id, resource, record, rows)


async def area_of(session: AsyncSession, principal: Principal, property_name: str | None) -> Area:
    """The area a `property` argument names; without one, all that the person sees.

    Raises NotFound or Ambiguous for the name, NotAllowed when the person has no communities, NotFound when none are
    connected at all.
    """
    if property_name:
        row = await find_property(session, principal, property_name)
        home = Community(row.id, row.name, row.timezone, row.as_of)
        return Area(principal, (home,), f"at {home.name}", home)
    found = await session.execute(
        select(Property.id, Property.name, Property.timezone, Property.as_of)
        .where(visible(principal, Property))
        .order_by(Property.name)
    )
    seen = tuple(Community(*row) for row in found)
    if not seen and principal.property_ids is not None:
        raise NotAllowed(
            "You have no communities assigned, so there is nothing I may show you here.",
            next_step="An administrator can assign your communities.",
            code="no_communities",
        )
    if not seen:
        raise NotFound(
            "No property data has been connected yet.",
            next_step="An administrator can connect the property system; “sophia doctor” says what is missing.",
            code="nothing_connected",
        )
    return Area(principal, seen, _label(principal, seen), seen[0] if len(seen) == 1 else None)


async def areas_of(session: AsyncSession, principal: Principal, names: Sequence[str]) -> Area:
    """The communities of these names, each once. Raises what `area_of` raises."""
    found: dict[str, Community] = {}
    for name in names:
        row = await find_property(session, principal, name)
        found[row.id] = Community(row.id, row.name, row.timezone, row.as_of)
    chosen = tuple(found.values())
    only = chosen[0] if len(chosen) == 1 else None
    label = f"at {listed([community.name for community in chosen], 'and')}"
    return Area(principal, chosen, label, only, chosen=True)


def _label(principal: Principal, seen: Sequence[Community]) -> str:
    if len(seen) == 1:
        return f"at {seen[0].name}"
    return f"across {'all' if principal.property_ids is None else 'your'} {len(seen)} communities"
