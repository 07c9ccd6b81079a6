"""What can go wrong on the road to a model, named by what to do about it.

Each provider file turns its SDK's errors into a RouteFault; the failover only looks at the kind. Not for people: a
fault's `detail` is for the log and never holds a provider's message, which may quote keys or the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import orjson

from app.domain.errors import RetryLater
from app.http.breaker import Weight


class FaultKind(StrEnum):
    """What a failed attempt says about the route it was made on."""

    TRANSIENT = "transient"  # overloaded, limited, cut, timed out: next candidate now, short cool-down here
    ACCOUNT = "account"  # key, credit, permission or model name is wrong: long cool-down and an alert
    REQUEST = "request"  # this request's own fault: the route stays healthy
    CONTEXT = "context"  # too long for this model: only a bigger window helps
    POLICY = "policy"  # refused for its content: the route stays healthy
    NONSENSE = "nonsense"  # the model's output cannot be used: broken arguments, nothing at all


_WEIGHTS = {FaultKind.TRANSIENT: Weight.PASSING, FaultKind.ACCOUNT: Weight.DEAD}


class RouteFault(Exception):
    """One attempt failed. `retry_after` is in seconds when the provider said so; `stalled` when a deadline passed."""

    def __init__(
        self, kind: FaultKind, detail: str, *, retry_after: float | None = None, stalled: bool = False
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.stalled = stalled

    @property
    def weight(self) -> Weight:
        """What it says about the route, for its breaker."""
        return _WEIGHTS.get(self.kind, Weight.NONE)


class Refused(Exception):
    """An answer that is no answer, as `app.http` brought it, with what SDKs' errors of that kind have. `body` is the
    error itself: what stands under `error`, where there is such a thing."""

    def __init__(self, status_code: int, headers: Mapping[str, str], content: bytes) -> None:
        super().__init__(f"HTTP {status_code}")
        self.status_code, self.headers = status_code, headers
        try:
            whole: Any = orjson.loads(content)
        except ValueError:
            whole = None
        self.whole: Mapping[str, Any] | None = whole if isinstance(whole, Mapping) else None
        inside = None if self.whole is None else self.whole.get("error")
        self.body: Any = inside if isinstance(inside, Mapping) else whole
        self.code, self.type, self.message = (field_of(self.body, name) for name in ("code", "type", "message"))

    @classmethod
    def in_spite_of_200(cls, headers: Mapping[str, str], content: bytes) -> Refused | None:
        """The error that came where an answer should be, as gateways send one when the vendor behind them failed; None
        when there is none. Its code may be the status it would have been."""
        told = cls(502, headers, content)
        if told.whole is None or told.whole.get("error") is None:
            return None
        code = told.body.get("code") if isinstance(told.body, Mapping) else None
        if isinstance(code, int) and 400 <= code < 600:
            told.status_code = code
        return told


class ModelsUnavailable(RetryLater):
    """No model answered, not even the embedded planner."""

    code = "models_unavailable"

    def __init__(self, *, detail: str = "") -> None:
        super().__init__(
            "I can't reach any of my models right now, so I couldn't work that out.",
            next_step="Please ask again in a minute.",
            detail=detail,
        )


_CODE = re.compile(r"[A-Za-z]{1,32}(?:[_.-][A-Za-z]{1,32}){0,6}|[0-9]{3}")

_BY_STATUS: Mapping[int, FaultKind] = {
    400: FaultKind.REQUEST,
    401: FaultKind.ACCOUNT,
    402: FaultKind.ACCOUNT,
    403: FaultKind.ACCOUNT,
    404: FaultKind.ACCOUNT,  # a model name we configured that does not exist: every request would fail the same way
    408: FaultKind.TRANSIENT,
    409: FaultKind.TRANSIENT,
    413: FaultKind.CONTEXT,
    422: FaultKind.REQUEST,
    429: FaultKind.TRANSIENT,
}


def kind_of_status(status: int) -> FaultKind:
    """The kind that an HTTP status means when nothing more exact is known."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return FaultKind.REQUEST if 400 <= status < 500 else FaultKind.TRANSIENT


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Seconds from OpenAI's `retry-after-ms` or from `Retry-After`; None when absent or not a number.

    The other form that RFC 9110 allows, a date, is sent by neither OpenAI nor Anthropic.
    """
    for header, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[header]) / per_second
        except (KeyError, ValueError):
            continue
        if seconds >= 0:
            return seconds
    return None


def plain_code(code: object) -> str:
    """A vendor's error code as it may be logged: words joined by underscores and the like, or a status. Anything else a
    service put there (a key it echoes, a sentence) is left out."""
    text = str(code or "")
    return text if _CODE.fullmatch(text) else ""


def field_of(body: object, *path: str) -> str:
    """A string inside a decoded error body, or ''. Bodies are whatever a provider or a proxy sent."""
    here: Any = body
    for step in path:
        if not isinstance(here, Mapping):
            return ""
        here = here.get(step)
    return here if isinstance(here, str) else ""
