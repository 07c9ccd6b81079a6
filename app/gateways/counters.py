"""Counts of a sliding minute: in Redis, by the `limits` library, when processes share one, else in memory.

A Redis that fails costs only the sharing: for a few seconds each process then counts for itself. Who is counted, and
what a full window means for them, is decided in `admission`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog

from app.gateways.minutes import MINUTE, Charge, Full, Minutes, Window, seconds_until_room

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import SlidingWindowCounterRateLimiter

log = structlog.get_logger(__name__)

LEAVE_ALONE = 5.0  # seconds without another try after Redis failed
CONNECTIONS = 16  # to Redis
PREFIX = "sophia:models:limit"


class Counters:
    """`address` is REDIS_URL's value, '' to count in this process; `monotonic` gives seconds that only go forward."""

    def __init__(self, address: str, monotonic: Callable[[], float]) -> None:
        self._address = address
        self._monotonic = monotonic
        self._own = Minutes(monotonic)
        self._shared: SlidingWindowCounterRateLimiter | None = None
        self._pool: Any = None
        self._alone_until = 0.0

    async def take(self, charges: Sequence[Charge]) -> Full | None:
        """Counts all charges, or none of them and says which is full. Callers that race in Redis for the last room may
        leave one count too many behind, never one too few."""
        if self._address and self._monotonic() >= self._alone_until:
            from redis.exceptions import RedisError  # noqa: PLC0415 - only loaded when REDIS_URL is set

            try:
                return await self._take(self._in_redis(), charges)
            except (RedisError, OSError) as broken:
                self._alone_until = self._monotonic() + LEAVE_ALONE
                log.warning("model_limits_not_shared", error=type(broken).__name__)
        return self._own.take(charges)

    async def aclose(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()

    async def _take(self, limiter: SlidingWindowCounterRateLimiter, charges: Sequence[Charge]) -> Full | None:
        items = [(one, _a_minutes(one.most)) for one in charges]
        for act, those in ((limiter.test, items[1:]), (limiter.hit, items)):  # the first is tested by taking it
            for one, item in those:
                if not await act(item, one.unit, one.subject, cost=min(one.amount, one.most)):
                    window = await _window(limiter, item.key_for(one.unit, one.subject))
                    return Full(one, seconds_until_room(window, one.most, one.amount))
        return None

    def _in_redis(self) -> SlidingWindowCounterRateLimiter:
        if self._shared is None:
            from limits.aio.storage import RedisStorage  # noqa: PLC0415 - only loaded when REDIS_URL is set
            from limits.aio.strategies import SlidingWindowCounterRateLimiter  # noqa: PLC0415
            from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415

            options: dict[str, Any] = {
                "max_connections": CONNECTIONS,
                "timeout": 2.0,  # a burst waits for a connection; without one it would count for itself
                "socket_timeout": 0.5,
                "socket_connect_timeout": 0.5,
            }
            self._pool = BlockingConnectionPool.from_url(self._address, **options)
            given: dict[str, Any] = {"connection_pool": self._pool}
            storage = RedisStorage(f"async+{self._address}", implementation="redispy", **given)
            self._shared = SlidingWindowCounterRateLimiter(storage)
        return self._shared


@cache
def _a_minutes(most: int) -> RateLimitItem:
    from limits import RateLimitItemPerMinute  # noqa: PLC0415 - only loaded when something is limited

    return RateLimitItemPerMinute(most, namespace=PREFIX)


async def _window(limiter: SlidingWindowCounterRateLimiter, key: str) -> Window:
    storage: Any = limiter.storage  # typed as every storage, of which only some have windows that slide
    return await storage.get_sliding_window(key, int(MINUTE))
