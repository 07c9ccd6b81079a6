"""Sends events, interactions and commands to the app, retries what Slack retries, and keeps the log.

An event that is not acknowledged in three seconds is sent again: at once, after a minute, after five
(times configurable). Interactions and commands are tried once; the person sees that they failed.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from app.sandbox.slack.delivery.parcel import Entry, Parcel, Reply, Transport

LOG_LENGTH = 500


class Courier:
    """The one way to the app, whichever transport is configured."""

    def __init__(
        self,
        transport: Transport,
        *,
        via: str,
        now: Callable[[], float],
        retry_delays: tuple[float, ...],
        on_change: Callable[[], object],
    ) -> None:
        self.transport = transport
        self.via = via
        self._now, self._delays, self._on_change = now, retry_delays, on_change
        self.log: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        return self.transport.connected

    def post_event(self, name: str, payload: dict[str, Any]) -> None:
        """Send an event in the background, with retries."""
        entry = self._enter(Parcel("events_api", name, payload))
        task = asyncio.get_running_loop().create_task(self._deliver(entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask(self, parcel: Parcel) -> Reply:
        """Send an interaction or a command once and return the app's answer."""
        entry = self._enter(parcel)
        return await self._attempt(entry, parcel, last=True)

    async def close(self) -> None:
        """Give up whatever is still waiting for a retry."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _enter(self, parcel: Parcel) -> Entry:
        self._count += 1
        entry = Entry(self._count, self._now(), parcel.kind, parcel.name, parcel.payload, via=self.via)
        self.log.append(entry)
        self._on_change()
        return entry

    async def _deliver(self, entry: Entry) -> None:
        reason = ""
        for attempt in range(len(self._delays) + 1):
            if attempt:
                await asyncio.sleep(self._delays[attempt - 1])
            last = attempt == len(self._delays)
            parcel = Parcel("events_api", entry.name, entry.payload, attempt, reason)
            reply = await self._attempt(entry, parcel, last=last)
            if reply.delivered:
                return
            if reply.no_retry:
                entry.state = "failed"
                self._on_change()
                return
            reason = reply.reason

    async def _attempt(self, entry: Entry, parcel: Parcel, *, last: bool) -> Reply:
        started = time.perf_counter()
        reply = await self.transport.send(parcel)
        entry.attempts += 1
        entry.milliseconds = round((time.perf_counter() - started) * 1000)
        if not reply.delivered:
            entry.reason = f"{reply.reason} {reply.status}" if reply.status else reply.reason
        entry.state = "delivered" if reply.delivered else ("failed" if last else "retrying")
        self._on_change()
        return reply
