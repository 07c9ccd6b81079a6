"""A short cool-down per route, so that a broken provider is not asked again by every turn.

Closed: every turn may try. After a fault the route rests; when the rest is over one turn probes it, and its outcome
decides for all. Not shared between processes and without rate windows: the orchestrator's own breaker brings those.
"""

from __future__ import annotations

from collections.abc import Callable

from app.gateways.faults import FaultKind, RouteFault

FIRST_REST = 1.0
LONGEST_REST = 60.0
ACCOUNT_REST = 600.0
LONGEST_RETRY_AFTER = 900.0


class Breaker:
    """Says whether a route may be tried. `monotonic` gives seconds that only go forward."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._rests_until = 0.0
        self._faults_in_a_row = 0
        self._probing = False

    @property
    def resting(self) -> bool:
        """True while the route should not be tried."""
        return self._monotonic() < self._rests_until or self._probing

    @property
    def troubled(self) -> bool:
        """True when the last outcome was a fault of the route."""
        return self._faults_in_a_row > 0

    def admit(self) -> bool:
        """True when this caller may try now. After a rest only one caller at a time gets True, until it reports."""
        if self.resting:
            return False
        self._probing = self.troubled
        return True

    def succeeded(self) -> None:
        self._faults_in_a_row = 0
        self._rests_until = 0.0
        self._probing = False

    def abandoned(self) -> None:
        """The caller went away before the outcome was known."""
        self._probing = False

    def failed(self, fault: RouteFault) -> None:
        """Rests the route when the fault is the route's; Retry-After is the length of the rest, never a sleep."""
        self._probing = False
        if fault.kind is FaultKind.ACCOUNT:
            rest = ACCOUNT_REST
        elif fault.kind is FaultKind.TRANSIENT:
            rest = min(LONGEST_REST, FIRST_REST * 2**self._faults_in_a_row)
        else:
            return
        if fault.retry_after is not None:
            rest = max(rest, min(fault.retry_after, LONGEST_RETRY_AFTER))
        self._faults_in_a_row = min(self._faults_in_a_row + 1, 10)
        self._rests_until = self._monotonic() + rest
