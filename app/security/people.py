"""Who a user id stands for: their name, roles and properties, read from the `people` table.

Not for: deciding what they may do (app/security/roles.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.security import Person
from app.domain.principal import Principal, Role, UserId, WorkspaceId

CACHE_SECONDS = 5.0

_log = structlog.get_logger()
_cache: WeakKeyDictionary[Database, dict[tuple[str, str], tuple[float, Principal]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Member:
    """A person as a seed or an administrator gives them. `property_ids` None means every property."""

    user_id: str
    name: str
    roles: frozenset[Role]
    property_ids: frozenset[str] | None = None
    email: str = ""
    phone: str = ""
    timezone: str = "America/Chicago"
    is_team: bool = True


async def principal_of(db: Database, workspace_id: str, user_id: str, *, fresh: bool = False) -> Principal:
    """The person's current rights; somebody unknown is a guest without any.

    Remembered for five seconds; `fresh` reads the database now, as an approval's click must.
    """
    now = asyncio.get_running_loop().time()
    known = _cache.setdefault(db, {})
    kept = known.get((workspace_id, user_id))
    if kept is not None and not fresh and now < kept[0]:
        return kept[1]
    async with db.reading() as session:
        person = await session.get(Person, (workspace_id, user_id))
    principal = _guest(workspace_id, user_id) if person is None else _principal(person)
    if len(known) > 10_000:
        known.clear()
    known[workspace_id, user_id] = (now + CACHE_SECONDS, principal)
    return principal


async def upsert_people(db: Database, workspace_id: str, members: Iterable[Member]) -> None:
    """Writes these people; others stay as they are. Takes effect at once in this process."""
    async with db.transaction() as session:
        for member in members:
            await session.merge(
                Person(
                    workspace_id=workspace_id,
                    id=member.user_id,
                    name=member.name,
                    email=member.email,
                    phone=member.phone,
                    timezone=member.timezone,
                    roles="|".join(sorted(member.roles)),
                    all_properties=member.property_ids is None,
                    property_ids="|".join(sorted(member.property_ids or ())),
                    is_team=member.is_team,
                )
            )
    _cache.pop(db, None)


async def team_of(db: Database, workspace_id: str) -> list[Principal]:
    """The workspace's team, by name: everybody who may hold rights."""
    async with db.reading() as session:
        people = await session.scalars(
            select(Person).where(Person.workspace_id == workspace_id, Person.is_team.is_(True)).order_by(Person.name)
        )
        return [_principal(person) for person in people]


def _principal(person: Person) -> Principal:
    roles: set[Role] = set()
    for name in filter(None, person.roles.split("|")):
        try:
            roles.add(Role(name))
        except ValueError:  # a role this version does not know gives no rights
            _log.warning("unknown_role", workspace=person.workspace_id, person=person.id, role=name)
    return Principal(
        workspace_id=WorkspaceId(person.workspace_id),
        user_id=UserId(person.id),
        name=person.name,
        roles=frozenset(roles),
        property_ids=None if person.all_properties else frozenset(filter(None, person.property_ids.split("|"))),
        timezone=person.timezone,
        email=person.email,
    )


def _guest(workspace_id: str, user_id: str) -> Principal:
    return Principal(
        workspace_id=WorkspaceId(workspace_id),
        user_id=UserId(user_id),
        name="",
        roles=frozenset({Role.GUEST}),
        property_ids=frozenset(),
    )
