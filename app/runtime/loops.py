"""Work that is done again and again until the process stops. Stopping never cuts a round in the middle: a database
transaction that is cancelled twice keeps its lock on SQLite until its connection is collected."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)


class Loop:
    """Does `work` every so often (seconds), or at once when `wake` is set, but never more often than every `gap`
    seconds. A failed round is logged; the next comes."""

    def __init__(
        self,
        name: str,
        seconds: float,
        work: Callable[[], Awaitable[object]],
        wake: asyncio.Event | None = None,
        gap: float = 0.0,
    ) -> None:
        self._name = name
        self._seconds = seconds
        self._work = work
        self._wake = wake or asyncio.Event()
        self._gap = gap
        self._stopping = False
        self._task = asyncio.create_task(self._go_round(), name=f"loop-{name}")

    async def stop(self, patience: float = 10.0) -> None:
        """Let the round that runs end, for `patience` seconds, and start no other."""
        self._stopping = True
        self._wake.set()
        _, late = await asyncio.wait({self._task}, timeout=patience)
        for task in late:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _go_round(self) -> None:
        while not self._stopping:
            next_round = time.monotonic() + self._gap
            try:
                await self._work()
            except Exception as failure:
                log.warning("loop.round_failed", loop=self._name, error=repr(failure))
                await asyncio.sleep(min(self._seconds, 1.0))
            if self._stopping:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._seconds)
            if not self._stopping:
                await asyncio.sleep(max(0.0, next_round - time.monotonic()))
            self._wake.clear()
