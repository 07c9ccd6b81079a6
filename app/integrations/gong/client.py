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

from app.domain.errors import Fixable, SophiaError
from app.http.outbound import Call, Reply, ServiceClient
from app.http.retry import Repeat

_log = structlog.get_logger(__name__)
_NOTHING: Final = re.compile(r"no calls found", re.IGNORECASE)


class CursorRefused(Fixable):
    """Gong no longer knows the cursor: what it pages through must be begun again."""

    code = "vendor_refused"


@dataclass(frozen=True)
class Operation:
    """A read of the API; `records` is the list that its answers hold."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    records: str


@dataclass(frozen=True)
class GongPage:
    """The records of one page, unread, and the cursor of the next one (empty on the last)."""

    records: list[Any]
    cursor: str = ""


class GongClient:
    """Calls Gong for one company."""

    def __init__(self, service: ServiceClient, *, base_url: str, key: str, secret: str) -> None:
        self._service = service
        self._address = base_url.rstrip("/")
        self._login = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()

    async def page(self, operation: Operation, asked: Mapping[str, Any], cursor: str = "") -> GongPage:
        """One page of what is asked for: a body's fields, or a query's. Nothing found is an empty page.

        Raises what `ServiceClient.send` raises, CursorRefused, and Fixable for everything else that Gong refuses.
        """
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

    async def whole(self, operation: Operation, asked: Mapping[str, Any], most: int) -> list[Any]:
        """The records of all pages, `most` pages at the utmost. A cursor that dies on the way costs a new beginning,
        once. Raises what `page` raises, and RetryLater for pages that have no end."""
        try:
            return await self._all(operation, asked, most)
        except CursorRefused:
            return await self._all(operation, asked, most)

    def looped(self, operation: Operation) -> SophiaError:
        """The error for pages that have no end."""
        return self._service.failures.nonsense(operation.name, "pages go in circles")

    async def _all(self, operation: Operation, asked: Mapping[str, Any], most: int) -> list[Any]:
        found: list[Any] = []
        seen = {""}
        cursor = ""
        while True:
            page = await self.page(operation, asked, cursor)
            found += page.records
            cursor = page.cursor
            if not cursor:
                return found
            if cursor in seen or len(seen) >= most:
                raise self.looped(operation)
            seen.add(cursor)

    def _read(self, operation: Operation, reply: Reply, cursor: str) -> GongPage:
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
            return GongPage([])
        if reply.status != 200 or errors:
            raise self._refusal(operation, reply.status, errors, cursor)
        records = answer.get(operation.records)
        if not isinstance(records, list):
            raise self._unreadable(operation, f"no {operation.records} in it")
        about = answer.get("records")
        following = about.get("cursor") if isinstance(about, dict) else None
        if following is not None and not isinstance(following, str):
            raise self._unreadable(operation, "a cursor that is no text")
        return GongPage(records, following or "")

    def _unreadable(self, operation: Operation, why: str) -> SophiaError:
        return self._service.failures.nonsense(operation.name, why)

    def _refusal(self, operation: Operation, status: int, errors: Any, cursor: str) -> SophiaError:
        said = "; ".join(str(one) for one in errors)[:200] if isinstance(errors, list) else ""
        _log.warning("gong_refused", operation=operation.name, status=status, message=said)
        refused = self._service.failures.refused(operation.name, status)
        if status == 400 and cursor:
            return CursorRefused(refused.sentence, next_step=refused.next_step, detail=f"{operation.name}: {said}")
        return refused
