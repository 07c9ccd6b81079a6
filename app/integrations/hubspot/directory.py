"""What records refer to: the account's owners, pipelines and the labels of companies' types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.integrations.base import Problems
from app.integrations.hubspot.client import HubSpotClient, Request
from app.integrations.hubspot.models import Owner, Pipeline, PropertyInfo
from app.integrations.hubspot.stages import Stages
from app.integrations.records import parsed
from app.integrations.writing import NOT_KEPT_THERE

_FRESH: Final = timedelta(minutes=10)
_MOST_PAGES: Final = 100


@dataclass(frozen=True)
class Reference:
    """`owners` by id; `kinds` are the labels of companies' types by value."""

    owners: Mapping[str, Owner]
    stages: Stages
    kinds: Mapping[str, str]

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
    """Reads the reference data, and again after ten minutes."""

    def __init__(self, client: HubSpotClient, clock: Clock, given: Mapping[str, str]) -> None:
        self._client, self._clock, self._given = client, clock, given
        self._kept: tuple[datetime, Reference] | None = None

    async def current(self, *, fresh: bool = False) -> Reference:
        """The reference data. `fresh` asks HubSpot whatever is kept."""
        now = self._clock.now()
        if self._kept is not None and not fresh and now - self._kept[0] < _FRESH:
            return self._kept[1]
        problems = Problems()  # an owner or pipeline that can't be read shows in the records that name it
        owners = parsed(Owner, await self._owners(), problems, id_key="id")
        pipelines, _ = await self._client.results(Request("pipelines", "GET", "/crm/v3/pipelines/deals"))
        properties, _ = await self._client.results(Request("properties", "GET", "/crm/v3/properties/companies"))
        types = [one for one in parsed(PropertyInfo, properties, problems, id_key="name") if one.name == "type"]
        reference = Reference(
            owners={one.id: one for one in owners},
            stages=Stages(parsed(Pipeline, pipelines, problems, id_key="id"), self._given),
            kinds={option.value: option.label for one in types for option in one.options},
        )
        self._kept = (now, reference)
        return reference

    async def _owners(self) -> list[Any]:
        """All owners, those included who left: their records still name them."""
        found: list[Any] = []
        for archived in ("false", "true"):
            after = ""
            for _ in range(_MOST_PAGES):
                params = {"limit": "100", "archived": archived} | ({"after": after} if after else {})
                page, following = await self._client.results(Request("owners", "GET", "/crm/v3/owners", params))
                found += page
                if not following or following == after:
                    break
                after = following
        return found
