"""Where kept answers lie: memory and a real Redis hold the same, and Redis holds nothing that can be read there."""

from __future__ import annotations

import asyncio

import pytest

from app.gateways.cache.shelves import PREFIX, Kept, OwnShelf, RedisShelf, Shelf
from tests.gateways.standins import Hand

KEPT = Kept("Anna Weber owes $1,240.", (("get_ledger", {"unit": "12"}),), "stop", "acme", "acme-1")
KEY, OLD_KEY = b"k" * 32, b"o" * 32


@pytest.fixture(params=["memory", "redis"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    if request.param == "memory":
        return OwnShelf(Hand())
    return RedisShelf(request.getfixturevalue("redis_address"), [KEY], Hand())


async def test_what_was_put_is_found_under_its_key_alone(shelf: Shelf) -> None:
    await shelf.put("a", KEPT, 60)
    assert (await shelf.get("a"), await shelf.get("b")) == (KEPT, None)
    await shelf.aclose()


async def test_the_answer_not_used_for_longest_makes_room() -> None:
    shelf = OwnShelf(Hand(), most=2)
    for key in ("a", "b"):
        await shelf.put(key, KEPT, 60)
    await shelf.get("a")
    await shelf.put("c", KEPT, 60)
    assert [await shelf.get(key) is not None for key in "abc"] == [True, False, True]


async def test_in_redis_an_answer_is_sealed_bound_to_its_place_and_gone_after_its_time(redis_address: str) -> None:
    from redis.asyncio import Redis

    shelf, raw = RedisShelf(redis_address, [KEY], Hand()), Redis.from_url(redis_address)
    await shelf.put("a", KEPT, 60)
    sealed = await raw.get(f"{PREFIX}a")
    assert sealed is not None
    assert b"Anna" not in sealed and b"1,240" not in sealed
    assert 0 < await raw.pttl(f"{PREFIX}a") <= 60_000
    await raw.set(f"{PREFIX}b", sealed)  # moved by somebody
    assert await shelf.get("b") is None
    await raw.aclose()
    await shelf.aclose()


async def test_after_a_change_of_keys_what_the_old_one_sealed_still_opens(redis_address: str) -> None:
    before, after = (RedisShelf(redis_address, keys, Hand()) for keys in ([OLD_KEY], [KEY, OLD_KEY]))
    await before.put("a", KEPT, 60)
    assert await after.get("a") == KEPT
    for shelf in (before, after):
        await shelf.aclose()


async def test_a_redis_that_is_gone_costs_its_answers_and_nothing_else() -> None:
    shelf = RedisShelf("redis://127.0.0.1:9/0", [KEY], Hand())
    async with asyncio.timeout(10):
        await shelf.put("a", KEPT, 60)
        assert await shelf.get("a") is None
    await shelf.aclose()
