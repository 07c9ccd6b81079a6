"""Several processes that sync at the same time share the work: each part is read by one of them, a part whose reader
died is taken over, and a reader that was taken for dead stores nothing more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from app.db.engine import Database
from app.db.models.leasing import LedgerEntry
from app.db.models.sync import SyncState
from app.integrations.base import Page, Problem, Reading
from app.portfolio.sync import SyncReport
from app.portfolio.sync import sync_source as sync
from app.portfolio.sync.findings import findings, keep_findings
from tests.portfolio.sync.fake import FakeSource, a_property, a_unit, an_entry

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
REST = timedelta(minutes=8)


class Hands:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Slow(FakeSource):
    """Each page takes a moment, so that replicas meet."""

    async def read(self, reading: Reading) -> Page:
        await asyncio.sleep(0.01)
        return await super().read(reading)


def a_source(houses: int = 6) -> Slow:
    homes = [str(number) for number in range(1, houses + 1)]
    return Slow(
        properties=[a_property(home) for home in homes],
        units=[a_unit(f"{home}0{n}", home) for home in homes for n in range(3)],
        ledger=[an_entry(f"{home}00{n}", home, home, 100) for home in homes for n in range(5)],
    )


async def replica(db: Database, source: FakeSource, clock: Hands, rest: timedelta = REST) -> SyncReport:
    return await sync(db, "W1", source, clock=clock, rest=rest, look_again=0.02)


async def test_two_replicas_read_every_part_once_between_them(db: Database) -> None:
    source, clock = a_source(), Hands()
    reports = await asyncio.gather(*(replica(db, source, clock) for _ in range(3)))
    assert all(report.ok for report in reports)
    firsts = [(one.resource, one.property_id) for one in source.readings if not one.cursor]
    assert len(firsts) == len(set(firsts)) == 1 + 6 + 6
    assert sum(report.rows for report in reports) == 6 + 18 + 30
    ledger_began = next(n for n, one in enumerate(source.readings) if one.resource == "ledger")
    assert all(one.resource == "ledger" for one in source.readings[ledger_began:])


async def test_what_another_replica_has_just_read_is_left_until_it_has_rested(db: Database) -> None:
    source, clock = a_source(), Hands()
    await replica(db, source, clock)
    source.readings.clear()
    clock.at += timedelta(minutes=2)
    second = await replica(db, source, clock)
    assert (second.ok, second.rows, source.readings) == (True, 0, [])
    clock.at += timedelta(minutes=7)
    assert (await replica(db, source, clock)).ok
    assert len(source.readings) > 0


async def test_somebody_who_asks_by_hand_reads_at_once(db: Database) -> None:
    source, clock = a_source(2), Hands()
    await replica(db, source, clock)
    source.readings.clear()
    assert (await replica(db, source, clock, rest=timedelta(0))).ok
    assert {one.resource for one in source.readings} == {"properties", "units", "ledger"}


async def test_a_full_reading_counts_its_rest_from_the_last_full_one(db: Database) -> None:
    source, clock = a_source(2), Hands()
    await replica(db, source, clock)
    clock.at += timedelta(hours=20)
    await replica(db, source, clock)  # only what changed of the ledgers
    source.readings.clear()
    for _ in range(2):
        clock.at += timedelta(minutes=1)
        await sync(db, "W1", source, clock=clock, mode="full", rest=timedelta(hours=12))
    ledgers = [one for one in source.readings if one.resource == "ledger" and not one.cursor]
    assert [one.since for one in ledgers] == [None, None]


async def test_a_failing_part_is_not_tried_by_every_replica(db: Database) -> None:
    source, clock = a_source(2), Hands()
    tried: list[str] = []

    def fail(reading: Reading) -> None:
        if reading.resource == "units" and reading.property_id == "1":
            tried.append(reading.property_id)
            raise RuntimeError("broken page")

    source.before = fail
    for _ in range(3):
        await replica(db, source, clock)
    assert tried == ["1"]


async def test_the_part_of_a_reader_that_died_is_taken_over_where_it_stopped(db: Database) -> None:
    source, clock = a_source(1), Hands()
    await replica(db, source, clock)
    clock.at += timedelta(hours=1)
    source.ledger = [an_entry(f"8{n}", "1", "1", 100) for n in range(6)]
    source.changed = {row["id"]: clock.at for row in source.ledger}
    died = asyncio.Event()

    async def stand_still(reading: Reading) -> None:
        if reading.resource == "ledger" and reading.cursor == "2" and not died.is_set():
            died.set()
            await asyncio.Event().wait()

    class Dying(Slow):
        async def read(self, reading: Reading) -> Page:
            await stand_still(reading)
            return await super().read(reading)

    dying = Dying(source.properties, source.units, source.ledger, source.changed)
    first = asyncio.create_task(replica(db, dying, clock))
    await asyncio.wait_for(died.wait(), 10)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.readings.clear()
    second = asyncio.create_task(replica(db, source, clock))
    await asyncio.sleep(0.1)
    assert not [one for one in source.readings if one.resource == "ledger"]  # it may still be alive
    clock.at += timedelta(minutes=6)
    assert (await asyncio.wait_for(second, 10)).ok
    assert [one.cursor for one in source.readings if one.resource == "ledger"] == ["2", "4"]


async def test_a_reader_that_was_taken_for_dead_stores_nothing_more(db: Database) -> None:
    source, clock = a_source(1), Hands()
    go_on, waits = asyncio.Event(), asyncio.Event()

    class Sleepy(Slow):
        async def read(self, reading: Reading) -> Page:
            if reading.resource == "ledger":
                waits.set()
                await go_on.wait()
            return await super().read(reading)

    sleepy = Sleepy(source.properties, source.units, [an_entry("1000", "1", "1", 999_999)])
    late = asyncio.create_task(replica(db, sleepy, clock))
    await asyncio.wait_for(waits.wait(), 10)
    clock.at += timedelta(minutes=6)
    assert (await replica(db, source, clock)).ok
    go_on.set()
    report = await asyncio.wait_for(late, 10)
    assert report.ok  # somebody else brought it in
    async with db.reading() as session:
        stored = await session.get_one(LedgerEntry, ("W1", "fake:1000"))
    assert stored.amount_cents == 100


async def test_a_part_that_is_to_be_read_anew_while_it_is_read_is_read_anew(db: Database) -> None:
    """Somebody says that two properties are one: the account's places go, also those of a reading that runs."""

    class Interrupted(FakeSource):
        begun_anew = False

        async def read(self, reading: Reading) -> Page:
            page = await super().read(reading)
            if not self.begun_anew:
                self.begun_anew = True
                async with db.transaction() as session:
                    await session.execute(delete(SyncState).where(SyncState.workspace_id == "W1"))
            return page

    plain = a_source()
    source = Interrupted(properties=plain.properties, units=plain.units, ledger=plain.ledger)
    report = await replica(db, source, Hands())
    assert report.ok, report.sentence
    assert sum(resource.rows for resource in report.resources) == 6 + 18 + 30
    assert not report.failures


async def test_replicas_that_meet_the_same_oddity_at_the_same_time_both_come_to_an_end(db: Database) -> None:
    oddity = [Problem("a unit without a number", "fake:101", 1)]
    async with db.transaction() as first:
        await keep_findings(first, "W1", "fake", oddity, NOW)
        other = asyncio.create_task(_keep(db, oddity))
        await asyncio.sleep(0.2)  # long enough for it to look and to find none
    await other
    assert [(one.kind, one.count) for one in await findings(db, "W1")] == [("a unit without a number", 1)]


async def _keep(db: Database, problems: list[Problem]) -> None:
    async with db.transaction() as session:
        await keep_findings(session, "W1", "fake", problems, NOW)
