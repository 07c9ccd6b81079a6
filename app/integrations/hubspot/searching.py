"""Looks for what may have been made already, and makes what was not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from app.integrations.hubspot.client import HubSpotClient, Request
from app.integrations.hubspot.fields import record_id
from app.integrations.hubspot.reading import search

_LOOKS: Final = (0.0, 3.0, 5.0, 7.0)  # seconds before each look: a search shows a new record within some seconds
_BODIES: Final = {"notes": "hs_note_body", "tasks": "hs_task_body"}


class Searching:
    """Searches and creates over one client. `sleep` waits between looks."""

    def __init__(self, client: HubSpotClient, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._client, self._sleep = client, sleep

    async def marked(self, resource: str, mark: str, *, patient: bool) -> str:
        """HubSpot's id of the record that carries the mark, "" when there is none."""
        name = _BODIES[resource]
        filters = [{"propertyName": name, "operator": "CONTAINS_TOKEN", "value": mark.strip("[]").split()[1]}]
        found = await self.found(resource, filters, (name,), patient=patient)
        return next((number for number, held in found if mark in str(held.get(name) or "")), "")

    async def found(
        self, resource: str, filters: Sequence[dict[str, str]], names: Sequence[str], *, patient: bool
    ) -> list[tuple[str, dict[str, Any]]]:
        """Ids and properties of what fits; with patience nothing is only nothing after the last look."""
        for pause in _LOOKS if patient else _LOOKS[:1]:
            if pause:
                await self._sleep(pause)
            items = await self._client.results(search(resource, filters, names, limit=10))
            if items:
                return [(record_id(item.get("id")), item.get("properties") or {}) for item in items]
        return []

    async def create(self, resource: str, body: dict[str, Any]) -> str:
        """Makes a record and gives its id. Raises OutcomeUnknown when the answer is lost or names none."""
        request = Request(f"create_{resource}", "POST", f"/crm/v3/objects/{resource}", body=body, writes=True)
        answer = await self._client.call(request)
        try:
            return record_id(answer.get("id"))
        except ValueError:
            raise self._client.nonsense(request, "no id in it") from None
