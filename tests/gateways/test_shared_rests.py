"""Two processes that share over a real Redis which routes rest."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.gateways.faults import FaultKind, RouteFault
from app.http.breaker import Breaker
from app.http.rests import RedisRests
from tests.gateways.standins import Hand

ROUTE = "openai/gpt"
BROKEN = RouteFault(FaultKind.TRANSIENT, "HTTP 500", retry_after=30)


class Process:
    def __init__(self, address: str) -> None:
        self.hand = Hand()
        self.breaker = Breaker(self.hand)
        self.rests = RedisRests(address, {ROUTE: self.breaker}, self.hand, kind="models")

    async def look(self) -> None:
        self.hand.at += 2
        await self.rests.look()


@pytest.fixture
async def two(redis_address: str) -> AsyncIterator[tuple[Process, Process]]:
    made = Process(redis_address), Process(redis_address)
    yield made
    for one in made:
        await one.rests.aclose()


async def test_what_one_process_found_broken_rests_in_the_other(two: tuple[Process, Process]) -> None:
    here, there = two
    here.breaker.failed(BROKEN)
    await here.rests.tell(ROUTE)
    await there.look()
    assert there.breaker.resting
    assert there.breaker.reason == "retry after"


async def test_a_route_that_answered_one_process_is_back_for_both(two: tuple[Process, Process]) -> None:
    here, there = two
    here.breaker.failed(BROKEN)
    await here.rests.tell(ROUTE)
    await there.look()
    here.hand.at += 31
    assert here.breaker.admit()
    here.breaker.succeeded()
    await here.rests.tell(ROUTE)
    await there.look()
    assert not there.breaker.resting


async def test_only_one_of_two_processes_probes(two: tuple[Process, Process]) -> None:
    here, there = two
    assert await here.rests.may_probe(ROUTE)
    assert not await there.rests.may_probe(ROUTE)
    here.breaker.failed(BROKEN)
    await here.rests.tell(ROUTE)
    assert await there.rests.may_probe(ROUTE)


async def test_without_a_reachable_redis_each_process_goes_by_what_it_saw() -> None:
    alone = Process("redis://127.0.0.1:9/0")
    alone.breaker.failed(BROKEN)
    await alone.rests.tell(ROUTE)
    await alone.look()
    assert await alone.rests.may_probe(ROUTE)
    assert alone.breaker.resting
    await alone.rests.aclose()
