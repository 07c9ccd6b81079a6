"""A call's figures as Prometheus metrics: attempts, failovers, times and cost of each route."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.gateways.trail.record import ANSWERED, LOST, CallRecord, Tried
from app.telemetry.metrics import (
    MODEL_ATTEMPTS,
    MODEL_COST,
    MODEL_FAILOVERS,
    MODEL_FIRST_TOKEN_SECONDS,
    MODEL_HEDGES,
    MODEL_LEFT_OUT,
    MODEL_SECONDS,
)


def meter(record: CallRecord) -> None:
    """Counts a call. A failover counts for the route that was asked and did not answer when another one did."""
    for one in record.tried:
        if one.asked:
            _attempt(one)
            if record.answered and one.outcome not in (ANSWERED, LOST):
                _child(MODEL_FAILOVERS, one.route).inc()
        else:
            _child(MODEL_LEFT_OUT, one.route).inc()


def _attempt(one: Tried) -> None:
    _child(MODEL_ATTEMPTS, one.route, one.outcome).inc()
    if one.hedge:
        _child(MODEL_HEDGES, one.route, one.outcome).inc()
    if one.first_ms is not None:
        _child(MODEL_FIRST_TOKEN_SECONDS, one.route).observe(one.first_ms / 1000)
    if one.outcome == ANSWERED:
        _child(MODEL_SECONDS, one.route).observe(one.total_ms / 1000)
    if one.cost:
        _child(MODEL_COST, one.route).inc(one.cost / 1_000_000)


@cache
def _child(metric: Any, *labels: str) -> Any:
    """Looking a child up by its labels costs more than counting."""
    return metric.labels(*labels)
