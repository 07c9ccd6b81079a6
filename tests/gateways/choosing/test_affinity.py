"""Where a conversation's calls went last: in one process, and between processes over a real Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.gateways.choosing.affinity import CACHE_SECONDS, CERTAIN, OwnAffinity, SharedAffinity
from app.gateways.choosing.need import Need
from app.gateways.spend import Task
from tests.gateways.standins import Hand

TALK = Need(conversation="T1/C1:1")


class Process:
    def __init__(self, address: str) -> None:
        self.hand = Hand()
        self.affinity = SharedAffinity(address, self.hand)


@pytest.fixture
async def two(redis_address: str) -> AsyncIterator[tuple[Process, Process]]:
    made = Process(redis_address), Process(redis_address)
    yield made
    for one in made:
        await one.affinity.aclose()


async def test_a_conversation_stays_where_it_was_until_the_vendors_cache_is_cold() -> None:
    hand = Hand()
    own = OwnAffinity(hand)
    await own.went(TALK, "openai/m")
    assert await own.road_of(TALK) == "openai/m"
    assert await own.road_of(Need(conversation="T2/C1:1")) == ""
    assert await own.road_of(replace(TALK, task=Task.SMS)) == ""
    hand.at += CACHE_SECONDS
    assert await own.road_of(TALK) == ""


async def test_a_call_of_no_conversation_stays_nowhere() -> None:
    own = OwnAffinity(Hand())
    await own.went(Need(), "openai/m")
    assert await own.road_of(Need()) == ""


async def test_another_process_goes_on_where_a_conversation_was(two: tuple[Process, Process]) -> None:
    here, there = two
    await here.affinity.went(TALK, "openai/m")
    assert await there.affinity.road_of(TALK) == "openai/m"
    await there.affinity.went(TALK, "anthropic/m")
    assert await here.affinity.road_of(TALK) == "openai/m"  # its own turn of this moment
    here.hand.at += CERTAIN
    assert await here.affinity.road_of(TALK) == "anthropic/m"


async def test_what_redis_holds_names_no_conversation_and_ends_by_itself(
    two: tuple[Process, Process], redis_address: str
) -> None:
    from redis.asyncio import Redis

    await two[0].affinity.went(TALK, "openai/m")
    client = Redis.from_url(redis_address)
    (key,) = await client.keys("*")
    assert b"C1" not in key
    assert 0 < await client.ttl(key) <= CACHE_SECONDS
    await client.aclose()


async def test_without_a_reachable_redis_a_process_goes_by_what_it_saw() -> None:
    alone = Process("redis://127.0.0.1:9/0")
    await alone.affinity.went(TALK, "openai/m")
    alone.hand.at += CERTAIN
    assert await alone.affinity.road_of(TALK) == "openai/m"
    alone.hand.at += CACHE_SECONDS
    assert await alone.affinity.road_of(TALK) == ""
    await alone.affinity.aclose()
