"""Which parts of a source are read, in which order, and what happens when one fails."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Final, Literal

import structlog
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.property import Property
from app.domain.clock import Clock, RandomIds
from app.domain.errors import Bug, RetryLater, SophiaError
from app.integrations.base import Connector, Resource
from app.portfolio.sync import place as places
from app.portfolio.sync.context import Part, SyncContext
from app.portfolio.sync.findings import keep_findings
from app.portfolio.sync.reader import LOOPED, PartReader
from app.portfolio.sync.report import OnProgress, ResourceReport, SyncMode, SyncProgress, SyncReport

AT_ONCE: Final = 4  # properties read at the same time
_STRIKES: Final = 3  # parts in a row that an unreachable source may fail before the rest is left for later
_STOPPING: Final = ("vendor_credentials", "vendor_rate_limited", "egress_refused")

_log = structlog.get_logger(__name__)


async def sync_source(
    db: Database,
    workspace_id: str,
    connector: Connector,
    *,
    clock: Clock,
    mode: SyncMode = "auto",
    progress: OnProgress | None = None,
    rest: timedelta = timedelta(0),
    look_again: float = 2.0,
) -> SyncReport:
    """Brings everything the source has into the read model of one workspace, and returns what became of it.

    mode: "auto" goes on where a reading stopped, reads in full what was never read whole, and else what changed
    since; "full" reads everything again and buries what is gone. Resources are read in the connector's order, so that
    questions about units can be answered while ledgers still load. A part that fails never blocks the others.

    Runs of several processes share the work: a part is read by one of them, and none that was begun less than `rest`
    ago (for "full": read whole). A run goes on to the next resource when nobody reads this one any more; while another
    still does, it looks every `look_again` seconds, and takes over what a run that died has left.
    """
    holder = RandomIds().new("sync")
    context = SyncContext(db, workspace_id, connector, clock, mode, holder, rest, look_again)
    return await _Sync(context, progress).run()


class _Sync:
    def __init__(self, context: SyncContext, progress: OnProgress | None) -> None:
        self._context, self._progress = context, progress
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._strikes = 0
        spec = context.connector.spec
        self._report = SyncReport(spec.key, spec.label, context.clock.now(), gathered=context.problems)

    async def run(self) -> SyncReport:
        started = time.perf_counter()
        resources = self._context.connector.spec.resources
        by_property = any(resource.per_property for resource in resources)
        for resource in resources:
            if self._report.stopped_by is None:
                await self._resource(resource)
                await self._keep_shape(resource)
            failed = self._report.failures and self._report.stopped_by is None
            if failed and by_property and not await self._properties():
                self._report.stopped_by = self._report.failures[0][1]  # nothing is known that could be read
        context, now = self._context, self._context.clock.now()
        async with context.writing() as session:
            await keep_findings(session, context.workspace_id, context.source, self._report.problems, now)
        self._report.seconds = time.perf_counter() - started
        _log.info("sync_done", source=self._report.source, rows=self._report.rows, ok=self._report.ok)
        return self._report

    async def _resource(self, resource: Resource) -> None:
        report = ResourceReport(resource.key, resource.label)
        self._report.resources.append(report)
        own_ids = await self._properties() if resource.per_property else [""]
        started, done = time.perf_counter(), 0

        def tell() -> None:
            report.seconds = time.perf_counter() - started
            if self._progress is not None:
                names = (self._report.source, resource.key, resource.label)
                self._progress(SyncProgress(*names, done, len(own_ids), report.rows, report.rate))

        async def read(property_id: str) -> str | None:
            """The property when another run holds it."""
            nonlocal done
            async with self._slots:
                if self._report.stopped_by is None:
                    part = Part(self._context, resource, property_id)
                    if await self._part(part, report, PartReader(part, report, tell)) == "held":
                        return property_id
                    done += 1
            tell()
            return None

        tell()
        while own_ids:
            async with asyncio.TaskGroup() as group:
                reading = [group.create_task(read(property_id)) for property_id in own_ids]
            own_ids = [held for task in reading if (held := task.result()) is not None]
            if own_ids:
                await asyncio.sleep(self._context.look_again)

    async def _keep_shape(self, resource: Resource) -> None:
        context, now = self._context, self._context.clock.now()
        async with context.writing() as session:
            shape = await context.shapes.of(session, resource.key)
            if shape.seen:
                shape.settle(resource.label, context.problems, now)
                await context.shapes.keep(session, resource.key, now)

    async def _part(self, part: Part, report: ResourceReport, reader: PartReader) -> Literal["read"] | places.Left:
        """Reads a part; what goes wrong ends in the report and in the part's state."""
        try:
            outcome = await reader.read()
            self._strikes = 0
            return outcome
        except SophiaError as failed:
            await self._failed(part, report, failed)
        except Exception:  # a connector's slip must not take the other parts with it
            _log.exception("sync_part_broke", part=part.key.row_id)
            await self._failed(part, report, Bug(detail=f"sync of {part.key.row_id} broke"))
        return "read"

    async def _failed(self, part: Part, report: ResourceReport, failed: SophiaError) -> None:
        _log.warning("sync_part_failed", part=part.key.row_id, code=failed.code, detail=str(failed))
        report.failures.append((part.property_id, failed))
        self._strikes += 1
        if failed.code in _STOPPING or (isinstance(failed, RetryLater) and self._strikes >= _STRIKES):
            self._report.stopped_by = self._report.stopped_by or failed
        async with self._context.writing() as session:
            await places.fail(session, part.key, self._context.holder, failed.for_people, restart=failed.code == LOOPED)

    async def _properties(self) -> list[str]:
        """The source's own ids of its living properties."""
        async with self._context.db.reading() as session:
            found = await session.scalars(
                select(Property.id)
                .where(
                    Property.workspace_id == self._context.workspace_id,
                    Property.id.startswith(f"{self._context.source}:", autoescape=True),
                    Property.deleted_at.is_(None),
                )
                .order_by(Property.id)
            )
            return [home.partition(":")[2] for home in found]
