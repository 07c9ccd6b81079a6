"""How long a route is waited for follows from how fast it usually is."""

from __future__ import annotations

import asyncio
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


def test_a_quick_route_is_still_waited_for_almost_two_seconds() -> None:
    pace = Pace(START)
    for _ in range(50):
        pace.answered(0.05, 0.01)
    assert (pace.deadlines.first_token, pace.deadlines.between) == (1.95, 1.95)


def test_slow_is_measured_by_the_routes_own_usual_answer() -> None:
    pace = Pace(START)
    for _ in range(50):
        pace.answered(1.0, 0.1)
    assert not pace.is_slow(2.5)
    assert pace.is_slow(3.5)


async def test_pieces_that_bring_nothing_do_not_put_a_deadline_off() -> None:
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


async def test_a_listener_who_takes_his_time_is_not_the_models_fault() -> None:
    async def quick():
        for text in ("a", "b", "c"):
            await asyncio.sleep(0)
            yield AIMessageChunk(content=text)

    heard = ""
    async for text in watched(quick(), Gathered(), Deadlines(first_token=0.2, between=0.05), time.monotonic):
        heard += text
        await asyncio.sleep(0.1)
    assert heard == "abc"


async def test_a_deadline_that_passes_leaves_nobody_cancelled_and_a_cancelled_one_stays_so() -> None:
    async def silent():
        await asyncio.Event().wait()
        yield AIMessageChunk(content="never")

    async def listen(seconds: float) -> bool:
        try:
            async for _ in watched(silent(), Gathered(), Deadlines(first_token=seconds), time.monotonic):
                pass
        except RouteFault as fault:
            await asyncio.sleep(0)
            return fault.stalled
        return False

    task = asyncio.create_task(listen(0.01))
    assert await task
    assert task.cancelling() == 0
    listening = asyncio.create_task(listen(20))
    await asyncio.sleep(0)
    listening.cancel()
    await asyncio.wait([listening])
    assert listening.cancelled()


async def test_a_stream_that_swallows_being_cancelled_is_stalled_all_the_same() -> None:
    async def stubborn():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            yield AIMessageChunk(content="late")

    try:
        async for _ in watched(stubborn(), Gathered(), Deadlines(first_token=0.01), time.monotonic):
            raise AssertionError("nothing may be heard")
    except RouteFault as fault:
        assert fault.stalled
