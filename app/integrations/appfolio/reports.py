"""The Reports API v2: a report is run by a POST with its filters, its further pages are fetched from a link.

Seven runs in fifteen seconds are allowed; pages don't count. A link lives for about half an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from app.http.outbound import Call, ServiceClient
from app.http.pacing import Allowance
from app.http.retry import Repeat
from app.integrations.appfolio.answers import ACCEPTED, Credential, inside, listed

RUNS: Final = "run"
ALLOWANCES: Final = (Allowance(7, 15.0, lane=RUNS),)
_EXPIRED: Final = frozenset({404, 410})
_MOST_PAGES: Final = 2_000


@dataclass(frozen=True)
class ReportPage:
    """Rows, and the query of the next page's link ("" on the last page)."""

    rows: list[Any]
    following: str


class ReportsClient:
    """Runs reports of one account."""

    def __init__(self, service: ServiceClient, *, base_url: str, credential: Credential) -> None:
        self._service = service
        self._address = f"{base_url.rstrip('/')}/api/v2/reports"
        self._headers = {"Authorization": credential.header, "Accept": "application/json"}
        self.failures = service.failures

    async def run(self, name: str, filters: Mapping[str, Any]) -> ReportPage:
        """The first page of a report. Raises what `ServiceClient.send` raises."""
        call = Call(
            name,
            "POST",
            f"{self._address}/{name}.json",
            Repeat.SAFE,  # running a report changes nothing
            headers={**self._headers, "Content-Type": "application/json"},
            body=orjson.dumps(filters),
            accept=ACCEPTED,
            lane=RUNS,
        )
        return self._page(name, inside(await self._service.send(call), self.failures, name))

    async def page(self, name: str, following: str) -> ReportPage | None:
        """A further page by the query of its link; None when the link has expired."""
        call = Call(
            f"{name}_page",
            "GET",
            f"{self._address}/{name}.json?{following}",
            Repeat.SAFE,
            headers=self._headers,
            accept=ACCEPTED | _EXPIRED,
        )
        reply = await self._service.send(call)
        if reply.status in _EXPIRED:
            return None
        return self._page(name, inside(reply, self.failures, name))

    async def whole(self, name: str, filters: Mapping[str, Any]) -> list[Any]:
        """All rows of a report. Raises RetryLater when its link expires on the way or its pages have no end."""
        found = await self.run(name, filters)
        rows = found.rows
        for _ in range(_MOST_PAGES):
            if not found.following:
                return rows
            following = await self.page(name, found.following)
            if following is None:
                raise self.failures.nonsense(name, "the report's link expired")
            found = following
            rows.extend(found.rows)
        raise self.failures.nonsense(name, "pages go in circles")

    def _page(self, name: str, body: dict[str, Any]) -> ReportPage:
        """Only the query is taken from the link: where to ask is ours to say."""
        rows = listed(body, "results", self.failures, name)
        link = body.get("next_page_url")
        return ReportPage(rows, urlsplit(link).query if isinstance(link, str) else "")
