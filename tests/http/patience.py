"""Waiting without time passing: what was to be slept is written down and the seconds jump ahead by it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Patience:
    """`sleep` and `monotonic` for an `Outbound`; `waits` are the pauses in seconds."""

    waits: list[float] = field(default_factory=list[float])
    now: float = 0.0

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now
