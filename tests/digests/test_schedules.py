"""Each slot of a digest is handed over once, however many processes look; what was missed is not made up for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.assistant import DigestSchedule
from app.db.models.security import AuditEntry
from app.digests.core.schedules import collect_due, schedule_of, stop
from app.runtime.intake import Arrival
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from tests.tools.gatehouse import MovableClock

EIGHT = datetime(2026, 3, 7, 14, 0, tzinfo=UTC)  # 8 AM in Chicago, the day before the clocks go forward


class Intake:
    """Keeps what it was handed; a key that it knows is a repeat."""

    def __init__(self) -> None:
        self.got: dict[str, Arrival] = {}

    async def accept(self, arrival: Arrival) -> bool:
        new = arrival.key not in self.got
        self.got.setdefault(arrival.key, arrival)
        return new


async def keep(db: Database) -> None:
    async with db.transaction() as session:
        session.add(
            DigestSchedule(
                workspace_id="T1",
                id="sophia:d1",
                as_of=EIGHT,
                topic="leasing",
                frequency="daily",
                channel="#ops",
                time="08:00",
                timezone="America/Chicago",
                created_by="U1",
                next_at=EIGHT,
            )
        )


async def next_at(db: Database) -> datetime:
    async with db.reading() as session:
        return (await session.scalars(select(DigestSchedule.next_at))).one()


async def test_a_slot_is_handed_over_once_and_the_next_one_follows_the_local_clock(db: Database) -> None:
    intake = Intake()
    await keep(db)
    clock = MovableClock(EIGHT)
    assert await collect_due(db, clock, intake.accept) == 1
    assert await collect_due(db, clock, intake.accept) == 0
    assert await next_at(db) == datetime(2026, 3, 8, 13, 0, tzinfo=UTC)
    clock.at = datetime(2026, 3, 8, 13, 0, tzinfo=UTC)
    assert await collect_due(db, clock, intake.accept) == 1
    assert [(one.workspace_id, one.user_id, one.payload) for one in intake.got.values()] == [
        ("T1", "U1", {"id": "sophia:d1"})
    ] * 2


async def test_a_slot_whose_process_died_before_it_moved_on_is_not_doubled(sqlite_db: Database) -> None:
    intake = Intake()
    await keep(sqlite_db)

    async def die(arrival: Arrival) -> bool:
        await intake.accept(arrival)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await collect_due(sqlite_db, MovableClock(EIGHT), die)
    assert await collect_due(sqlite_db, MovableClock(EIGHT), intake.accept) == 0
    assert len(intake.got) == 1


async def test_what_was_missed_is_left_out(sqlite_db: Database) -> None:
    intake = Intake()
    await keep(sqlite_db)
    clock = MovableClock(EIGHT)
    clock.pass_by(days=3, hours=4)
    assert await collect_due(sqlite_db, clock, intake.accept) == 0
    assert not intake.got
    assert await next_at(sqlite_db) == datetime(2026, 3, 11, 13, 0, tzinfo=UTC)


async def test_a_stopped_digest_is_not_due_and_who_stopped_it_is_on_record(sqlite_db: Database) -> None:
    intake = Intake()
    await keep(sqlite_db)
    clock = MovableClock(EIGHT)
    audit = AuditLog(sqlite_db, KeyRing(b"k" * 32).signer("audit"), clock, lambda value: value)
    schedule = await schedule_of(sqlite_db, "T1", "sophia:d1")
    assert schedule is not None
    assert await stop(sqlite_db, audit, schedule, by="U2")
    assert not await stop(sqlite_db, audit, schedule, by="U3")
    assert await schedule_of(sqlite_db, "T1", "sophia:d1") is None
    assert await collect_due(sqlite_db, clock, intake.accept) == 0
    async with sqlite_db.reading() as session:
        (kept,) = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "digest.stopped"))).all()
    assert (kept.actor, kept.subject) == ("U2", "sophia:d1")


async def test_another_workspaces_schedule_is_not_found(sqlite_db: Database) -> None:
    await keep(sqlite_db)
    assert await schedule_of(sqlite_db, "T2", "sophia:d1") is None
