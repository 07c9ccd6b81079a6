"""The Reports API v2: a report is run by a POST with its filters, its further pages are fetched from a link.

Seven runs in fifteen seconds are allowed; pages don't count. A link lives for about half an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from app.http.outbound import Call, ServiceClient
from app.http.pacing import Allowance
from app.http.retry import Repeat
from app.integrations.appfolio.answers import ACCEPTED, Credential, inside, listed
from app.integrations.pagers import ByAddress, Came, at
from app.integrations.paging import Listing, PlaceForgotten

RUNS: Final = "run"
ALLOWANCES: Final = (Allowance(7, 15.0, lane=RUNS),)
_EXPIRED: Final = frozenset({404, 410})
_LINK: Final = ByAddress(at("next_page_url"))


class ReportsClient:
    """Runs reports of one account."""

    def __init__(self, service: ServiceClient, *, base_url: str, credential: Credential) -> None:
        self._service = service
        self._address = f"{base_url.rstrip('/')}/api/v2/reports"
        self._headers = {"Authorization": credential.header, "Accept": "application/json"}
        self.failures = service.failures

    def listing(self, name: str, filters: Mapping[str, Any]) -> Listing:
        """A report's rows. Asking raises what `ServiceClient.send` raises."""

        async def ask(place: str) -> Came:
            reply = await self._service.send(self._further(name, place) if place else self._run(name, filters))
            if reply.status in _EXPIRED:
                raise PlaceForgotten
            body = inside(reply, self.failures, name)
            return Came(listed(body, "results", self.failures, name), body)

        return Listing(name, _LINK, ask, self.failures)

    def _run(self, name: str, filters: Mapping[str, Any]) -> Call:
        return Call(
            name,
            "POST",
            f"{self._address}/{name}.json",
            Repeat.SAFE,  # running a report changes nothing
            headers={**self._headers, "Content-Type": "application/json"},
            body=orjson.dumps(filters),
            accept=ACCEPTED,
            lane=RUNS,
        )

    def _further(self, name: str, query: str) -> Call:
        return Call(
            f"{name}_page",
            "GET",
            f"{self._address}/{name}.json?{query}",
            Repeat.SAFE,
            headers=self._headers,
            accept=ACCEPTED | _EXPIRED,
        )
