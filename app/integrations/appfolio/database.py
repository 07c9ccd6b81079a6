"""The Database API v0: pages of what changed since a moment, records by id, and writes.

Every list needs `filters[LastUpdatedAtFrom]` or `filters[Id]`. A POST takes an Idempotency-Key (known for a day), a
PATCH none. A created or changed record shows in lists only after a while.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from app.domain.errors import RetryLater
from app.http.outbound import Call, ServiceClient
from app.http.pacing import Allowance
from app.http.retry import Repeat
from app.integrations.appfolio.answers import ACCEPTED, Credential, inside, listed
from app.integrations.appfolio.fields import wire_moment
from app.integrations.pagers import ByAddress, Came, at
from app.integrations.paging import Listing

ALLOWANCES: Final = (Allowance(8, 1.0), Allowance(256, 60.0), Allowance(4096, 3600.0))
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
PER_PAGE: Final = 1000
_ASKED_BY_ID: Final = 100
_PAGE: Final = "page[number]"
_PAGES: Final = ByAddress(at("next_page_path"), _PAGE, first=1)


class DatabaseClient:
    """Calls the Database API of one account."""

    def __init__(self, service: ServiceClient, *, base_url: str, credential: Credential, developer_id: str) -> None:
        self._service = service
        self._root = base_url.rstrip("/")
        self._address = f"{self._root}/api/v0"
        self._headers = {
            "Authorization": credential.header,
            "X-AppFolio-Developer-ID": developer_id,
            "Accept": "application/json",
        }
        self.failures = service.failures

    def listing(self, kind: str, since: datetime = EVER) -> Listing:
        """The records that changed since then. Asking raises what `ServiceClient.send` raises."""
        filters = {"filters[LastUpdatedAtFrom]": wire_moment(since), "page[size]": str(PER_PAGE)}

        async def ask(place: str) -> Came:
            return await self._list(kind, {**filters, _PAGE: place or "1"})

        return Listing(f"list_{kind}", _PAGES, ask, self.failures)

    async def whole(self, kind: str, since: datetime = EVER, known: Collection[str] = ()) -> list[Any]:
        """The records of all pages. Pages are counted: one that moved to an earlier page while they were read does not
        come, so those `known` ids that did not are asked for by themselves. Raises what `Listing.whole` raises."""
        records = await self.listing(kind, since).whole()
        came = {str(one.get("Id")).lower() for one in records if isinstance(one, dict)}
        missing = sorted(set(known) - came)
        for start in range(0, len(missing), _ASKED_BY_ID):
            records += await self.by_id(kind, missing[start : start + _ASKED_BY_ID])
        return records

    async def by_id(self, kind: str, ids: Sequence[str]) -> list[Any]:
        """The records of those ids, as far as lists show them already."""
        return (await self._list(kind, {"filters[Id]": ",".join(ids)})).records

    async def signing_keys(self) -> list[Any]:
        """The keys by which AppFolio signs its webhooks, as a JSON Web Key Set has them."""
        operation = "signing_keys"
        call = Call(operation, "GET", f"{self._root}/.well-known/jwks.json", Repeat.SAFE, accept=ACCEPTED)
        body = inside(await self._service.send(call), self.failures, operation)
        return listed(body, "keys", self.failures, operation)

    async def _list(self, kind: str, query: Mapping[str, str]) -> Came:
        operation = f"list_{kind}"
        call = Call(
            operation,
            "GET",
            f"{self._address}/{kind}",
            Repeat.SAFE,
            headers=self._headers,
            params=query,
            accept=ACCEPTED,
        )
        body = inside(await self._service.send(call), self.failures, operation)
        return Came(listed(body, "data", self.failures, operation), body)

    async def create(self, operation: str, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A POST that is done once, however often it is sent with this key. Returns AppFolio's answer.

        Raises OutcomeUnknown when no attempt got an answer, or another attempt is still under way.
        """
        headers = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": key}
        call = Call(
            operation,
            "POST",
            f"{self._address}/{path}",
            Repeat.KEYED,
            headers=headers,
            body=orjson.dumps(body),
            accept=ACCEPTED | {409},
        )
        reply = await self._service.send(call)
        if reply.status == 409:
            raise self.failures.unknown_outcome(operation, "an earlier attempt is still under way")
        return inside(reply, self.failures, operation, wrote=True)

    async def change(self, operation: str, path: str, body: Mapping[str, Any]) -> None:
        """A PATCH, sent once. Raises RetryLater when somebody else is changing the record, OutcomeUnknown when the
        answer is lost."""
        call = Call(
            operation,
            "PATCH",
            f"{self._address}/{path}",
            Repeat.NEVER,
            headers={**self._headers, "Content-Type": "application/json"},
            body=orjson.dumps(body),
            accept=ACCEPTED | {204, 409},
        )
        reply = await self._service.send(call)
        if reply.status == 409:
            raise RetryLater(
                "Somebody else is changing that in AppFolio right now.",
                next_step="Please try again in a minute.",
                code="record_busy",
                detail=f"{operation}: HTTP 409",
            )
        if reply.status != 204:
            inside(reply, self.failures, operation, wrote=True)
