"""How often AppFolio may be asked: sliding windows, a 429 with Retry-After beyond them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from app.sandbox.appfolio.wire import Refused

REPORTS = ((7, 15.0),)
DATABASE = ((8, 1.0), (256, 60.0), (4096, 3600.0))


@dataclass
class Limits:
    """`windows` are (calls, seconds); none of them: no limits. `seconds` tells the time in seconds."""

    windows: Sequence[tuple[int, float]]
    seconds: Callable[[], float] = monotonic
    refused: int = 0
    _came: deque[float] = field(default_factory=deque[float])

    def take(self) -> None:
        """Counts a call. Raises Refused(429) when it is one too many; a refused call does not count."""
        if not self.windows:
            return
        now = self.seconds()
        longest = max(length for _, length in self.windows)
        while self._came and now - self._came[0] > longest:
            self._came.popleft()
        for calls, length in self.windows:
            recent = [at for at in self._came if now - at < length]
            if len(recent) >= calls:
                self.refused += 1
                raise Refused(429, "Too many requests", after=max(1, math.ceil(length - (now - recent[-calls]))))
        self._came.append(now)
