"""What changed, told to whoever looks: the page's live updates and waiting tests.

A change has a revision; a page that was rendered at revision n asks for everything after n, so nothing
falls between rendering and connecting.
"""

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

ChangeKind: TypeAlias = Literal[
    "message", "session", "prompts", "home", "modal", "channel", "delivery", "connection", "outbox", "notice"
]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `user` narrows it to one person's screen; empty means everyone who can see it."""

    rev: int
    kind: ChangeKind
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
    user: str = ""


class Bus:
    """Revision counter, a short memory of recent changes, and one queue per listener."""

    def __init__(self, memory: int = 5000) -> None:
        self.rev = 0
        self._recent: deque[Change] = deque(maxlen=memory)
        self._listeners: set[asyncio.Queue[Change]] = set()

    def publish(self, kind: ChangeKind, *, channel: str = "", ts: str = "", thread_ts: str = "", user: str = "") -> int:
        """Record the change and wake every listener; returns its revision."""
        self.rev += 1
        change = Change(self.rev, kind, channel, ts, thread_ts, user)
        self._recent.append(change)
        for queue in self._listeners:
            queue.put_nowait(change)
        return self.rev

    @contextmanager
    def listen(self, since: int) -> Generator[asyncio.Queue[Change]]:
        """A queue holding every remembered change after `since`, then each new one."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        for change in self._recent:
            if change.rev > since:
                queue.put_nowait(change)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    async def wait(self, since: int, limit: float) -> int:
        """Return the newest revision once it is past `since`, or after `limit` seconds whatever it is."""
        if self.rev > since:
            return self.rev
        with self.listen(self.rev) as queue:
            try:
                await asyncio.wait_for(queue.get(), limit)
            except TimeoutError:
                return self.rev
        return self.rev
