"""Which outside services are well: a breaker for each host of each service, shared by replicas that have a Redis.

Only what says that nobody is there counts: no connection, no answer in time, a broken answer, a 5xx. A refusal is an
answer. A Retry-After is kept by the pacing, which holds for calls that would have been answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.http.breaker import Breaker, Trips, Weight
from app.http.rests import OwnRests, RedisRests, Rests

log = structlog.get_logger(__name__)

LEAST_IN_A_ROW = 5
LEAST_WAIT = 1.0  # seconds, for those who come while another one probes


@dataclass(frozen=True)
class ServiceFault:
    """A failed attempt (`app.http.breaker.Fault`)."""

    stalled: bool = False
    weight: Weight = Weight.PASSING
    retry_after: float | None = None


class Standing:
    """How the services stand in this process. `redis` is REDIS_URL's value, '' for a process alone."""

    def __init__(self, monotonic: Callable[[], float], *, redis: str = "") -> None:
        self._monotonic = monotonic
        self._breakers: dict[str, Breaker] = {}
        own = OwnRests()
        self._rests: Rests = RedisRests(redis, self._breakers, monotonic, kind="services") if redis else own

    async def admit(self, name: str, *, attempts: int) -> float:
        """0 when a call may go; then exactly one of the three below is told how it ended. Else the seconds until the
        service is tried again. `attempts` are as many as one call makes by itself: they alone open nothing, because a
        write whose answer was lost is looked up right after them."""
        breaker = self._breakers.get(name)
        if breaker is None:
            trips = Trips(in_a_row=max(LEAST_IN_A_ROW, attempts + 1))
            breaker = self._breakers[name] = Breaker(self._monotonic, trips)
        await self._rests.look()
        if breaker.half_open and not await self._rests.may_probe(name):
            return LEAST_WAIT
        return 0.0 if breaker.admit() else max(breaker.rest_left, LEAST_WAIT)

    async def answered(self, name: str) -> None:
        """Somebody is there, whatever the answer says."""
        breaker = self._breakers[name]
        if breaker.troubled:
            breaker.succeeded()
            await self._rests.tell(name)
        else:
            breaker.succeeded()

    async def failed(self, name: str, fault: ServiceFault) -> None:
        """Nobody was there."""
        breaker = self._breakers[name]
        breaker.failed(fault)
        if breaker.rest_left > 0:
            log.warning("service_rests", service=name, seconds=round(breaker.rest_left, 1), reason=breaker.reason)
        await self._rests.tell(name)

    def abandoned(self, name: str) -> None:
        """The call ended before anything was known."""
        self._breakers[name].abandoned()

    def resting(self, name: str) -> bool:
        """True while the service is left alone."""
        breaker = self._breakers.get(name)
        return breaker is not None and breaker.rest_left > 0

    async def close(self) -> None:
        await self._rests.aclose()
