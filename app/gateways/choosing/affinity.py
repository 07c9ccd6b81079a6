"""Which road a conversation's calls of one kind went last. It stays there while that is healthy: the vendor has the
conversation's words in its prompt cache for some minutes, and a change of voice in mid-thread is noticed.

With a Redis all processes know; without one, or when it fails, each goes by what it saw.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from app.gateways.choosing.need import Need
from app.http.shared_redis import SharedRedis

CACHE_SECONDS = 300.0  # OpenAI and Anthropic keep a prompt for at least five minutes after its last use
KEPT = 10_000  # conversations
CERTAIN = 30.0  # seconds in which nobody else is asked about what this process saw itself: a turn's calls
PREFIX = "sophia:models:road:"


class Affinity(Protocol):
    """The last road of each conversation and kind of call: other kinds have another prompt, which no cache holds."""

    async def road_of(self, need: Need) -> str:
        """The route's name; '' when there is none whose cache may still be warm."""
        ...

    async def went(self, need: Need, road: str) -> None:
        """Notes that this route just answered."""
        ...

    async def aclose(self) -> None: ...


class OwnAffinity:
    """What this process saw. `monotonic` gives seconds that only go forward."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._roads: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def road_of(self, need: Need) -> str:
        return self.seen(need, CACHE_SECONDS)

    async def went(self, need: Need, road: str) -> None:
        self.note(need, road)

    async def aclose(self) -> None:
        self._roads.clear()

    def seen(self, need: Need, seconds: float) -> str:
        """The road, when it was seen less than so long ago."""
        road, at = self._roads.get(_talk(need), ("", 0.0))
        return road if road and self._monotonic() < at + seconds else ""

    def note(self, need: Need, road: str) -> None:
        if not need.conversation:
            return
        talk = _talk(need)
        self._roads[talk] = (road, self._monotonic())
        self._roads.move_to_end(talk)
        if len(self._roads) > KEPT:
            self._roads.popitem(last=False)


class SharedAffinity:
    """A key for each conversation and kind of call, named by a digest, which lives as long as the vendor's cache."""

    def __init__(self, address: str, monotonic: Callable[[], float]) -> None:
        self._own = OwnAffinity(monotonic)
        self._redis = SharedRedis(address, monotonic, failed="roads_not_shared")

    async def road_of(self, need: Need) -> str:
        if not need.conversation:
            return ""
        if road := self._own.seen(need, CERTAIN):
            return road

        async def read(client: Any) -> str:
            return await client.get(PREFIX + _digest(need)) or ""

        road = await self._redis.ask(read)
        return self._own.seen(need, CACHE_SECONDS) if road is None else road

    async def went(self, need: Need, road: str) -> None:
        if not need.conversation:
            return
        self._own.note(need, road)

        async def write(client: Any) -> None:
            await client.set(PREFIX + _digest(need), road, ex=int(CACHE_SECONDS))

        await self._redis.ask(write)

    async def aclose(self) -> None:
        await self._redis.aclose()


def _talk(need: Need) -> str:
    return f"{need.task} {need.conversation}"


def _digest(need: Need) -> str:
    return hashlib.sha256(_talk(need).encode()).hexdigest()[:32]
