"""Reads one part (a resource of a property) to its end. Each page and the place after it are stored together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.bulk import upsert
from app.db.models.property import Unit
from app.domain.errors import RetryLater
from app.integrations.base import Page, Problems, Reading
from app.integrations.paging import GoesInCircles, Trail
from app.portfolio.identity import shadowed
from app.portfolio.sync import place as places
from app.portfolio.sync.context import Part
from app.portfolio.sync.derive import Derived, follow_page
from app.portfolio.sync.place import Place
from app.portfolio.sync.reconcile import are_missing, bury, bury_missing, retire_properties
from app.portfolio.sync.report import ResourceReport
from app.portfolio.sync.totals import StatedTotals

LOOPED: Final = "sync_cursor_loop"


class PartReader:
    """Reads one part. `tell` is called after every page."""

    def __init__(self, part: Part, report: ResourceReport, tell: Callable[[], None]) -> None:
        self._part, self._report, self._tell = part, report, tell
        self._context = part.context
        self._derived = Derived(part)
        self._problems = Problems()

    async def read(self) -> Literal["read"] | places.Left:
        """Goes on where the last reading stopped, unless the part is another run's. Raises SophiaErrors; what was
        stored before stays stored."""
        context, resource = self._context, self._part.resource
        claim = places.Claim(context.holder, context.mode, context.rest, context.clock.now())
        async with context.writing() as session:
            place = await places.begin(
                session, self._part.key, claim, incremental=resource.incremental, overlap=resource.overlap
            )
        if not isinstance(place, Place):
            return place
        try:
            await self._pages(place)
        except places.TakenOver:
            return "held"
        finally:
            for problem in self._problems.all():
                context.problems.add(problem.kind, problem.record, problem.count)
        return "read"

    async def _pages(self, place: Place) -> None:
        context, resource = self._context, self._part.resource
        unit_ids, hidden = await self._unit_ids(), await self._hidden()
        stated = StatedTotals(self._part, whole=place.mode == "full" and not place.cursor)
        trail = Trail(place.cursor)
        while True:
            asked_at = context.clock.now()
            page = await context.connector.read(
                Reading(
                    resource=resource.key,
                    horizon=context.horizon,
                    property_id=self._part.property_id,
                    since=place.since,
                    cursor=place.cursor,
                    unit_ids=unit_ids,
                )
            )
            if page.cursor:
                try:
                    trail.on(page.cursor)
                except GoesInCircles:
                    raise self._looped(page.cursor) from None
            stated.take(dict(page.owed))
            after = await self._store(without(hidden, page), place.at(page.cursor), asked_at, stated)
            self._tell()
            if after is None:
                return
            if after.second and not place.second:
                trail, self._problems = Trail(after.cursor), Problems()
            place = after

    async def _store(self, page: Page, place: Place, asked_at: datetime, stated: StatedTotals) -> Place | None:
        """Stores a page and the place after it in one transaction; after the last page, what follows from it. Returns
        where to go on, None when the reading is whole."""
        context, part, stored = self._context, self._part, 0
        async with context.writing() as session:
            for batch in page.batches:
                rows = [{**row, "as_of": asked_at} for row in batch.rows]
                stored += await upsert(session, batch.model, context.workspace_id, rows)
            for model, gone in page.gone:
                await bury(session, model, context.workspace_id, [gone], asked_at)
            if place.mode == "incremental":
                await follow_page(session, context.workspace_id, page, context.clock)
            whole = not page.cursor
            if whole and await self._must_look_again(session, place):
                place, whole = replace(place, second=True), False
            await places.advance(session, part.key, context.holder, place, rows=stored, now=context.clock.now())
            if whole:
                await self._complete(session, place, stated)
            if page.sample:
                shape = await context.shapes.of(session, part.resource.key)
                shape.learn(page.sample, part.resource.label, context.problems, asked_at)
        for problem in page.problems:
            self._problems.add(problem.kind, problem.record, problem.count)
        self._report.rows += stored
        self._report.pages += 1
        return None if whole else place

    async def _must_look_again(self, session: AsyncSession, place: Place) -> bool:
        """Whether rows did not come that may only have moved while counted pages were read. Such a reading is made
        twice: a wrong tombstone would take a charge out of a balance until the next night."""
        if place.mode != "full" or place.second or not (self._part.resource.counted and self._part.resource.reconciled):
            return False
        return await are_missing(session, self._part, place.started)

    async def _complete(self, session: AsyncSession, place: Place, stated: StatedTotals) -> None:
        context, resource = self._context, self._part.resource
        if place.mode == "full":
            if resource.reconciled:
                buried = await bury_missing(session, self._part, place.started)
                self._report.removed += buried  # not in one statement: other parts count while this one waits
            if not resource.per_property:
                await retire_properties(session, context)
            await self._derived.after_reading(session)
            await stated.compare(session)
        await places.finish(session, self._part.key, place)

    async def _hidden(self) -> frozenset[str]:
        """Properties that another system's stands for: a reading of the whole account brings their rows too."""
        if self._part.home:
            return frozenset()
        async with self._context.db.reading() as session:
            return frozenset(await shadowed(session, self._context.workspace_id, self._context.source))

    async def _unit_ids(self) -> Mapping[str, str]:
        """Units of the property by number and by `building|number`; a number that two buildings share leads nowhere
        by itself."""
        if not self._part.home or Unit in self._part.resource.models:
            return {}
        async with self._context.db.reading() as session:
            units = await session.execute(
                select(Unit.number, Unit.building, Unit.id).where(
                    Unit.workspace_id == self._context.workspace_id, Unit.property_id == self._part.home
                )
            )
            found: dict[str, str] = {}
            doubled: set[str] = set()
            for number, building, unit_id in units:
                found[f"{building}|{number}"] = unit_id
                if number in found:
                    doubled.add(number)
                found[number] = unit_id
        return {name: unit_id for name, unit_id in found.items() if name not in doubled}

    def _looped(self, cursor: str) -> RetryLater:
        label = self._context.connector.spec.label
        return RetryLater(
            f"{label}'s pages of {self._part.resource.label} go in circles.",
            next_step="I'll begin again at the next sync.",
            code=LOOPED,
            detail=f"{self._part.key.row_id}: cursor {cursor[:60]} came twice",
        )


def without(hidden: Collection[str], page: Page) -> Page:
    """The page without the rows of these properties."""
    if not hidden:
        return page
    batches = (
        replace(batch, rows=[row for row in batch.rows if row.get("property_id") not in hidden])
        for batch in page.batches
    )
    return replace(page, batches=tuple(batches))
