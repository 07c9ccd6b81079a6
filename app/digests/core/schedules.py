"""Digests that come due go through the same durable intake as everything else: one arrival per slot, however many
processes look. What was missed, because nothing ran or the digest was paused, is not made up for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models.assistant import DigestSchedule
from app.domain.clock import Clock
from app.domain.slots import next_slot
from app.runtime.intake import Arrival
from app.security.audit import AuditEvent, AuditLog

DIGEST = "digest"
LATEST = timedelta(hours=3)
"""A digest of the morning that can't be posted within this time is left out."""
MOST_AT_ONCE = 100
log = structlog.get_logger(__name__)


async def collect_due(db: Database, clock: Clock, accept: Callable[[Arrival], Awaitable[bool]]) -> int:
    """Hands every due digest of all workspaces to the intake and moves its schedule on; returns how many were new."""
    now = clock.now()
    async with db.reading() as session:
        due = list(
            await session.scalars(
                select(DigestSchedule)
                .where(
                    DigestSchedule.next_at <= now,
                    DigestSchedule.paused.is_(False),
                    DigestSchedule.deleted_at.is_(None),
                )
                .order_by(DigestSchedule.next_at)
                .limit(MOST_AT_ONCE)
            )
        )
    handed = 0
    for schedule in due:
        if now - schedule.next_at <= LATEST:
            handed += await accept(_arrival(schedule))
        else:
            log.warning("digest.missed", schedule=schedule.id, slot=schedule.next_at.isoformat())
        await _move_on(db, schedule, now)
    return handed


def _arrival(schedule: DigestSchedule) -> Arrival:
    key = f"{DIGEST}:{schedule.id}:{schedule.next_at:%Y-%m-%dT%H:%M}"
    return Arrival(
        workspace_id=schedule.workspace_id,
        key=key,
        delivery_id=key,
        kind=DIGEST,
        user_id=schedule.created_by,
        payload={"id": schedule.id},
    )


async def _move_on(db: Database, schedule: DigestSchedule, now: datetime) -> None:
    """Once: another process may have done it."""
    clock = time.fromisoformat(schedule.time)
    following = next_slot(now, schedule.frequency, schedule.day_of_week, clock, schedule.timezone)
    async with db.transaction() as session:
        await session.execute(
            update(DigestSchedule)
            .where(
                DigestSchedule.workspace_id == schedule.workspace_id,
                DigestSchedule.id == schedule.id,
                DigestSchedule.next_at == schedule.next_at,
            )
            .values(next_at=following)
        )


async def schedule_of(db: Database, workspace_id: str, schedule_id: str) -> DigestSchedule | None:
    """The schedule while it is in force."""
    async with db.reading() as session:
        found = await session.get(DigestSchedule, (workspace_id, schedule_id))
    return None if found is None or found.paused or found.deleted_at is not None else found


async def stop(db: Database, audit: AuditLog, schedule: DigestSchedule, *, by: str) -> bool:
    """True when it was this call that stopped it; recorded in the audit chain."""
    async with db.transaction() as session:
        done = await session.execute(
            update(DigestSchedule)
            .where(
                DigestSchedule.workspace_id == schedule.workspace_id,
                DigestSchedule.id == schedule.id,
                DigestSchedule.paused.is_(False),
            )
            .values(paused=True)
            .returning(DigestSchedule.id)
        )
        stopped = done.first() is not None
        if stopped:
            detail = {"topic": schedule.topic, "channel": schedule.channel}
            await audit.append_in(session, AuditEvent(schedule.workspace_id, by, "digest.stopped", schedule.id, detail))
    return stopped
