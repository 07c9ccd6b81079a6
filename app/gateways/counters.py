"""Counts of a sliding minute, kept by the `limits` library: in Redis when processes share one, else in memory.

A Redis that fails costs only the sharing: for a few seconds each process then counts for itself. Who is counted, and
what a full window means for them, is decided in `admission`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import structlog

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import SlidingWindowCounterRateLimiter

log = structlog.get_logger(__name__)

MINUTE = 60.0
LEAVE_ALONE = 5.0  # seconds without another try after Redis failed
CONNECTIONS = 16  # to Redis
PREFIX = "sophia:models:limit"

Unit = Literal["requests", "tokens"]
Window = tuple[int, float, int, float]
"""As `limits` gives it: count of the window before and seconds it still weighs, count of this window and seconds it
is still known (it weighs whole until a minute before that)."""


@dataclass(frozen=True)
class Charge:
    """`amount` more of a unit for somebody who may have `most` of it a minute."""

    subject: str
    unit: Unit
    most: int
    amount: int


@dataclass(frozen=True)
class Full:
    """The first charge that found no room, and the seconds until it would."""

    charge: Charge
    wait: float


class Counters:
    """`address` is REDIS_URL's value, '' to count in this process; `monotonic` gives seconds that only go forward."""

    def __init__(self, address: str, monotonic: Callable[[], float]) -> None:
        self._address = address
        self._monotonic = monotonic
        self._own: SlidingWindowCounterRateLimiter | None = None
        self._shared: SlidingWindowCounterRateLimiter | None = None
        self._pool: Any = None
        self._alone_until = 0.0

    async def take(self, charges: Sequence[Charge]) -> Full | None:
        """Counts all charges, or none of them and says which is full. Callers that race for the last room may leave
        one count too many behind, never one too few."""
        if self._address and self._monotonic() >= self._alone_until:
            from redis.exceptions import RedisError  # noqa: PLC0415 - only loaded when REDIS_URL is set

            try:
                return await self._take(self._in_redis(), charges)
            except (RedisError, OSError) as broken:
                self._alone_until = self._monotonic() + LEAVE_ALONE
                log.warning("model_limits_not_shared", error=type(broken).__name__)
        return await self._take(self._in_memory(), charges)

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

    def _in_memory(self) -> SlidingWindowCounterRateLimiter:
        if self._own is None:
            from limits.aio.storage import MemoryStorage  # noqa: PLC0415 - only loaded when something is limited
            from limits.aio.strategies import SlidingWindowCounterRateLimiter  # noqa: PLC0415

            self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        return self._own

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


def seconds_until_room(window: Window, most: int, amount: int) -> float:
    """When `amount` more fits under `most`, if nothing else comes in between; never less than that takes."""
    before, before_left, now, now_left = window
    room = most - min(amount, most)
    if now <= room:  # it is enough that the window before fades
        return max(0.0, before_left - (room - now) * MINUTE / before) if before else 0.0
    return max(0.0, now_left - MINUTE) + MINUTE * (1 - room / now)


@cache
def _a_minutes(most: int) -> RateLimitItem:
    from limits import RateLimitItemPerMinute  # noqa: PLC0415 - only loaded when something is limited

    return RateLimitItemPerMinute(most, namespace=PREFIX)


async def _window(limiter: SlidingWindowCounterRateLimiter, key: str) -> Window:
    storage: Any = limiter.storage  # typed as every storage, of which only some have windows that slide
    return await storage.get_sliding_window(key, int(MINUTE))
