"""Who is asking: the workspace, the person, their roles and the properties they may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
UserId = NewType("UserId", str)


class Role(StrEnum):
    """What a person does at the company. Rights hang on roles (app/security/roles.py), never on names."""

    ADMIN = "admin"
    EXECUTIVE = "executive"
    PROPERTY_MANAGER = "property_manager"
    LEASING = "leasing"
    MAINTENANCE = "maintenance"
    COLLECTIONS = "collections"
    SALES = "sales"
    GUEST = "guest"


class Surface(StrEnum):
    """Where the words came in."""

    SLACK = "slack"
    SMS = "sms"
    CONSOLE = "console"
    DIGEST = "digest"
    MCP = "mcp"


@dataclass(frozen=True)
class Principal:
    """The person a turn acts for; every query and every tool call is made in their name.

    `property_ids` is None when the person may see every property of the workspace, else the read-model ids they
    may see (an empty set sees none).
    """

    workspace_id: WorkspaceId
    user_id: UserId
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    property_ids: frozenset[str] | None = None
    timezone: str = "America/Chicago"
    email: str = ""

    @property
    def rights(self) -> str:
        """What decides which rows and documents for roles the person sees: equal for people who see the same."""
        properties = "*" if self.property_ids is None else ",".join(sorted(self.property_ids))
        return f"roles={','.join(sorted(self.roles))} properties={properties}"

    def sees_property(self, property_id: str | None) -> bool:
        """True when a row of this property (None = company-wide) may be shown to the person."""
        return self.property_ids is None or (property_id is not None and property_id in self.property_ids)
