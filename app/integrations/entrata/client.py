"""Entrata's protocol: one POST per call with the method in the body, errors inside HTTP 200, pages by Link header.

Facts: docs.entrata.com. The answer's `response` wrapper may be absent and its code a string or a number.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog

from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.http.outbound import Call, Reply, ServiceClient
from app.http.retry import Repeat
from app.integrations.entrata.fields import as_list, inside, number, text
from app.integrations.pagers import ByHeader, Came
from app.integrations.paging import Listing

_log = structlog.get_logger(__name__)
PER_PAGE: Final = 200
_PAGES: Final = ByHeader("page_no", first=1)
_ABOUT_RIGHTS = re.compile(
    r"password|api.?key|unauthori[sz]ed|not authori[sz]ed|permission|access denied", re.IGNORECASE
)


@dataclass(frozen=True)
class Method:
    """A method and the resource it belongs to; `writes` methods are never sent twice unless `idempotent`."""

    resource: str
    name: str
    version: str = "r1"
    writes: bool = False
    idempotent: bool = False


class EntrataClient:
    """Calls Entrata for one organization. `org` is its sub-domain, `base_url` ends before `/ext`."""

    def __init__(self, service: ServiceClient, *, base_url: str, org: str, api_key: str) -> None:
        self._service = service
        self._address = f"{base_url.rstrip('/')}/ext/orgs/{org}/v1"
        self._key = api_key
        self._numbers = itertools.count(1)

    async def call(self, method: Method, params: dict[str, Any] | None = None) -> Any:
        """Calls a method; the answer's `result`.

        Raises what `ServiceClient.send` raises, and for an error inside the answer Fixable (data), NotAllowed
        (rights), RetryLater (Entrata's own fault) or, after a write, OutcomeUnknown.
        """
        return self._result(method, await self._send(method, params))

    def listing(self, method: Method, params: dict[str, Any], *path: str) -> Listing:
        """What lies at `path` of a method's results, in the pages it gives on request."""

        async def ask(place: str) -> Came:
            reply = await self._send(method, params, page=place or "1")
            answer = self._result(method, reply)
            return Came(as_list(inside(answer, *path)), answer, reply.headers)

        return Listing(method.name, _PAGES, ask, self._service.failures)

    async def _send(self, method: Method, params: dict[str, Any] | None, *, page: str = "") -> Reply:
        request_id = str(next(self._numbers))
        body: dict[str, Any] = {"name": method.name, "version": method.version}
        if params:
            body["params"] = params
        headers = {"X-Api-Key": self._key, "Content-Type": "application/json", "Accept": "application/json"}
        query: dict[str, str] = {}
        if page:
            headers["X-Send-Pagination-Links"] = "1"
            query = {"page_no": page, "per_page": str(PER_PAGE)}
        return await self._service.send(
            Call(
                operation=method.name,
                method="POST",
                url=f"{self._address}/{method.resource}",
                repeat=Repeat.NEVER if method.writes and not method.idempotent else Repeat.SAFE,
                headers=headers,
                params=query,
                body=orjson.dumps({"auth": {"type": "apikey"}, "requestId": request_id, "method": body}),
                accept=frozenset({200, 400}),
            )
        )

    def _result(self, method: Method, reply: Reply) -> Any:
        """The result inside the answer; raises the error inside it."""
        try:
            answer = reply.json()
        except ValueError:
            kind = reply.headers.get("Content-Type", "no content type")
            raise self._unreadable(method, f"not JSON ({kind[:60]}, {len(reply.body)} bytes)") from None
        if not isinstance(answer, dict):
            raise self._unreadable(method, f"a {type(answer).__name__} instead of an object")
        response = answer.get("response", answer)
        error = inside(response, "error") or inside(response, "result", "error")
        if error is not None:
            raise self._refusal(method, error)
        if not isinstance(response, dict) or "result" not in response or reply.status != 200:
            raise self._unreadable(method, f"no result in it (HTTP {reply.status})")
        code = _code(response.get("code", 200))
        if code not in (0, 200):
            raise self._refusal(method, {"code": code, "message": ""})
        return response["result"]

    def _unreadable(self, method: Method, why: str) -> SophiaError:
        if method.writes:
            return self._service.failures.unknown_outcome(method.name, why)
        return self._service.failures.nonsense(method.name, why)

    def _refusal(self, method: Method, error: Any) -> SophiaError:
        """Families: 1xx authentication and request, 3xx data, 4xx, 5xx Entrata's own."""
        code = _code(inside(error, "code"))
        message = inside(error, "message")
        said = text(message)[:200] if isinstance(message, str | int | float) else ""
        detail = f"{method.name}: error {code} {said}"
        _log.warning("entrata_refused", operation=method.name, code=code, message=said)
        if code in (401, 403) or _ABOUT_RIGHTS.search(said):
            return NotAllowed(
                "Entrata refused my credentials.",
                next_step="An administrator can check them with `sophia doctor`.",
                code="vendor_credentials",
                detail=detail,
            )
        if code == 429:
            return self._service.failures.slow_down(method.name, None)
        if code >= 500:
            failures = self._service.failures
            failed = failures.unknown_outcome if method.writes and not method.idempotent else failures.unreachable
            return failed(method.name, f"error {code}")
        return Fixable(
            f"Entrata didn't accept the request (its error {code}).",
            next_step="Please check the names and numbers in it.",
            code="vendor_refused",
            detail=detail,
        )


def _code(value: Any) -> int:
    try:
        return number(value) or 0
    except ValueError:
        return 0
