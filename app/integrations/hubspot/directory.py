"""What records refer to: the account's owners, pipelines and the labels of companies' types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, TypeVar

from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.integrations.base import Problems
from app.integrations.hubspot.client import HubSpotClient, Request
from app.integrations.hubspot.models import CrmRecord, Deal, Owner, Pipeline, PropertyInfo
from app.integrations.hubspot.stages import Stages
from app.integrations.records import parsed
from app.integrations.writing import NOT_KEPT_THERE

Part = Literal["owners", "stages", "kinds"]
T = TypeVar("T")

FRESH: Final = timedelta(minutes=10)
NEW: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Reference:
    """`owners` by id; `kinds` are the labels of companies' types by value."""

    owners: Mapping[str, Owner]
    stages: Stages
    kinds: Mapping[str, str]

    def knows(self, record: CrmRecord) -> bool:
        """Whether what the record refers to is known."""
        if record.owner_id and record.owner_id not in self.owners:
            return False
        return not isinstance(record, Deal) or self.stages.knows(record.pipeline, record.stage)

    def owner_name(self, owner_id: str, record: str, problems: Problems) -> str:
        """An owner's full name; "" for none, and, with a problem, for one that HubSpot does not list."""
        if not owner_id:
            return ""
        found = self.owners.get(owner_id)
        if found is None:
            problems.add(f"unknown owner: {owner_id[:40]}", record)
            return ""
        return found.name

    def owner_of(self, name: str, email: str) -> Owner:
        """The owner with that address, else the only one of that full name. Raises Fixable when there is none."""
        by_mail = [one for one in self.owners.values() if email and one.email.lower() == email.lower()]
        found = by_mail[0] if by_mail else self.owner_named(name)
        if found is not None and not found.archived:
            return found
        raise Fixable(
            f"{name} has no seat in HubSpot.",
            next_step="Somebody with a seat there can take it, or an administrator can add the person.",
            code=NOT_KEPT_THERE,
        )

    def owner_named(self, name: str) -> Owner | None:
        """The only owner of that full name, None when there is none or more than one."""
        wanted = " ".join(name.lower().split())
        named = [one for one in self.owners.values() if one.name.lower() == wanted and not one.archived]
        return named[0] if len(named) == 1 else None


class Directory:
    """Reads the reference data, each part when it is first needed (they need scopes of their own), and again after ten
    minutes, or after one when a record refers to what is not known yet."""

    def __init__(self, client: HubSpotClient, clock: Clock, given: Mapping[str, str]) -> None:
        self._client, self._clock, self._given = client, clock, given
        self._kept: dict[Part, tuple[datetime, Any]] = {}

    async def reference(self, *parts: Part, oldest: timedelta = FRESH) -> Reference:
        """These parts of the reference data, none of them older than `oldest`."""
        owners = await self._part("owners", self._owners, oldest) if "owners" in parts else {}
        pipelines = await self._part("stages", self._pipelines, oldest) if "stages" in parts else []
        kinds = await self._part("kinds", self._kinds, oldest) if "kinds" in parts else {}
        return Reference(owners, Stages(pipelines, self._given), kinds)

    async def _part(self, part: Part, read: Callable[[], Awaitable[T]], oldest: timedelta) -> T:
        now = self._clock.now()
        kept = self._kept.get(part)
        if kept is not None and now - kept[0] < oldest:
            return kept[1]
        found = await read()
        self._kept[part] = (now, found)
        return found

    async def _pipelines(self) -> list[Pipeline]:
        items = await self._client.results(Request("pipelines", "GET", "/crm/v3/pipelines/deals"))
        return parsed(Pipeline, items, Problems(), id_key="id")  # what can't be read shows in the deals that name it

    async def _kinds(self) -> dict[str, str]:
        items = await self._client.results(Request("properties", "GET", "/crm/v3/properties/companies"))
        types = [one for one in parsed(PropertyInfo, items, Problems(), id_key="name") if one.name == "type"]
        return {option.value: option.label for one in types for option in one.options}

    async def _owners(self) -> dict[str, Owner]:
        """All owners, those included who left: their records still name them."""
        found: list[Any] = []
        for archived in ("false", "true"):
            found += await self._client.listing("owners", partial(_owners, archived)).whole()
        return {one.id: one for one in parsed(Owner, found, Problems(), id_key="id")}


def _owners(archived: str, after: str) -> Request:
    params = {"limit": "100", "archived": archived} | ({"after": after} if after else {})
    return Request("owners", "GET", "/crm/v3/owners", params)
