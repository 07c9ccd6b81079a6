"""What is due after every sync: amounts that the calendar alone changes, whose calls they were, what is one thing in
several systems, and the database's statistics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.sync import SyncState
from app.db.statistics import refresh_statistics
from app.domain.clock import Clock, local_date
from app.portfolio.balances import refresh_past_due
from app.portfolio.identity import recognise
from app.portfolio.sources import SOPHIA
from app.portfolio.sync.findings import keep_findings
from app.portfolio.sync.participants import match_participants
from app.portfolio.sync.report import SyncReport

OWN_SOURCES = (SOPHIA, "import")
LARGE_LOAD = 10_000
"""Rows after which the statistics are worth renewing: without them SQLite picks plans that take seconds."""


async def after_sync(
    db: Database, workspace_id: str, reports: Sequence[SyncReport], clock: Clock, timezone: str
) -> None:
    """Call it once after the sources of a workspace were synced. `timezone` is the company's. Calls that it can't match
    are added to the reports' problems."""
    async with db.transaction() as session:
        await refresh_past_due(session, workspace_id, local_date(clock, timezone))
    rows = sum(report.rows for report in reports)
    if rows > LARGE_LOAD:
        await refresh_statistics(db)
    if rows:
        await _recognise(db, workspace_id, clock.now())
    await _match_calls(db, workspace_id, reports)


async def _match_calls(db: Database, workspace_id: str, reports: Sequence[SyncReport]) -> None:
    """After people were recognised: who is one person decides whose call it was."""
    async with db.transaction() as session:
        unmatched = await match_participants(session, workspace_id)
        for report in (one for one in reports if one.ok and one.source in unmatched):
            problems = unmatched[report.source].all()
            await keep_findings(session, workspace_id, report.source, problems, report.started_at)
            for problem in problems:
                report.gathered.add(problem.kind, problem.record, problem.count)


async def _recognise(db: Database, workspace_id: str, now: datetime) -> None:
    """Over all systems that were ever read. One of them stands for what Sophia keeps herself or what was imported."""
    async with db.transaction() as session:
        parts = await session.scalars(select(SyncState.id).where(SyncState.workspace_id == workspace_id))
        sources = [*sorted({part.partition(":")[0] for part in parts} - set(OWN_SOURCES)), *OWN_SOURCES]
        doubtful = await recognise(session, workspace_id, sources, now)
        await keep_findings(session, workspace_id, SOPHIA, doubtful, now)
