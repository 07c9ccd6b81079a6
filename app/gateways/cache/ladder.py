"""The ladder: the same call before, the same call right now, a call that means the same; else the model is asked.

Only whole answers of one model are kept, and only those that call nothing but reading tools. Who waits for an answer
that another is getting waits a bounded time, and asks alone when it does not come or may not be shared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from app.gateways.cache.alike import Alike
from app.gateways.cache.keys import Asked, Sharing, key_of
from app.gateways.cache.shelves import Kept, Shelf

log = structlog.get_logger(__name__)

LONGEST_WAIT = 30.0  # seconds for an answer that another caller is getting


@dataclass
class Place:
    """One call's place on the ladder. `found` is the answer, by the step in `step`; `kept` is what the caller got from
    the model and others may have."""

    found: Kept | None = None
    step: str = ""  # "exact", "single-flight", "semantic"
    kept: Kept | None = None


@dataclass
class AnswerCache:
    """The cache of the process. `seconds`: how long an answer holds."""

    shelf: Shelf
    seconds: float
    alike: Alike | None = None
    _under_way: dict[str, asyncio.Future[Kept | None]] = field(default_factory=dict[str, "asyncio.Future[Kept | None]"])

    @asynccontextmanager
    async def place(self, asked: Asked, sharing: Sharing) -> AsyncGenerator[Place]:
        """The call's place. When nothing was found, the caller asks the model and leaves what it got in `kept`."""
        key = key_of(asked, sharing)
        if key is None:
            yield Place()
            return
        place = await self._found(key, asked, sharing)
        if place.found is not None or key in self._under_way:
            yield place
            return
        future = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            yield place
        finally:
            del self._under_way[key]
            future.set_result(_shared(place.kept, sharing))
        if kept := _shared(place.kept, sharing):
            await self.shelf.put(key, kept, self.seconds)
            await self._learn(key, asked, sharing)

    async def aclose(self) -> None:
        await self.shelf.aclose()

    async def _found(self, key: str, asked: Asked, sharing: Sharing) -> Place:
        if kept := await self.shelf.get(key):
            return Place(kept, "exact")
        if (other := self._under_way.get(key)) is not None:
            await asyncio.wait([other], timeout=LONGEST_WAIT)
            return Place(other.result(), "single-flight") if other.done() and other.result() else Place()
        if self.alike is not None:
            try:
                like = await self.alike.key_like(asked, sharing)
            except Exception as broken:  # an embedder's trouble is no reason to fail a call that needs none
                log.warning("question_not_compared", error=type(broken).__name__)
                return Place()
            if like is not None and (kept := await self.shelf.get(like)):
                return Place(kept, "semantic")
        return Place()

    async def _learn(self, key: str, asked: Asked, sharing: Sharing) -> None:
        if self.alike is None:
            return
        try:
            await self.alike.learn(asked, sharing, key)
        except Exception as broken:
            log.warning("question_not_compared", error=type(broken).__name__)


def _shared(kept: Kept | None, sharing: Sharing) -> Kept | None:
    """The answer, when others may have it."""
    if kept is None or kept.finish not in ("stop", "tool_calls"):
        return None
    return kept if all(name in sharing.reads for name, _ in kept.calls) else None
