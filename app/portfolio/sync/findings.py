"""What syncs found in a source's data is kept until no sync meets it any more, so that operators see it without having
watched: `sophia sources` and the Home tab of administrators."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.engine import Database
from app.db.models.sync import SyncFinding
from app.db.upsert import insert_for
from app.integrations.base import Problem

KEPT: Final = timedelta(days=3)  # a nightly full reading meets again what is still so


@dataclass(frozen=True)
class Finding:
    """`kind` says what, `record` names the first example, `count` how many there were in the sync of `seen_at`."""

    source: str
    kind: str
    record: str
    count: int
    since: datetime
    seen_at: datetime


async def keep_findings(
    session: AsyncSession, workspace_id: str, source: str, problems: Iterable[Problem], now: datetime
) -> None:
    """Notes what one sync of a source found, and forgets what none has met for long."""
    for problem in sorted(problems, key=lambda one: one.kind):  # in one order, so that two syncs never wait in a circle
        digest = hashlib.sha256(problem.kind.encode()).hexdigest()[:24]
        met = {"record": problem.record[:200], "count": problem.count, "last_seen_at": now}
        new = insert_for(session, SyncFinding).values(
            workspace_id=workspace_id, id=f"{source}:{digest}", kind=problem.kind[:160], first_seen_at=now, **met
        )
        await session.execute(new.on_conflict_do_update(index_elements=["workspace_id", "id"], set_=met))
    old = (SyncFinding.workspace_id == workspace_id, SyncFinding.last_seen_at < now - KEPT)
    await session.execute(delete(SyncFinding).where(*old))


async def findings(db: Database, workspace_id: str, *, most: int = 50) -> list[Finding]:
    """The latest first, of those met in the same sync the most frequent first."""
    async with db.reading() as session:
        rows = await session.scalars(
            select(SyncFinding)
            .where(SyncFinding.workspace_id == workspace_id)
            .order_by(SyncFinding.last_seen_at.desc(), SyncFinding.count.desc(), SyncFinding.id)
            .limit(most)
        )
        return [
            Finding(row.id.partition(":")[0], row.kind, row.record, row.count, row.first_seen_at, row.last_seen_at)
            for row in rows
        ]


async def finding_count(db: Database, workspace_id: str) -> int:
    async with db.reading() as session:
        counted = select(func.count()).select_from(SyncFinding).where(SyncFinding.workspace_id == workspace_id)
        return await session.scalar(counted) or 0
