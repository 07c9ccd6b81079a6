"""How long a route is waited for follows from how fast it usually is."""

from __future__ import annotations

import time

from langchain_core.messages import AIMessageChunk

from app.gateways.faults import RouteFault
from app.gateways.gathered import Gathered
from app.gateways.pace import ENOUGH, Pace
from app.gateways.providers import Deadlines
from app.gateways.watching import watched

START = Deadlines(first_token=20, between=15)


def test_until_enough_is_known_the_start_values_hold() -> None:
    pace = Pace(START)
    for _ in range(ENOUGH - 1):
        pace.answered(0.1, 0.1)
    assert pace.deadlines == START
    assert pace.usual_first is None


def test_then_a_deadline_is_three_times_the_95th_percentile() -> None:
    pace = Pace(START)
    for number in range(100):
        pace.answered(2.0 if number >= 90 else 0.5, 1.0)
    assert pace.deadlines.first_token == 6.0
    assert pace.deadlines.between == 3.0


def test_a_quick_route_is_still_waited_for_two_seconds() -> None:
    pace = Pace(START)
    for _ in range(50):
        pace.answered(0.05, 0.01)
    assert (pace.deadlines.first_token, pace.deadlines.between) == (2.0, 2.0)


def test_slow_is_measured_by_the_routes_own_usual_answer() -> None:
    pace = Pace(START)
    for _ in range(50):
        pace.answered(1.0, 0.1)
    assert not pace.is_slow(2.5)
    assert pace.is_slow(3.5)


async def test_pieces_that_bring_nothing_do_not_put_a_deadline_off() -> None:
    import asyncio

    async def kept_alive():
        while True:
            yield AIMessageChunk(content="")
            await asyncio.sleep(0)

    stalled = None
    try:
        async for _ in watched(kept_alive(), Gathered(), Deadlines(first_token=0.05), time.monotonic):
            pass
    except RouteFault as fault:
        stalled = fault
    assert stalled is not None
    assert stalled.stalled
