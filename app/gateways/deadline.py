"""How long something may be waited for, over many waits: one timer for a whole stream, which costs a third of
`asyncio.timeout` around each of its pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Deadline:
    """Seconds for what is waited for next; only waiting uses them up."""

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + seconds
        self._left_off = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Task[object] | None = None
        self._passed = False

    def again(self, seconds: float) -> None:
        """Something came: so long for the next."""
        self._due = self._loop.time() + seconds

    async def wait(self, for_: Awaitable[T]) -> T:
        """What it gives. Raises TimeoutError when the deadline passes before."""
        self._due += self._loop.time() - self._left_off
        task = self._waiter = asyncio.current_task()
        assert task is not None
        cancelled = task.cancelling()
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._look)
        try:
            found = await for_
        except BaseException as error:
            if self._passed and task.uncancel() <= cancelled:
                raise TimeoutError from error
            raise
        finally:
            self._waiter = None
            self._left_off = self._loop.time()
        if self._passed:  # what was waited for took the cancelling for itself
            task.uncancel()
            raise TimeoutError
        return found

    async def __aenter__(self) -> Deadline:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        """The timer is only set anew when it rings: a deadline is put off with every piece."""
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
        else:
            self._passed = True
            self._waiter.cancel()
