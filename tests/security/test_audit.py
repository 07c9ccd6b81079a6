"""The audit chain: an edit, a missing row, a forged row and a cut tail are each found at their place."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from app.db.engine import Database
from app.db.models.security import AuditEntry, AuditHead
from app.domain.clock import FixedClock
from app.security.anchors import AnchorFile
from app.security.audit import AuditEvent, AuditLog
from app.security.keys import KeyRing
from app.security.redaction import Redactor

CLOCK = FixedClock(datetime(2026, 3, 18, 15, 30, 0, 123456, tzinfo=UTC))
KEYS = KeyRing(b"a secret for tests only")


def log_of(db: Database, keys: KeyRing = KEYS) -> AuditLog:
    return AuditLog(db, keys.signer("audit"), CLOCK, Redactor(["hunter2-hunter2"]).value)


def event(number: int, workspace: str = "T1") -> AuditEvent:
    return AuditEvent(workspace, "U1", "tool.read", f"tool {number}", {"number": number})


async def chain(db: Database, length: int = 5) -> AuditLog:
    log = log_of(db)
    for number in range(1, length + 1):
        await log.append(event(number))
    return log


async def test_a_chain_nobody_touched_is_whole(db: Database) -> None:
    log = await chain(db)
    found = await log.verify("T1")
    assert (found.whole, found.entries) == (True, 5)
    assert (await log.verify("T-EMPTY")).whole


@pytest.mark.parametrize(
    "change",
    [
        {"detail": '{"number":99}'},
        {"actor": "U2"},
        {"action": "tool.write"},
        {"subject": "other"},
        {"at": datetime(2026, 3, 18, tzinfo=UTC)},
        {"digest": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_an_edited_entry_is_found(db: Database, change: dict[str, object]) -> None:
    log = await chain(db)
    async with db.transaction() as session:
        await session.execute(update(AuditEntry).where(AuditEntry.number == 3).values(**change))
    found = await log.verify("T1")
    assert (found.number, found.problem) == (3, "entry 3 was changed")


async def test_a_removed_entry_is_found(db: Database) -> None:
    log = await chain(db)
    async with db.transaction() as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.number == 2))
    assert (await log.verify("T1")).problem == "entry 2 was removed"


async def test_two_swapped_entries_are_found(db: Database) -> None:
    log = await chain(db)
    async with db.transaction() as session:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            await session.execute(update(AuditEntry).where(AuditEntry.number == old).values(number=new))
    assert (await log.verify("T1")).number == 2


async def test_an_entry_forged_without_the_key_is_found(db: Database) -> None:
    log = await chain(db)
    stranger = log_of(db, KeyRing(b"some other secret"))
    await stranger.append(event(6))
    assert (await log.verify("T1")).problem == "entry 6 was changed"


async def test_a_tail_cut_without_the_head_is_found(db: Database) -> None:
    log = await chain(db)
    async with db.transaction() as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.number > 3))
    assert (await log.verify("T1")).problem == "entries 4 to 5 were cut off the end"


async def test_a_tail_cut_together_with_the_head_is_found_by_the_anchor(db: Database, tmp_path: Path) -> None:
    log = await chain(db)
    anchors = AnchorFile(tmp_path / "anchors" / "heads.jsonl", CLOCK)
    assert await anchors.anchor(log) == 1
    assert await anchors.anchor(log) == 0, "nothing grew since"
    await _cut_after(db, 3)
    assert (await log.verify("T1")).whole, "inside the database nothing shows it"
    found = await log.verify("T1", await anchors.of("T1"))
    assert (found.number, found.problem) == (4, "entries 4 to 5 were cut off the end")


async def test_a_tail_cut_and_grown_again_is_found_by_the_anchor(db: Database, tmp_path: Path) -> None:
    log = await chain(db)
    anchors = AnchorFile(tmp_path / "heads.jsonl", CLOCK)
    await anchors.anchor(log)
    await _cut_after(db, 3)
    for number in (40, 50, 60):
        await log.append(event(number))
    assert (await log.verify("T1", await anchors.of("T1"))).problem == "entry 5 is not the anchored one"


async def test_a_whole_chain_that_vanished_is_found_by_the_anchor(db: Database, tmp_path: Path) -> None:
    log = await chain(db)
    anchors = AnchorFile(tmp_path / "heads.jsonl", CLOCK)
    await anchors.anchor(log)
    async with db.transaction() as session:
        await session.execute(delete(AuditEntry))
        await session.execute(delete(AuditHead))
    assert not (await log.verify("T1", await anchors.of("T1"))).whole


async def test_many_writers_at_once_make_one_chain(db: Database) -> None:
    """Two processes' logs, each with entries of its own transactions and with group commits."""
    logs = [log_of(db), log_of(db)]

    async def in_a_transaction(log: AuditLog, number: int) -> None:
        async with db.transaction() as session:
            await log.append_in(session, event(number), event(number + 1000))

    await asyncio.gather(
        *(log.append(event(number, "T2" if number % 5 == 0 else "T1")) for log in logs for number in range(40)),
        *(in_a_transaction(log, 100 + number) for log in logs for number in range(5)),
    )
    found = await logs[0].verify("T1")
    assert (found.whole, found.entries) == (True, 64 + 20)
    assert (await logs[0].verify("T2")).entries == 16


async def test_what_is_rolled_back_leaves_no_gap(db: Database) -> None:
    log = await chain(db, 2)
    with pytest.raises(RuntimeError):
        async with db.transaction() as session:
            await log.append_in(session, event(3))
            raise RuntimeError
    await log.append(event(4))
    found = await log.verify("T1")
    assert (found.whole, found.entries) == (True, 3)


async def test_a_rotated_key_still_verifies_what_the_old_one_signed(db: Database) -> None:
    await chain(db, 2)
    rotated = log_of(db, KeyRing(b"the newest secret key", (KEYS.secret,)))
    await rotated.append(event(3))
    assert (await rotated.verify("T1")).whole
    assert not (await log_of(db, KeyRing(b"the newest secret key")).verify("T1")).whole


async def test_secrets_are_redacted_before_they_are_stored(db: Database) -> None:
    log = log_of(db)
    await log.append(AuditEvent("T1", "U1", "x", "hunter2-hunter2", {"a": ["hunter2-hunter2"], "api_key": "plain"}))
    async with db.reading() as session:
        entry = (await session.scalars(select(AuditEntry))).one()
    assert "hunter2" not in entry.detail + entry.subject
    assert "plain" not in entry.detail


async def _cut_after(db: Database, number: int) -> None:
    """What somebody with the database but without the key can do: drop the tail and set the head back."""
    async with db.transaction() as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.number > number))
        digest = await session.scalar(select(AuditEntry.digest).where(AuditEntry.number == number))
        await session.execute(update(AuditHead).values(number=number, digest=digest))
