"""A breaker per road to the outside (a model's route, a service's host), so that a broken one is not asked again by
everybody.

Closed: everybody may try. It opens after faults in a row, after too many faults or slow answers in a sliding window,
after two stalls, at once for a dead account or a Retry-After; a single fault opens nothing. When the rest is over one
caller probes, and its outcome decides for all. What several processes share of it is in `rests`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

FIRST_REST = 1.0
LONGEST_REST = 60.0
ACCOUNT_REST = 600.0
LONGEST_RETRY_AFTER = 900.0
MOST_KEPT = 500  # attempts


class Weight(Enum):
    """What a failed attempt says about the road it was made on."""

    NONE = 0  # nothing: it was the request's own fault
    PASSING = 1  # it may be over in a moment
    DEAD = 2  # nothing works there until somebody does something about it


class Fault(Protocol):
    """A failed attempt. `retry_after` is in seconds when the other side said so; `stalled` when a deadline passed."""

    @property
    def weight(self) -> Weight: ...

    @property
    def retry_after(self) -> float | None: ...

    @property
    def stalled(self) -> bool: ...


@dataclass(frozen=True)
class Trips:
    """When a breaker opens. `window` is in seconds; shares are of the attempts in it, from `least` attempts on."""

    in_a_row: int = 3
    stalls_in_a_row: int = 2
    window: float = 60.0
    least: int = 10
    fault_share: float = 0.5
    slow_share: float = 0.8


@dataclass(frozen=True)
class _Attempt:
    at: float
    fault: bool
    slow: bool


class Breaker:
    """Says whether a route may be tried. `monotonic` gives seconds that only go forward."""

    def __init__(self, monotonic: Callable[[], float], trips: Trips = Trips()) -> None:
        self._monotonic = monotonic
        self._trips = trips
        self._attempts: deque[_Attempt] = deque()
        self._faults = 0  # among them
        self._slow = 0
        self._in_a_row = 0
        self._stalls_in_a_row = 0
        self._late_in_a_row = 0  # overtaken ones
        self._rests = 0  # since the route was last healthy
        self._rests_until = 0.0
        self._half_open = False
        self._probing = False
        self.reason = ""  # why it rests: "account", "retry after", "faults", "stalls", "slow"

    @property
    def rest_left(self) -> float:
        """Seconds until the route may be tried; 0 when it may."""
        return max(0.0, self._rests_until - self._monotonic())

    @property
    def resting(self) -> bool:
        """True while the route should not be tried."""
        return self.rest_left > 0 or self._probing

    @property
    def half_open(self) -> bool:
        """True when the next caller is the probe that decides whether the rest is over."""
        return self._half_open and not self.resting

    @property
    def troubled(self) -> bool:
        """True when the last outcome was a fault of the route."""
        return self._in_a_row > 0 or self._half_open

    @property
    def may_be_hurried(self) -> bool:
        """True when the rest is a guess of ours, so that a probe may come early when nothing else is left."""
        return self.rest_left > 0 and not self._probing and self.reason not in ("account", "retry after")

    def admit(self) -> bool:
        """True when this caller may try now. After a rest only one caller at a time gets True, until it reports."""
        if self.resting:
            return False
        self._probing = self._half_open
        return True

    def hurry(self) -> None:
        """Makes this caller the probe before the rest is over."""
        self._probing = True

    def succeeded(self, *, slow: bool = False) -> None:
        """The route answered; `slow` when its first token came much later than it usually does."""
        if self._half_open and slow and self.reason == "slow":  # an answer, but no recovery
            if self._probing:
                self._probing = False
                self._rest(self._next_rest(), "slow")
            return
        if self._half_open:
            self.recovered()
        self._in_a_row = self._stalls_in_a_row = self._late_in_a_row = 0
        self._note(fault=False, slow=slow)
        if slow:
            self._trip_when_slow()

    def abandoned(self) -> None:
        """The caller went away before the outcome was known."""
        self._probing = False

    def overtaken(self, *, slow: bool) -> None:
        """Another road was asked as well and was sooner. No fault, and no sign of health; only counted as a slow answer
        when it was later than this road usually is."""
        self._probing = False
        if not slow:
            return
        self._late_in_a_row += 1
        self._note(fault=False, slow=True)
        if self._late_in_a_row >= self._trips.in_a_row:
            self._rest(self._next_rest(), "slow")
        else:
            self._trip_when_slow()

    def failed(self, fault: Fault) -> None:
        """Takes note of a fault, and rests the route when it says enough; Retry-After is a rest, never a sleep."""
        probed, self._probing = self._probing, False
        if fault.weight is Weight.DEAD:
            self._in_a_row += 1
            self._rest(max(ACCOUNT_REST, _bounded(fault.retry_after)), "account")
            return
        if fault.weight is not Weight.PASSING:
            return
        self._in_a_row += 1
        self._stalls_in_a_row = self._stalls_in_a_row + 1 if fault.stalled else 0
        self._note(fault=True, slow=False)
        if fault.retry_after:
            self._rest(_bounded(fault.retry_after), "retry after")
        elif probed or not self._half_open:
            self._trip(probed=probed)

    def rest_as_told(self, seconds: float, reason: str) -> None:
        """Rests because another process found the route broken."""
        self._rest(seconds, reason, counts=False)

    def recovered(self) -> None:
        """Healthy again, by this process's probe or another's."""
        self._forget()
        self._in_a_row = self._stalls_in_a_row = self._late_in_a_row = self._rests = 0
        self._rests_until, self._half_open, self._probing, self.reason = 0.0, False, False, ""

    def _trip(self, *, probed: bool) -> None:
        if self._stalls_in_a_row >= self._trips.stalls_in_a_row:
            self._rest(self._next_rest(), "stalls")
        elif probed or self._in_a_row >= self._trips.in_a_row or self._share(slow=False) >= self._trips.fault_share:
            self._rest(self._next_rest(), "faults")

    def _trip_when_slow(self) -> None:
        if self._share(slow=True) >= self._trips.slow_share:
            self._rest(self._next_rest(), "slow")

    def _next_rest(self) -> float:
        return min(LONGEST_REST, FIRST_REST * 2**self._rests)

    def _rest(self, seconds: float, reason: str, *, counts: bool = True) -> None:
        self._rests = min(self._rests + counts, 10)
        self._forget()
        self._half_open = True
        self._rests_until = max(self._rests_until, self._monotonic() + seconds)
        self.reason = reason

    def _note(self, *, fault: bool, slow: bool) -> None:
        now = self._monotonic()
        self._attempts.append(_Attempt(now, fault, slow))
        self._faults += fault
        self._slow += slow
        while self._attempts[0].at < now - self._trips.window or len(self._attempts) > MOST_KEPT:
            gone = self._attempts.popleft()
            self._faults -= gone.fault
            self._slow -= gone.slow

    def _forget(self) -> None:
        self._attempts.clear()
        self._faults = self._slow = 0

    def _share(self, *, slow: bool) -> float:
        """The share of slow answers, or of faults, in the window; 0 when there are too few attempts to tell."""
        if len(self._attempts) < self._trips.least:
            return 0.0
        return (self._slow if slow else self._faults) / len(self._attempts)


def _bounded(retry_after: float | None) -> float:
    return min(retry_after or 0.0, LONGEST_RETRY_AFTER)
