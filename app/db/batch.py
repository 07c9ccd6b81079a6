"""Group commit: what arrives while a write is running goes into the next write together.

For small frequent writes (audit entries, counters), where one transaction each would be the bottleneck. Not for work
that must be in its caller's own transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batch(Generic[Item, Result]):
    """`write` stores many items in one transaction and returns one result for each, in order."""

    def __init__(
        self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, most_at_once: int = 500
    ) -> None:
        self._write = write
        self._most_at_once = most_at_once
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        """Returns when the item is committed. Raises what the write of its group raised. A caller who is cancelled does
        not take the item back."""
        return await self.put(item)

    def put(self, item: Item) -> asyncio.Future[Result]:
        """`add` without waiting: what it will return, for a caller who must know whatever happens to himself."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._drain())
        return future

    async def _drain(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most_at_once], self._waiting[self._most_at_once :]
            try:
                results = await self._write([item for item, _ in group])
            except Exception as failure:  # handed to every caller of the group
                for _, future in group:
                    if not future.done():
                        future.set_exception(failure)
                continue
            for (_, future), result in zip(group, results, strict=True):
                if not future.done():
                    future.set_result(result)
