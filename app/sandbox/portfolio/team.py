"""The local workspace's people as members of the demo company, with the rights their jobs bring."""

from __future__ import annotations

from collections.abc import Mapping

from app.db.models.security import Person
from app.domain.principal import Role
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.slack.seed import Workspace

_ROLES: dict[str, tuple[Role, ...]] = {
    "executive": (Role.EXECUTIVE,),
    "admin": (Role.ADMIN,),
    "regional_manager": (Role.PROPERTY_MANAGER,),
    "property_manager": (Role.PROPERTY_MANAGER,),
    "maintenance_supervisor": (Role.MAINTENANCE,),
    "collections_specialist": (Role.COLLECTIONS,),
    "sales": (Role.SALES,),
    "leasing_agent": (Role.LEASING,),
    "guest": (Role.GUEST,),
}
_EVERYWHERE = ("executive", "admin", "collections_specialist", "sales")


def members(workspace: Workspace, workspace_id: str, portfolio: Portfolio, homes: Mapping[int, str]) -> list[Person]:
    """One row per person of the workspace; property names become read-model ids, which `homes` gives by the
    portfolio's ids."""
    ids = {prop.name: homes[prop.id] for prop in portfolio.properties}
    return [
        Person(
            workspace_id=workspace_id,
            id=person.id,
            name=person.name,
            email=workspace.email(person),
            timezone=person.timezone,
            roles="|".join(_ROLES[person.role]),
            all_properties=person.role in _EVERYWHERE,
            property_ids="|".join(ids[name] for name in person.properties if name in ids),
            is_team=person.seat != "guest",
        )
        for person in workspace.people
    ]
