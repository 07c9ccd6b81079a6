"""The walk along a service's list, page by page; there is no other. It notices circles, empty pages without end and a
next page that can't be read, begins a list again whose place the service forgot, and can be taken up at any page by
another process. How a page names the next one is the connector's to declare (app/integrations/pagers).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

import orjson
import structlog

from app.domain.errors import SophiaError
from app.http.failures import Failures
from app.integrations.pagers import Came, Pager, Unreadable

MOST_PAGES: Final = 20_000
"""Pages of one list after which it is said to have no end."""
_MOST_EMPTY: Final = 50  # pages in a row that bring nothing and name a next one
_MOST_RESTARTS: Final = 3

_log = structlog.get_logger(__name__)


class PlaceForgotten(Exception):
    """The service no longer knows the place it named itself (cursors and links live for a while). Raised by whoever
    asks for a page; the list is begun again."""


class GoesInCircles(Exception):
    """The pages have no end."""


@dataclass(frozen=True)
class Mark:
    """Where a reading stands, as the cursor of a `Page`. `part` is the connector's own (a window of days, a kind of
    list), `place` the page in it. `restarts` and `empty` count what must not go on for ever, `seen` tells the last
    page of a blind pager from the next."""

    part: str = ""
    place: str = ""
    restarts: int = 0
    empty: int = 0
    seen: str = ""

    @classmethod
    def of(cls, cursor: str, first: str = "") -> Mark:
        """The mark in a cursor; the beginning of the part `first` for an empty one, or one that no mark is in."""
        try:
            part, place, restarts, empty, seen = orjson.loads(cursor)
        except (ValueError, TypeError):
            return cls(first)
        return cls(part, place, restarts, empty, seen)

    @property
    def cursor(self) -> str:
        """For `Page.cursor`: never empty."""
        return orjson.dumps([self.part, self.place, self.restarts, self.empty, self.seen]).decode()

    def then(self, part: str | None) -> str:
        """The cursor at the beginning of the next part; "" when there is none."""
        return "" if part is None else Mark(part).cursor


@dataclass(frozen=True)
class Step:
    """One page of a walk. `mark` is the page's own, `after` the next one's (None after the last page). `again`: the
    list was begun again, so what came before comes once more."""

    records: list[Any]
    answer: Any
    mark: Mark
    after: Mark | None
    again: bool = False

    def cursor(self, next_part: str | None = None) -> str:
        """For `Page.cursor`: the next page, else the beginning of the next part, else ""."""
        return self.after.cursor if self.after is not None else self.mark.then(next_part)


class Trail:
    """The places that one walk was at."""

    def __init__(self, start: str, most: int = MOST_PAGES) -> None:
        self._seen, self._most = {start}, most

    def on(self, place: str) -> None:
        """Notes the next place. Raises GoesInCircles for one that was there already, and after too many."""
        if place in self._seen or len(self._seen) >= self._most:
            raise GoesInCircles
        self._seen.add(place)


@dataclass(frozen=True)
class Listing:
    """One list of a service. `ask` fetches the page at a place ("" for the first one); it raises SophiaErrors and
    PlaceForgotten. `operation` names the list in errors and logs."""

    operation: str
    pager: Pager
    ask: Callable[[str], Awaitable[Came]]
    failures: Failures

    async def step(self, mark: Mark) -> Step:
        """The page at a mark. Raises what `ask` raises, and RetryLater for pages that can't be gone along."""
        try:
            return self._step(mark, await self.ask(mark.place))
        except PlaceForgotten:
            mark = self._again(mark)
        try:
            return replace(self._step(mark, await self.ask("")), again=True)
        except PlaceForgotten:
            raise self._wrong("the first page is forgotten") from None

    async def walk(self, most: int = MOST_PAGES) -> AsyncGenerator[Step]:
        """The pages from the first one on. Raises what `step` raises."""
        mark, trail = Mark(), Trail("", most)
        while True:
            step = await self.step(mark)
            if step.again:
                trail = Trail("", most)
            if step.after is not None:
                try:
                    trail.on(step.after.place)
                except GoesInCircles:
                    raise self._wrong("pages go in circles") from None
            yield step
            if step.after is None:
                return
            mark = step.after

    async def whole(self) -> list[Any]:
        """The records of all pages. Raises what `step` raises: a part never passes for the whole."""
        records: list[Any] = []
        async for step in self.walk():
            if step.again:
                records.clear()
            records += step.records
        return records

    def _step(self, mark: Mark, came: Came) -> Step:
        try:
            place = self.pager.following(came, mark.place)
        except Unreadable as wrong:
            raise self._wrong(str(wrong)) from None
        seen = _print(came.records) if self.pager.blind else ""
        if seen and seen == mark.seen:
            raise self._wrong("the same page came twice")
        if not place:
            return Step(came.records, came.answer, mark, None)
        first = self.pager.first
        if place == mark.place or (first is not None and int(place) <= int(mark.place or first)):
            raise self._wrong("pages go in circles")
        empty = 0 if came.records else mark.empty + 1
        if empty > _MOST_EMPTY:
            raise self._wrong("empty pages without end")
        return Step(came.records, came.answer, mark, Mark(mark.part, place, mark.restarts, empty, seen))

    def _again(self, mark: Mark) -> Mark:
        if mark.restarts >= _MOST_RESTARTS:
            raise self._wrong("its places are forgotten again and again") from None
        _log.warning("list_begun_again", service=self.failures.label, operation=self.operation)
        return Mark(mark.part, restarts=mark.restarts + 1)

    def _wrong(self, why: str) -> SophiaError:
        _log.warning("list_broken", service=self.failures.label, operation=self.operation, why=why)
        return self.failures.nonsense(self.operation, why)


def _print(records: list[Any]) -> str:
    """What tells a page from another; "" for an empty one."""
    return blake2b(orjson.dumps(records), digest_size=8).hexdigest() if records else ""
