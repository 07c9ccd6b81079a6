"""Keeps a service's calls within what its vendor allows, by waiting before a call instead of being refused after it.

What a vendor allows is in its documentation (`Allowance`), in the headers of its answers (`RemainingHeaders`), and in
the Retry-After of a 429, which holds for every call to that service and not only for the one that met it. Each process
counts for itself; where several share one account, the vendor's 429 has the last word.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

ALL_CALLS = ""


@dataclass(frozen=True)
class Allowance:
    """At most `calls` in any `seconds`. `lane` narrows it to the calls that name the same lane (a vendor that counts
    its searches apart); without one it counts every call."""

    calls: int
    seconds: float
    lane: str = ALL_CALLS


@dataclass(frozen=True)
class RemainingHeaders:
    """The headers in which a vendor says how many calls are left (`remaining`) and until when (`until`). A number
    there is worth `scale` seconds (0.001 for milliseconds), from now or, when `since_epoch`, from 1970 on."""

    remaining: str
    until: str
    scale: float = 1.0
    since_epoch: bool = False

    def rest(self, headers: Mapping[str, str], now: datetime) -> float:
        """Seconds without a call that an answer asks for; 0 when calls are left or the headers can't be read."""
        try:
            left, until = float(headers.get(self.remaining, "1")), float(headers.get(self.until, "0")) * self.scale
        except ValueError:
            return 0.0
        if left > 0:
            return 0.0
        return max(0.0, until - now.timestamp() if self.since_epoch else until)


@dataclass
class _Window:
    """When the last calls of an allowance were due, as many as it allows; the oldest leaves first."""

    allowance: Allowance
    due: deque[float] = field(default_factory=deque[float])

    def free_at(self, moment: float) -> float:
        full = len(self.due) >= self.allowance.calls
        return max(moment, self.due[0] + self.allowance.seconds) if full else moment

    def take(self, moment: float) -> None:
        if len(self.due) >= self.allowance.calls:
            self.due.popleft()
        self.due.append(moment)


class Pacing:
    """The turns of one service's calls. `monotonic` gives seconds that only go forward."""

    def __init__(self, allowances: Sequence[Allowance], monotonic: Callable[[], float]) -> None:
        self._windows = [_Window(allowance) for allowance in allowances]
        self._monotonic = monotonic
        self._rested_at = 0.0

    def turn(self, lane: str, *, longest: float) -> float:
        """Seconds until a call of this lane may go; its place is taken unless that is longer than `longest`."""
        counted = [one for one in self._windows if one.allowance.lane in (ALL_CALLS, lane)]
        now = self._monotonic()
        due = max(now, self._rested_at)
        for window in counted:
            due = max(due, window.free_at(due))
        if due - now > longest:
            return due - now
        for window in counted:
            window.take(due)
        return due - now

    def rest(self, seconds: float) -> None:
        """No call goes for so long."""
        self._rested_at = max(self._rested_at, self._monotonic() + seconds)
