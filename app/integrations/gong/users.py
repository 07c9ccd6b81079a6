"""The company's own people at Gong, by user id: whose addresses stand for whom. Read once an hour at most, as every
request counts against the day's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.domain.clock import Clock
from app.integrations.base import Problems
from app.integrations.gong import fields
from app.integrations.gong.client import GongClient, Operation
from app.integrations.gong.models import User, named, parsed

USERS: Final = Operation("users", "GET", "/v2/users", "users")
_KEPT: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Colleague:
    """One of the company's people: name, and every address that is theirs, in lower case."""

    name: str
    emails: frozenset[str]


@dataclass
class Directory:
    """Everybody at Gong, those included who have left: they led calls too."""

    client: GongClient
    clock: Clock
    _known: Mapping[str, Colleague] = field(default_factory=dict[str, Colleague])
    _read_at: datetime | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def people(self, problems: Problems) -> Mapping[str, Colleague]:
        """By user id. Raises SophiaErrors."""
        async with self._reading:
            now = self.clock.now()
            if self._read_at is None or now - self._read_at >= _KEPT:
                self._known = await self._read(problems)
                self._read_at = now
            return self._known

    async def _read(self, problems: Problems) -> Mapping[str, Colleague]:
        # Avatars are Gong's own employees looking in; a call may name one as its host.
        items = await self.client.listing(USERS, {"includeAvatars": "true"}).whole()
        found = parsed(User, items, problems, lambda item: named(item, "id"))
        return {user.id: _colleague(user, problems) for user in found}


def _colleague(user: User, problems: Problems) -> Colleague:
    emails = {user.email}
    for alias in user.aliases:
        try:
            emails.add(fields.email(alias))
        except ValueError:
            problems.add("unreadable e-mail alias of a user", user.id)
    return Colleague(f"{user.first_name} {user.last_name}".strip(), frozenset(emails - {""}))
