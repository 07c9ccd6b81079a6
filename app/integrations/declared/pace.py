"""Keeps requests of this process apart, for services that take one in so many seconds. Replicas don't know each other:
what is too fast all the same the service refuses with 429, and the outbound client waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from app.http.outbound import Outbound

LONGEST_QUEUE: Final = 15.0
"""Seconds that a request may wait for its turn."""


class Pace:
    def __init__(self, seconds: float, outbound: Outbound) -> None:
        self._gap = timedelta(seconds=seconds)
        self._clock = outbound.clock
        self._free = outbound.clock.now()

    @property
    def queue(self) -> float:
        """Seconds until the next turn would come."""
        return max(0.0, (self._free - self._clock.now()).total_seconds())

    def take(self, wait: float) -> None:
        """Takes the turn that comes in `wait` seconds."""
        self._free = self._clock.now() + timedelta(seconds=wait) + self._gap


def turn(paces: Iterable[Pace]) -> float | None:
    """Takes a turn of every pace: the seconds until it comes, None (and no turn is taken) when too many wait."""
    held = list(paces)
    wait = max(pace.queue for pace in held)
    if wait > LONGEST_QUEUE:
        return None
    for pace in held:
        pace.take(wait)
    return wait
