"""Which routes rest, shared between processes: one finds a provider broken, all leave it alone, one probes it.

Through Redis when there is one. A Redis that fails costs nothing but the sharing: each process then goes by what it
saw itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from app.gateways.breaker import Breaker

log = structlog.get_logger(__name__)

PREFIX = "sophia:models:rest:"
PROBE_PREFIX = "sophia:models:probe:"
LOOK_EVERY = 1.0
LEAVE_ALONE = 5.0  # seconds without another try after Redis failed
PROBE_SECONDS = 60  # a process that dies while it probes blocks the others no longer


class Rests(Protocol):
    """What of the breakers is known beyond this process."""

    async def look(self) -> None:
        """Takes over what other processes found, at most once a second."""
        ...

    async def may_probe(self, route: str) -> bool:
        """True when no other process is probing this route."""
        ...

    async def tell(self, route: str) -> None:
        """Tells the others when this route began to rest or recovered."""
        ...

    async def aclose(self) -> None: ...


class OwnRests:
    """One process alone: there is nobody to tell."""

    async def look(self) -> None:
        pass

    async def may_probe(self, route: str) -> bool:
        return True

    async def tell(self, route: str) -> None:
        pass

    async def aclose(self) -> None:
        pass


class RedisRests:
    """A key per resting route whose life is the rest: `<prefix><route>` = reason. `address` is REDIS_URL's value."""

    def __init__(self, address: str, breakers: Mapping[str, Breaker], monotonic: Callable[[], float]) -> None:
        self._address = address
        self._breakers = breakers
        self._monotonic = monotonic
        self._client: Any = None
        self._next_look = 0.0
        self._shared: set[str] = set()  # routes whose rest is known to be in Redis

    async def look(self) -> None:
        now = self._monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        found = await self._ask(self._read)
        for route, rest in (found or {}).items():
            breaker = self._breakers.get(route)
            if breaker is None:  # it went while Redis was asked
                continue
            if rest is not None:
                self._shared.add(route)
                if breaker.rest_left + LOOK_EVERY < rest[0]:
                    breaker.rest_as_told(*rest)
            elif route in self._shared:
                self._shared.discard(route)
                if breaker.rest_left > LOOK_EVERY:  # the key went before its time: somebody's probe was answered
                    breaker.recovered()

    async def may_probe(self, route: str) -> bool:
        async def claim(client: Any) -> bool:
            return bool(await client.set(PROBE_PREFIX + route, "1", nx=True, ex=PROBE_SECONDS))

        return await self._ask(claim) is not False

    async def tell(self, route: str) -> None:
        breaker = self._breakers.get(route)
        if breaker is None:  # a call that began before the route went
            return
        left = breaker.rest_left
        if not left and (route not in self._shared or breaker.troubled):
            return

        async def write(client: Any) -> None:
            pipeline = client.pipeline()
            if left:
                pipeline.set(PREFIX + route, breaker.reason, px=max(1, int(left * 1000)))
            else:
                pipeline.delete(PREFIX + route)
            pipeline.delete(PROBE_PREFIX + route)
            await pipeline.execute()

        await self._ask(write)
        (self._shared.add if left else self._shared.discard)(route)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _read(self, client: Any) -> dict[str, tuple[float, str] | None]:
        pipeline = client.pipeline()
        routes = tuple(self._breakers)
        for route in routes:
            pipeline.pttl(PREFIX + route)
            pipeline.get(PREFIX + route)
        answers = await pipeline.execute()
        pairs = zip(answers[::2], answers[1::2], strict=True)
        return {
            route: (left / 1000, reason) if reason and left > 0 else None
            for route, (left, reason) in zip(routes, pairs, strict=True)
        }

    async def _ask(self, what: Callable[[Any], Any]) -> Any:
        """What Redis says; None when it cannot be asked."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - only loaded when REDIS_URL is set

        if self._client is None:
            from redis.asyncio import Redis  # noqa: PLC0415

            self._client = Redis.from_url(
                self._address, decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5
            )
        try:
            return await what(self._client)
        except (RedisError, OSError) as broken:
            self._next_look = self._monotonic() + LEAVE_ALONE
            log.warning("model_rests_not_shared", error=type(broken).__name__)
            return None


async def resting_in(address: str, routes: Sequence[str]) -> dict[str, tuple[float, str]]:
    """Seconds left and reason of each route that rests, as processes told each other; empty without a Redis, or when it
    can't be asked."""
    if not (address and routes):
        return {}
    breakers = {route: Breaker(time.monotonic) for route in routes}
    shared = RedisRests(address, breakers, time.monotonic)
    try:
        await shared.look()
    finally:
        await shared.aclose()
    return {name: (one.rest_left, one.reason) for name, one in breakers.items() if one.rest_left}
