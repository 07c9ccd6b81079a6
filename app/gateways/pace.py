"""How fast a route usually is, and from that how long it is waited for.

A deadline is three times the 95th percentile of the route's own last answers, and at least the floor; until enough
answers are known the configured start values hold.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from app.gateways.providers import Deadlines

KEPT = 200
ENOUGH = 20
REVIEWED_EVERY = 10  # answers; sorting hundreds of times at each would cost more than the rest of a call's account
MARGIN = 3.0


class Pace:
    """The last answers of one route. All times are seconds."""

    def __init__(self, start: Deadlines) -> None:
        self._start = start
        self._deadlines = start
        self._firsts: deque[float] = deque(maxlen=KEPT)
        self._gaps: deque[float] = deque(maxlen=KEPT)
        self._answers = 0
        self._slow_from = float("inf")
        self.typical_first: float | None = None  # the median time to the first token; None while too little is known
        self.usual_first: float | None = None  # the 95th percentile of it; None while too little is known

    @property
    def deadlines(self) -> Deadlines:
        """How long the next attempt may take to begin, and to go on."""
        return self._deadlines

    def answered(self, first: float, longest_gap: float) -> None:
        """Takes in an answer: the time to its first token, and the longest silence after it."""
        self._firsts.append(first)
        self._gaps.append(longest_gap)
        self._seen()

    def waited(self, seconds: float) -> bool:
        """Takes in an answer whose first token was not waited for any longer; True when it was later than usual. Only
        then it says something about the pace: left out, the slow answers that others overtake would make the route
        look faster than it is."""
        if self.usual_first is None or seconds < self.usual_first:
            return False
        self._firsts.append(seconds)
        self._seen()
        return True

    def is_slow(self, first: float) -> bool:
        """True when a first token came much later than this route's usual one."""
        return first > self._slow_from

    def _seen(self) -> None:
        self._answers += 1
        if self._answers % REVIEWED_EVERY:
            return
        self.typical_first = _share_of(self._firsts, 0.5)
        if self._answers >= ENOUGH:
            self.usual_first = _share_of(self._firsts, 0.95)
            self._deadlines = replace(
                self._start,
                first_token=max(self._start.floor, MARGIN * self.usual_first),
                between=max(self._start.floor, MARGIN * _share_of(self._gaps, 0.95)),
            )
            self._slow_from = max(self._start.floor, MARGIN * self.typical_first)


def _share_of(seen: deque[float], share: float) -> float:
    return sorted(seen)[min(len(seen) - 1, int(share * len(seen)))]
