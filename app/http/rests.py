"""Which roads rest, shared between processes: one finds a vendor broken, all leave it alone, one probes it.

Through Redis when there is one. A Redis that fails costs nothing but the sharing: each process then goes by what it
saw itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from app.http.breaker import Breaker
from app.http.shared_redis import SharedRedis

PREFIX = "sophia:"
LOOK_EVERY = 1.0
PROBE_SECONDS = 60  # a process that dies while it probes blocks the others no longer


class Rests(Protocol):
    """What of the breakers is known beyond this process."""

    async def look(self) -> None:
        """Takes over what other processes found, at most once a second."""
        ...

    async def may_probe(self, road: str) -> bool:
        """True when no other process is probing this road."""
        ...

    async def tell(self, road: str) -> None:
        """Tells the others when this road began to rest or recovered."""
        ...

    async def aclose(self) -> None: ...


class OwnRests:
    """One process alone: there is nobody to tell."""

    async def look(self) -> None:
        pass

    async def may_probe(self, road: str) -> bool:
        return True

    async def tell(self, road: str) -> None:
        pass

    async def aclose(self) -> None:
        pass


class RedisRests:
    """A key per resting road whose life is the rest: `sophia:<kind>:rest:<road>` = reason. `address` is REDIS_URL's
    value; `kind` keeps models and services apart; `breakers` may grow."""

    def __init__(
        self, address: str, breakers: Mapping[str, Breaker], monotonic: Callable[[], float], *, kind: str
    ) -> None:
        self._resting, self._probes = f"{PREFIX}{kind}:rest:", f"{PREFIX}{kind}:probe:"
        self._breakers = breakers
        self._monotonic = monotonic
        self._redis = SharedRedis(address, monotonic, failed="rests_not_shared", kind=kind)
        self._next_look = 0.0
        self._shared: set[str] = set()  # roads whose rest is known to be in Redis

    async def look(self) -> None:
        now = self._monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        found = await self._redis.ask(self._read)
        for road, rest in (found or {}).items():
            breaker = self._breakers.get(road)
            if breaker is None:  # it went while Redis was asked
                continue
            if rest is not None:
                self._shared.add(road)
                if breaker.rest_left + LOOK_EVERY < rest[0]:
                    breaker.rest_as_told(*rest)
            elif road in self._shared:
                self._shared.discard(road)
                if breaker.rest_left > LOOK_EVERY:  # the key went before its time: somebody's probe was answered
                    breaker.recovered()

    async def may_probe(self, road: str) -> bool:
        async def claim(client: Any) -> bool:
            return bool(await client.set(self._probes + road, "1", nx=True, ex=PROBE_SECONDS))

        return await self._redis.ask(claim) is not False

    async def tell(self, road: str) -> None:
        breaker = self._breakers.get(road)
        if breaker is None:  # a call that began before the road went
            return
        left = breaker.rest_left
        if not left and (road not in self._shared or breaker.troubled):
            return

        async def write(client: Any) -> None:
            pipeline = client.pipeline()
            if left:
                pipeline.set(self._resting + road, breaker.reason, px=max(1, int(left * 1000)))
            else:
                pipeline.delete(self._resting + road)
            pipeline.delete(self._probes + road)
            await pipeline.execute()

        await self._redis.ask(write)
        (self._shared.add if left else self._shared.discard)(road)

    async def aclose(self) -> None:
        await self._redis.aclose()

    async def _read(self, client: Any) -> dict[str, tuple[float, str] | None]:
        roads = list(self._breakers)
        pipeline = client.pipeline()
        for road in roads:
            pipeline.pttl(self._resting + road)
            pipeline.get(self._resting + road)
        answers = await pipeline.execute()
        pairs = zip(answers[::2], answers[1::2], strict=True)
        return {
            road: (left / 1000, reason) if reason and left > 0 else None
            for road, (left, reason) in zip(roads, pairs, strict=True)
        }


async def resting_in(address: str, roads: Sequence[str], *, kind: str) -> dict[str, tuple[float, str]]:
    """Seconds left and reason of each road that rests, as processes told each other; empty without a Redis, or when it
    can't be asked."""
    if not (address and roads):
        return {}
    breakers = {road: Breaker(time.monotonic) for road in roads}
    shared = RedisRests(address, breakers, time.monotonic, kind=kind)
    try:
        await shared.look()
    finally:
        await shared.aclose()
    return {name: (one.rest_left, one.reason) for name, one in breakers.items() if one.rest_left}
