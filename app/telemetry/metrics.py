"""Sophia's own metrics, scraped at `/metrics`. Labels hold names of services and operations, never data."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

OUTBOUND_SECONDS = Histogram(
    "sophia_outbound_seconds",
    "Time of one outbound attempt, by service, operation and status.",
    ("service", "operation", "status"),
    buckets=_SECONDS,
)
OUTBOUND_BYTES = Counter(
    "sophia_outbound_received_bytes",
    "Bytes received from outside services, decoded.",
    ("service", "operation"),
)


def record_outbound(service: str, operation: str, status: str, seconds: float, size: int) -> None:
    """The meter for app/http: one attempt's time and size."""
    OUTBOUND_SECONDS.labels(service, operation, status).observe(seconds)
    OUTBOUND_BYTES.labels(service, operation).inc(size)
