"""What one attempt that brought no usable answer means: for the caller, for a repetition, for the service's breaker."""

from __future__ import annotations

import httpx

from app.domain.errors import SophiaError
from app.http.failures import Failures
from app.http.standing import ServiceFault


class TooLarge(Exception):
    """The answer outgrew the cap of so many bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Failed(Exception):
    """One attempt's error, whether the call may be tried again, how long the vendor asked to wait (seconds), and what
    it says about the service: `fault`, or that somebody `answered`, or neither."""

    def __init__(
        self,
        error: SophiaError,
        *,
        repeatable: bool,
        asked: float | None = None,
        fault: ServiceFault | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(error.code)
        self.error, self.repeatable, self.asked, self.fault, self.answered = error, repeatable, asked, fault, answered


def broken(failures: Failures, operation: str, error: Exception, *, may_repeat: bool) -> tuple[str, Failed]:
    """What a missing answer means: its label for the meter and the failure."""
    kind = type(error).__name__
    lost = failures.unreachable if may_repeat else failures.unknown_outcome
    match error:
        case httpx.PoolTimeout():  # our own: nothing was sent, and it says nothing about the service
            return "pool_full", Failed(failures.unreachable(operation, kind), repeatable=True)
        case httpx.ConnectError() | httpx.ConnectTimeout():  # nothing was sent
            return "unreachable", Failed(failures.unreachable(operation, kind), repeatable=True, fault=ServiceFault())
        case TooLarge() if may_repeat:
            return "too_large", Failed(failures.too_large(operation, error.limit), repeatable=False, answered=True)
        case httpx.TimeoutException() | TimeoutError():
            fault = ServiceFault(stalled=True)
            return "timeout", Failed(lost(operation, kind), repeatable=may_repeat, fault=fault)
        case _:
            return "broken", Failed(lost(operation, kind), repeatable=may_repeat, fault=ServiceFault())
