"""A call to the outside as a span, one for each attempt (`app.http.watching.Watch`)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from app.telemetry.spans import Span, Value, span, watched

_PORTS = {"http": 80, "https": 443}


def attempt_span(method: str, service: str, operation: str, address: str, attempt: int) -> AbstractContextManager[Span]:
    """What is open around an attempt, the first being 1. The address without path and query: those may name people."""
    said: dict[str, Value] = {}
    if watched():
        url = urlsplit(address)
        said = {
            "http.request.method": method,
            "server.address": url.hostname or "",
            "server.port": url.port or _PORTS.get(url.scheme, 0),
            "sophia.service": service,
            "sophia.operation": operation,
        }
        if attempt > 1:
            said["http.request.resend_count"] = attempt - 1
    return span(f"{method} {service}/{operation}", "client", said)
