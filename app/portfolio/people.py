"""Members of the team, as others may be referred to them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.security import Person
from app.domain.principal import Principal, Role

WELL_INFORMED = (Role.PROPERTY_MANAGER, Role.EXECUTIVE, Role.ADMIN)
MOST = 3


async def askable(session: AsyncSession, principal: Principal) -> tuple[str, ...]:
    """Up to three teammates who usually know the rules: managers first, never the asking person."""
    found = await session.execute(
        select(Person.name, Person.roles)
        .where(
            Person.workspace_id == principal.workspace_id,
            Person.is_team,
            Person.id != principal.user_id,
            Person.roles != "",
        )
        .order_by(Person.name)
        .limit(500)
    )
    people = [(name, set(roles.split("|"))) for name, roles in found]
    ranked = [name for role in WELL_INFORMED for name, roles in people if role in roles]
    return tuple(dict.fromkeys(ranked))[:MOST]
