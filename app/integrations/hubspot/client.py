"""HubSpot's protocol: JSON over HTTP with a bearer token, refusals as `{status, category, message}` with their status.

Facts: developers.hubspot.com/docs ("Error handling", "Usage guidelines"). The limits are those of the smallest plan; a
429 carries no Retry-After, but names the limit that was met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog

from app.domain.errors import Fixable, NotAllowed, NotFound, SophiaError
from app.http.outbound import Call, Reply, ServiceClient
from app.http.pacing import ALL_CALLS, Allowance, RemainingHeaders
from app.http.retry import Repeat, RetryPolicy
from app.integrations.pagers import ByCursor, Came, Pager, at
from app.integrations.paging import Listing

SEARCH_LANE: Final = "search"
ALLOWANCES: Final = (Allowance(100, 10), Allowance(4, 1, SEARCH_LANE))
REMAINING: Final = RemainingHeaders("X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Interval-Milliseconds", 0.001)
RETRY: Final = RetryPolicy(attempts=5, first_wait=3.0, longest_wait=10.0)
_UNTIL_TOMORROW: Final = 3600.0  # a day's calls are used up; nobody knows the account's midnight
NEXT: Final = at("paging", "next", "after")
BY_AFTER: Final = ByCursor(NEXT)
_READ: Final = frozenset({200, 201, 204, 207, 400, 403, 404, 409, 477})

_log = structlog.get_logger(__name__)


class Conflict(Fixable):
    """HubSpot has such a record already; `existing_id` is its id there, "" when it was not named."""

    def __init__(self, existing_id: str) -> None:
        super().__init__(
            "HubSpot has such a record already.", next_step="Please look it up there.", code="vendor_conflict"
        )
        self.existing_id = existing_id


@dataclass(frozen=True)
class Request:
    """One call. `operation` labels it in metrics. One that `writes` is not sent twice unless `idempotent`."""

    operation: str
    method: str
    path: str
    params: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    writes: bool = False
    idempotent: bool = False
    lane: str = ALL_CALLS


class HubSpotClient:
    """Calls HubSpot for one account."""

    def __init__(self, service: ServiceClient, *, base_url: str, token: str) -> None:
        self._service = service
        self._address = base_url.rstrip("/")
        self._token = token

    async def call(self, request: Request) -> dict[str, Any]:
        """The answer's object, empty for one without a body.

        Raises what `ServiceClient.send` raises, Conflict, NotFound, Fixable (the values), NotAllowed (token, scope),
        or, after a write whose answer makes no sense, OutcomeUnknown.
        """
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        reply = await self._service.send(
            Call(
                operation=request.operation,
                method=request.method,
                url=f"{self._address}{request.path}",
                repeat=Repeat.NEVER if request.writes and not request.idempotent else Repeat.SAFE,
                headers=headers,
                params=request.params or {},
                body=None if request.body is None else orjson.dumps(request.body),
                accept=_READ,
                lane=request.lane,
            )
        )
        if reply.status == 204:
            return {}
        answer = _decoded(reply)
        if reply.status >= 300:
            raise self._refusal(request, reply.status, answer if isinstance(answer, dict) else {})
        if not isinstance(answer, dict):
            raise self.nonsense(request, f"no object (HTTP {reply.status}, {len(reply.body)} bytes)")
        return answer

    async def results(self, request: Request) -> list[Any]:
        """The records of an answer that comes whole, or of whose pages the first is enough."""
        return self._records(request, await self.call(request))

    def listing(self, operation: str, request: Callable[[str], Request], pager: Pager = BY_AFTER) -> Listing:
        """A list in pages; `request` makes the one for a place."""

        async def ask(place: str) -> Came:
            asked = request(place)
            answer = await self.call(asked)
            return Came(self._records(asked, answer), answer)

        return Listing(operation, pager, ask, self._service.failures)

    def _records(self, request: Request, answer: dict[str, Any]) -> list[Any]:
        results = answer.get("results")
        if not isinstance(results, list):
            raise self.nonsense(request, "no results in it")
        return results

    def nonsense(self, request: Request, why: str) -> SophiaError:
        """The error for an answer that can't be understood."""
        if request.writes and not request.idempotent:
            return self._service.failures.unknown_outcome(request.operation, why)
        return self._service.failures.nonsense(request.operation, why)

    def _refusal(self, request: Request, status: int, answer: dict[str, Any]) -> SophiaError:
        category, message = _word(answer.get("category")), _word(answer.get("message"))
        detail = f"{request.operation}: HTTP {status} {category} {message}"
        _log.warning("hubspot_refused", operation=request.operation, status=status, category=category)
        if status == 477:  # the account is being moved to another data center
            return self._service.failures.unreachable(request.operation, "HTTP 477")
        if status == 403:
            return self._missing_rights(request, category, answer)
        if status == 404:
            return NotFound(
                "HubSpot doesn't have that record any more.",
                next_step="Please check it there.",
                code="record_gone",
            )
        if status == 409:
            return Conflict("".join(char for char in message.rpartition("Existing ID:")[2] if char.isdecimal()))
        return Fixable(
            "HubSpot didn't accept the request.",
            next_step="Please check the names and values in it.",
            code="vendor_refused",
            detail=detail,
        )

    def _missing_rights(self, request: Request, category: str, answer: dict[str, Any]) -> NotAllowed:
        """A missing scope closes one kind of record, not the whole account."""
        if category != "MISSING_SCOPES":
            return self._service.failures.credentials(request.operation, 403)
        scopes = sorted(_scopes(answer))
        named = ", ".join(scopes) or "a scope that HubSpot did not name"
        return NotAllowed(
            f"HubSpot doesn't let me do that: the private app lacks {named}.",
            next_step="An administrator can add it in the private app's settings in HubSpot.",
            code="vendor_scope_missing",
            detail=f"{request.operation}: {named}",
        )


def asked_to_wait(reply: Reply) -> float | None:
    """Seconds that a 429 asks for by the limit it names; None when it names none."""
    answer = _decoded(reply)
    policy = _word(answer.get("policyName")).upper() if isinstance(answer, dict) else ""
    if "DAILY" in policy:
        return _UNTIL_TOMORROW
    if policy == "TEN_SECONDLY_ROLLING":
        return 10.0
    return 1.0 if "SECONDLY" in policy else None


def _decoded(reply: Reply) -> Any:
    try:
        return reply.json()
    except ValueError:
        return None


def _word(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _scopes(answer: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for error in answer.get("errors") or []:
        context = error.get("context") if isinstance(error, dict) else None
        for scopes in context.values() if isinstance(context, dict) else ():
            found.update(str(scope)[:60] for scope in scopes if isinstance(scopes, list))
    return found
