"""What second tries beside slow routes may cost: a share of the spend of the last day.

Each process holds itself to the share of its own spend, so that all of them together keep it, too. Room for the most a
second try may cost is held before it is made; a price that nobody knows holds no room.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 24 * 3600.0  # seconds
BINS = 48


@dataclass(slots=True)
class _Bin:
    """Microdollars of a part of the window."""

    number: int
    spent: int = 0
    hedged: int = 0


class HedgeShare:
    """`percent` of the spend; 0 for no second tries at all. `monotonic` gives seconds that only go forward."""

    def __init__(self, percent: float, monotonic: Callable[[], float]) -> None:
        self.percent = percent
        self._monotonic = monotonic
        self._bins: deque[_Bin] = deque()
        self._spent = 0
        self._hedged = 0
        self._held = 0

    @property
    def wanted(self) -> bool:
        return self.percent > 0

    def hold(self, most: int | None) -> bool:
        """Holds `most` microdollars for a second try; False, and nothing held, when there is no room for them. Followed
        by `settle`."""
        if most is None or not self.wanted:
            return False
        self._now()
        if 100 * (self._hedged + self._held + most) > self.percent * self._spent:
            return False
        self._held += most
        return True

    def settle(self, most: int, cost: int) -> None:
        """The second try for which `most` was held has cost so much."""
        self._held -= most
        self._now().hedged += cost
        self._hedged += cost

    def spent(self, cost: int) -> None:
        """Any other attempt has cost so much."""
        if cost and self.wanted:
            self._now().spent += cost
            self._spent += cost

    def _now(self) -> _Bin:
        """The bin of this moment. Forgets what is older than the window."""
        number = int(self._monotonic() * BINS / WINDOW)
        while self._bins and self._bins[0].number <= number - BINS:
            gone = self._bins.popleft()
            self._spent -= gone.spent
            self._hedged -= gone.hedged
        if not self._bins or self._bins[-1].number != number:
            self._bins.append(_Bin(number))
        return self._bins[-1]


NO_HEDGES = HedgeShare(0, time.monotonic)
