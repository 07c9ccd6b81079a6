"""Sophia's own metrics, scraped at `/metrics`. Labels hold names of services and operations, never data."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

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
INTAKE_WAITING = Gauge("sophia_intake_waiting", "Entries stored and not started, over all processes.")
INTAKE_RUNNING = Gauge("sophia_intake_running", "Entries being worked on, over all processes.")
INTAKE_OLDEST = Gauge("sophia_intake_oldest_seconds", "How long the oldest entry has waited.")


def record_outbound(service: str, operation: str, status: str, seconds: float, size: int) -> None:
    """The meter for app/http: one attempt's time and size."""
    OUTBOUND_SECONDS.labels(service, operation, status).observe(seconds)
    OUTBOUND_BYTES.labels(service, operation).inc(size)


TOOL_SECONDS = Histogram(
    "sophia_tool_seconds",
    "Time of one tool call at the gate, by tool and outcome (done, waiting or the code of the refusal).",
    ("tool", "outcome"),
    buckets=_SECONDS,
)
DECISIONS = Counter(
    "sophia_approval_decisions", "Clicks on approval cards, by verdict and what they led to.", ("verdict", "status")
)
LOOP_LAG_SECONDS = Gauge("sophia_loop_lag_seconds", "How late the event loop ran at the last look.")

MODEL_ATTEMPTS = Counter(
    "sophia_model_attempts",
    "Attempts at models, by route and outcome (answered, left, lost, or the kind of fault).",
    ("route", "outcome"),
)
MODEL_LEFT_OUT = Counter(
    "sophia_model_left_out",
    "Times a route was left out before anything was sent: it rested, was at a limit, over budget or not fit.",
    ("route",),
)
MODEL_FAILOVERS = Counter(
    "sophia_model_failovers", "Attempts that failed and were taken over by another route.", ("route",)
)
MODEL_HEDGES = Counter(
    "sophia_model_hedges",
    "Attempts beside one whose first word was late, by route and outcome (answered, lost, or the kind of fault).",
    ("route", "outcome"),
)
MODEL_FIRST_TOKEN_SECONDS = Histogram(
    "sophia_model_first_token_seconds", "Time from asking a route to its first word.", ("route",), buckets=_SECONDS
)
MODEL_SECONDS = Histogram("sophia_model_seconds", "Time of a whole answer of a route.", ("route",), buckets=_SECONDS)
MODEL_COST = Counter("sophia_model_cost_dollars", "What attempts cost, fees included.", ("route",))
