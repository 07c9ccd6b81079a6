"""Health of one process: is its event loop alive, and is it ready to take work.

Liveness looks at nothing outside the process, so that a database outage does not get healthy processes killed.
Not for: whether integrations work (app/integrations/health.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from app.telemetry.metrics import LOOP_LAG_SECONDS

Check = Callable[[], Awaitable[str]]
"""Returns an empty string when all is well, else what is wrong in a few words. May raise."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Report:
    """`problems` by check; empty means healthy."""

    problems: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return not self.problems


class Readiness:
    """Runs its checks together, each with a time limit in seconds."""

    def __init__(self, checks: Mapping[str, Check], *, each_within: float = 3.0) -> None:
        self._checks = dict(checks)
        self._each_within = each_within

    async def report(self) -> Report:
        found = await asyncio.gather(*(self._one(name, check) for name, check in self._checks.items()))
        return Report({name: problem for name, problem in zip(self._checks, found, strict=True) if problem})

    async def _one(self, name: str, check: Check) -> str:
        try:
            async with asyncio.timeout(self._each_within):
                return await check()
        except TimeoutError:
            return f"no answer within {self._each_within:g} s"
        except Exception as failure:
            _log.warning("health_check_failed", check=name, exc_info=failure)
            return "failed"


class LoopLag:
    """Measures how late the event loop runs: a loop that is seconds late answers nobody in time."""

    def __init__(self, *, every: float = 0.5, alive_below: float = 5.0) -> None:
        self._every = every
        self._alive_below = alive_below
        self._expected: float | None = None
        self._last = 0.0

    async def watch(self) -> None:
        """Runs until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._expected = loop.time() + self._every
            await asyncio.sleep(self._every)
            self._last = max(0.0, loop.time() - self._expected)
            LOOP_LAG_SECONDS.set(self._last)

    @property
    def seconds(self) -> float:
        """How late the loop is, also when the watcher's next turn is overdue right now."""
        if self._expected is None:
            return 0.0
        return max(self._last, asyncio.get_running_loop().time() - self._expected)

    @property
    def alive(self) -> bool:
        return self.seconds < self._alive_below
