"""What is due after every sync: amounts that the calendar alone changes, and the database's statistics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.db.engine import Database
from app.db.statistics import refresh_statistics
from app.portfolio.balances import refresh_past_due
from app.portfolio.sync.report import SyncReport

LARGE_LOAD = 10_000
"""Rows after which the statistics are worth renewing: without them SQLite picks plans that take seconds."""


async def after_sync(db: Database, workspace_id: str, reports: Iterable[SyncReport], today: date) -> None:
    """Call it once after the sources of a workspace were synced. `today` is the company's day."""
    async with db.transaction() as session:
        await refresh_past_due(session, workspace_id, today)
    if sum(resource.rows for report in reports for resource in report.resources) > LARGE_LOAD:
        await refresh_statistics(db)
