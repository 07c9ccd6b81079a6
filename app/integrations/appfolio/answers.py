"""What both of AppFolio's APIs share: Basic credentials, and an answer that may hold an error whatever its status.

Errors are `{"code", "message"}`; beside the usual statuses there are 533 (data is unavailable at night) and 701 (the
credential is invalid).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

import structlog

from app.domain.errors import SophiaError
from app.http.failures import Failures
from app.http.outbound import Reply

INVALID_CREDENTIAL: Final = 701
ACCEPTED: Final = frozenset({200, 201, INVALID_CREDENTIAL})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Credential:
    """A client's id and secret."""

    client_id: str
    secret: str

    @property
    def header(self) -> str:
        """For `Authorization`."""
        return "Basic " + base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()


def inside(reply: Reply, failures: Failures, operation: str, *, wrote: bool = False) -> dict[str, Any]:
    """The object in an answer. Raises the error in it; what makes no sense is, after a write, an unknown outcome."""
    unreadable = failures.unknown_outcome if wrote else failures.nonsense
    if reply.status == INVALID_CREDENTIAL:
        raise failures.credentials(operation, reply.status)
    try:
        body = reply.json()
    except ValueError:
        kind = reply.headers.get("Content-Type", "no content type")
        raise unreadable(operation, f"not JSON ({kind[:60]}, {len(reply.body)} bytes)") from None
    if not isinstance(body, dict):
        raise unreadable(operation, f"a {type(body).__name__} instead of an object")
    if "code" in body and "message" in body:
        raise _refusal(body, failures, operation, wrote=wrote)
    return body


def _refusal(body: dict[str, Any], failures: Failures, operation: str, *, wrote: bool) -> SophiaError:
    """The error that an answer holds in spite of its status."""
    plain = str(body["code"])[:3]
    code = int(plain) if plain.isdecimal() else 0
    _log.warning("appfolio_refused", operation=operation, code=code)
    if code == INVALID_CREDENTIAL:
        return failures.credentials(operation, code)
    if code == 429:
        return failures.slow_down(operation, None)
    return failures.of_status(operation, code or 422, may_have_happened=wrote)


def listed(body: dict[str, Any], key: str, failures: Failures, operation: str) -> list[Any]:
    """The list in an answer. Raises RetryLater when there is none: an empty object is not an empty list."""
    found = body.get(key)
    if not isinstance(found, list):
        raise failures.nonsense(operation, f"no list of {key} in it")
    return found
