"""Failures on demand, so that tests and people can see what happens when Entrata fails.

`POST /_faults {"method": "sendWorkOrders", "kind": "drop_answer", "times": 1}`; kinds: drop_answer (does the work,
then the connection breaks), cut_answer (half of it arrives), wrong_type (an HTML page), error (its own error 500
inside HTTP 200), status:<code>, delay:<seconds>. A `status:429` may carry `retry_after`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    method: str  # "*" for any
    kind: str
    retry_after: str = ""


@dataclass
class Faults:
    """The failures that are still to happen, in order."""

    waiting: deque[Fault] = field(default_factory=deque[Fault])

    def add(self, method: str, kind: str, *, times: int = 1, retry_after: str = "") -> None:
        self.waiting.extend([Fault(method, kind, retry_after)] * times)

    def take(self, method: str) -> Fault | None:
        """The failure that is due for this call, and no longer waiting."""
        for fault in self.waiting:
            if fault.method in ("*", method):
                self.waiting.remove(fault)
                return fault
        return None
