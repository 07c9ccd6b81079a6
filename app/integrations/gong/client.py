"""Gong's protocol: JSON over HTTPS with an access key and its secret, pages by cursor, errors as a list of texts.

Facts: Gong's OpenAPI file (2024-12). "Nothing found" is a 404, told from other 404s by its text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
import structlog

from app.domain.errors import SophiaError
from app.http.outbound import Call, Reply, ServiceClient
from app.http.retry import Repeat
from app.integrations.pagers import ByCursor, Came, at
from app.integrations.paging import Listing, PlaceForgotten

_log = structlog.get_logger(__name__)
_NOTHING: Final = re.compile(r"no calls found", re.IGNORECASE)


_CURSOR: Final = ByCursor(at("records", "cursor"))


@dataclass(frozen=True)
class Operation:
    """A read of the API; `records` is the list that its answers hold."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    records: str


class GongClient:
    """Calls Gong for one company."""

    def __init__(self, service: ServiceClient, *, base_url: str, key: str, secret: str) -> None:
        self._service = service
        self._address = base_url.rstrip("/")
        self._login = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()

    def listing(self, operation: Operation, asked: Mapping[str, Any]) -> Listing:
        """What is asked for, with a body's fields or a query's. Nothing found is an empty page.

        Asking raises what `ServiceClient.send` raises, and Fixable for everything that Gong refuses.
        """

        async def ask(place: str) -> Came:
            return await self._page(operation, asked, place)

        return Listing(operation.name, _CURSOR, ask, self._service.failures)

    async def _page(self, operation: Operation, asked: Mapping[str, Any], cursor: str) -> Came:
        fields = {**asked, "cursor": cursor} if cursor else asked
        body = operation.method == "POST"
        reply = await self._service.send(
            Call(
                operation=operation.name,
                method=operation.method,
                url=f"{self._address}{operation.path}",
                repeat=Repeat.SAFE,
                headers={
                    "Authorization": self._login,
                    "Content-Type": "application/json",
                    "Accept": "application/json",
                },
                params={} if body else {name: str(value) for name, value in fields.items()},
                body=orjson.dumps(fields) if body else None,
                accept=frozenset({200, 400, 404}),
            )
        )
        return self._read(operation, reply, cursor)

    def _read(self, operation: Operation, reply: Reply, cursor: str) -> Came:
        """The page inside an answer; raises the error inside it."""
        try:
            answer = reply.json()
        except ValueError:
            kind = reply.headers.get("Content-Type", "no content type")
            raise self._unreadable(operation, f"not JSON ({kind[:60]}, {len(reply.body)} bytes)") from None
        if not isinstance(answer, dict):
            raise self._unreadable(operation, f"a {type(answer).__name__} instead of an object")
        errors = answer.get("errors")
        if reply.status == 404 and isinstance(errors, list) and any(_NOTHING.search(str(one)) for one in errors):
            return Came([], {})
        if reply.status != 200 or errors:
            raise self._refusal(operation, reply.status, errors, cursor)
        records = answer.get(operation.records)
        if not isinstance(records, list):
            raise self._unreadable(operation, f"no {operation.records} in it")
        return Came(records, answer)

    def _unreadable(self, operation: Operation, why: str) -> SophiaError:
        return self._service.failures.nonsense(operation.name, why)

    def _refusal(self, operation: Operation, status: int, errors: Any, cursor: str) -> Exception:
        said = "; ".join(str(one) for one in errors)[:200] if isinstance(errors, list) else ""
        _log.warning("gong_refused", operation=operation.name, status=status, message=said)
        if status == 400 and cursor:  # cursors live for a while; Gong has no other word for a dead one
            return PlaceForgotten()
        return self._service.failures.refused(operation.name, status)
