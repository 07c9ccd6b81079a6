"""Gong's two limits over all keys of a company, and its cursors, which do not live for ever."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil

from app.sandbox.gong.wire import Refused

PER_SECOND, PER_DAY = 3, 10_000
CURSOR_SECONDS = 600.0
_DAY = 86_400.0


@dataclass
class Limits:
    """`per_second` and `per_day` requests; 0 for no limit. `time` is in seconds."""

    time: Callable[[], float]
    per_second: int = PER_SECOND
    per_day: int = PER_DAY
    _taken: deque[float] = field(default_factory=deque[float])

    def take(self) -> None:
        """Counts a request. Raises Refused with the seconds to wait when it is one too many."""
        now = self.time()
        while self._taken and self._taken[0] <= now - _DAY:
            self._taken.popleft()
        if self.per_day and len(self._taken) >= self.per_day:
            raise Refused(429, "Daily API request limit exceeded", wait=ceil(self._taken[0] + _DAY - now))
        if self.per_second and len(self._taken) >= self.per_second and self._taken[-self.per_second] > now - 1:
            raise Refused(429, "API request limit exceeded", wait=1)
        self._taken.append(now)


@dataclass
class Cursors:
    """Places in paged answers. A cursor belongs to the request it was given for and dies after `seconds`."""

    time: Callable[[], float]
    seconds: float = CURSOR_SECONDS
    _places: dict[str, tuple[str, int, float]] = field(default_factory=dict[str, tuple[str, int, float]])

    def give(self, request: str, offset: int) -> str:
        """A cursor for the records from `offset` on of what `request` asks for; always the same, with new life."""
        cursor = f"eyJ.{sha256(f'{request}|{offset}'.encode()).hexdigest()[:32]}"
        self._places[cursor] = (request, offset, self.time())
        return cursor

    def place(self, request: str, cursor: str) -> int:
        """The offset behind a cursor, 0 without one. Raises Refused."""
        if not cursor:
            return 0
        known = self._places.get(cursor)
        if known is None or known[0] != request:
            raise Refused(400, "Invalid cursor")
        if self.time() - known[2] > self.seconds:
            raise Refused(400, "Cursor has expired")
        return known[1]

    def expire(self) -> None:
        """All cursors given so far are dead."""
        self._places = {cursor: (*place[:2], float("-inf")) for cursor, place in self._places.items()}
