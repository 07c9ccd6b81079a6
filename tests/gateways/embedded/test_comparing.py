"""Comparing: two that are named, or all when all are meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.gateways.embedded.names import Names
from app.gateways.embedded.planner import Planner

NOW = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "metric"),
    [
        ("which community is losing the most money", "noi"),
        ("most profitable community", "noi"),
        ("rank our communities by occupancy", "occupancy"),
        ("compare revenue across all properties", "revenue"),
    ],
)
def test_all_are_compared_where_all_are_meant(planner: Planner, asked: str, metric: str) -> None:
    (call,) = planner.plan(asked, Names(), NOW).calls
    assert (call.name, call.arguments) == ("compare_properties", {"metric": metric, "properties": ()})


def test_where_none_is_meant_she_asks(planner: Planner) -> None:
    plan = planner.plan("compare NOI", Names(), NOW)
    assert (plan.action, plan.question) == ("clarify", "Which properties should I compare?")
