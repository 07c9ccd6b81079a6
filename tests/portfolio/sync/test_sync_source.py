"""A sync loses nothing, doubles nothing, and one thing that fails never blocks the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, PropertyMonth, Unit
from app.db.models.sync import SyncState
from app.domain.errors import NotAllowed, RetryLater
from app.integrations.base import Problem, Reading
from app.portfolio.sync import SyncProgress, SyncReport, sync_source
from tests.portfolio.sync.fake import FakeSource, a_property, a_unit, an_entry

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Rig:
    db: Database
    source: FakeSource
    clock: Hands

    async def sync(self, mode: Any = "auto", workspace: str = "W1", progress: Any = None) -> SyncReport:
        self.clock.at += timedelta(minutes=10)
        return await sync_source(self.db, workspace, self.source, clock=self.clock, mode=mode, progress=progress)

    async def living(self, model: Any, workspace: str = "W1") -> list[str]:
        async with self.db.reading() as session:
            found = await session.scalars(
                select(model.id).where(model.workspace_id == workspace, model.deleted_at.is_(None)).order_by(model.id)
            )
            return list(found)

    async def state(self, key: str) -> SyncState:
        async with self.db.reading() as session:
            found = await session.get(SyncState, ("W1", key))
        assert found is not None
        return found


@pytest.fixture
def rig(db: Database) -> Rig:
    source = FakeSource(
        properties=[a_property("1"), a_property("2")],
        units=[a_unit("101", "1"), a_unit("102", "1"), a_unit("103", "1"), a_unit("201", "2")],
        ledger=[an_entry(f"9{n}", "1", "5", 100 + n) for n in range(5)] + [an_entry("80", "2", "6", 70)],
    )
    return Rig(db, source, Hands())


async def test_a_first_sync_brings_every_row_once_and_says_when_it_was_confirmed(rig: Rig) -> None:
    report = await rig.sync()
    assert report.ok
    assert (report.rows, [r.rows for r in report.resources]) == (12, [2, 4, 6])
    assert await rig.living(Unit) == ["fake:101", "fake:102", "fake:103", "fake:201"]
    async with rig.db.reading() as session:
        unit = await session.get_one(Unit, ("W1", "fake:101"))
        home = await session.get_one(Property, ("W1", "fake:1"))
    assert unit.as_of == rig.clock.at
    assert home.unit_count == 3


async def test_nothing_of_another_workspace_is_touched(rig: Rig) -> None:
    await rig.sync()
    before = rig.clock.at
    rig.source.units = [a_unit("999", "1")]
    rig.source.properties = [a_property("1")]
    await rig.sync(workspace="W2", mode="full")
    assert await rig.living(Unit, "W2") == ["fake:999"]
    assert await rig.living(Unit, "W1") == ["fake:101", "fake:102", "fake:103", "fake:201"]
    async with rig.db.reading() as session:
        assert (await session.get_one(Unit, ("W1", "fake:101"))).as_of == before


async def test_a_sync_that_broke_in_the_middle_goes_on_at_the_page_where_it_stopped(rig: Rig) -> None:
    def break_at_second_ledger_page(reading: Reading) -> None:
        if reading.resource == "ledger" and reading.property_id == "1" and reading.cursor == "2":
            raise RuntimeError("the process died here")

    rig.source.before = break_at_second_ledger_page
    broken = await rig.sync()
    assert [(part, error.code) for part, error in broken.failures] == [("1", "bug")]
    assert "died" not in (await rig.state("fake:ledger:1")).last_error
    assert await rig.living(LedgerEntry) == ["fake:80", "fake:90", "fake:91"]
    rig.source.before = lambda reading: None
    rig.source.readings.clear()
    assert (await rig.sync()).ok
    assert await rig.living(LedgerEntry) == ["fake:80", "fake:90", "fake:91", "fake:92", "fake:93", "fake:94"]
    resumed = [r.cursor for r in rig.source.readings if r.resource == "ledger" and r.property_id == "1"]
    assert resumed == ["2", "4"]
    state = await rig.state("fake:ledger:1")
    assert (state.cursor, state.last_error, state.rows) == ("", "", 5)


async def test_an_incremental_sync_asks_from_the_last_start_minus_the_overlap_and_takes_what_changed(rig: Rig) -> None:
    await rig.sync()
    first_start = rig.clock.at
    rig.source.ledger.append(an_entry("95", "1", "5", -510, kind="payment"))
    rig.source.changed["fake:95"] = first_start + timedelta(minutes=1)
    rig.source.readings.clear()
    report = await rig.sync()
    asked = {r.since for r in rig.source.readings if r.resource == "ledger"}
    assert asked == {first_start - timedelta(days=1)}
    assert [r.rows for r in report.resources] == [2, 4, 1]
    assert "fake:95" in await rig.living(LedgerEntry)


async def test_an_incremental_sync_buries_nothing(rig: Rig) -> None:
    await rig.sync()
    rig.source.ledger.clear()
    await rig.sync()
    assert len(await rig.living(LedgerEntry)) == 6


async def test_what_a_full_sync_no_longer_finds_is_buried_and_comes_back_when_it_returns(rig: Rig) -> None:
    await rig.sync()
    gone = rig.source.ledger.pop(1)
    report = await rig.sync("full")
    assert [r.removed for r in report.resources] == [0, 0, 1]
    assert gone["id"] not in await rig.living(LedgerEntry)
    rig.source.ledger.append(gone)
    await rig.sync("full")
    assert gone["id"] in await rig.living(LedgerEntry)


async def test_an_empty_answer_where_many_rows_were_known_buries_nothing_and_is_reported(rig: Rig) -> None:
    rig.source.ledger = [an_entry(f"7{n:02d}", "1", "5", 100) for n in range(12)]
    await rig.sync()
    rig.source.ledger = []
    report = await rig.sync("full")
    assert len(await rig.living(LedgerEntry)) == 12
    assert [p.kind for p in report.problems] == ["ledgers: none of 12 known rows came, so they were kept"]


async def test_a_property_that_is_gone_takes_its_rows_with_it_and_brings_them_back(rig: Rig) -> None:
    await rig.sync()
    gone = rig.source.properties.pop()
    await rig.sync()
    assert await rig.living(Property) == ["fake:1"]
    assert "fake:201" not in await rig.living(Unit)
    assert "fake:80" not in await rig.living(LedgerEntry)
    rig.source.properties.append(gone)
    await rig.sync()
    assert "fake:201" in await rig.living(Unit)
    assert "fake:80" in await rig.living(LedgerEntry)


async def test_one_property_that_fails_does_not_block_the_others(rig: Rig) -> None:
    def fail_units_of_one(reading: Reading) -> None:
        if reading.resource == "units" and reading.property_id == "1":
            raise RetryLater("Fake isn't answering right now.", code="vendor_unreachable")

    rig.source.before = fail_units_of_one
    report = await rig.sync()
    assert not report.ok
    assert [(part, error.code) for part, error in report.failures] == [("1", "vendor_unreachable")]
    assert await rig.living(Unit) == ["fake:201"]
    assert len(await rig.living(LedgerEntry)) == 6
    assert (await rig.state("fake:units:1")).last_error == "Fake isn't answering right now."


async def test_refused_credentials_stop_the_source_at_once(rig: Rig) -> None:
    def refuse(reading: Reading) -> None:
        raise NotAllowed("Fake refused my credentials.", code="vendor_credentials")

    rig.source.before = refuse
    report = await rig.sync()
    assert len(rig.source.readings) == 1
    assert report.stopped_by is not None
    assert "refused my credentials" in report.sentence


async def test_a_source_that_is_down_is_left_alone_after_a_few_parts(rig: Rig) -> None:
    rig.source.properties = [a_property(str(n)) for n in range(1, 20)]
    await rig.sync()
    rig.source.readings.clear()

    def down(reading: Reading) -> None:
        if reading.property_id:
            raise RetryLater("Fake isn't answering right now.", code="vendor_unreachable")

    rig.source.before = down
    report = await rig.sync()
    assert report.stopped_by is not None
    asked = len([reading for reading in rig.source.readings if reading.property_id])
    assert 3 <= asked <= 6  # three that failed, and those that were under way with the third


async def test_pages_that_go_in_circles_end_with_a_sentence_and_begin_anew(rig: Rig) -> None:
    rig.source.loops = True
    report = await rig.sync()
    assert {error.code for _, error in report.failures} == {"sync_cursor_loop"}
    rig.source.loops = False
    assert (await rig.sync()).ok
    assert len(await rig.living(LedgerEntry)) == 6


async def test_rows_given_twice_or_out_of_order_are_stored_once(rig: Rig) -> None:
    rig.source.ledger = [*reversed(rig.source.ledger), rig.source.ledger[0], rig.source.ledger[0]]
    rig.source.page_size = 50
    report = await rig.sync()
    assert report.ok
    assert len(await rig.living(LedgerEntry)) == 6


async def test_a_row_that_was_written_back_after_the_page_was_asked_for_is_not_overwritten(rig: Rig) -> None:
    await rig.sync()
    async with rig.db.transaction() as session:
        unit = await session.get_one(Unit, ("W1", "fake:101"))
        unit.status, unit.as_of = "occupied", rig.clock.at + timedelta(hours=1)
    await rig.sync()
    async with rig.db.reading() as session:
        assert (await session.get_one(Unit, ("W1", "fake:101"))).status == "occupied"


async def test_columns_that_the_source_does_not_know_survive_a_sync(rig: Rig) -> None:
    await rig.sync()
    async with rig.db.transaction() as session:
        (await session.get_one(Unit, ("W1", "fake:101"))).rent_override_cents = 123_400
    await rig.sync("full")
    async with rig.db.reading() as session:
        unit = await session.get_one(Unit, ("W1", "fake:101"))
    assert (unit.rent_override_cents, unit.deleted_at) == (123_400, None)


async def test_the_balance_of_a_touched_lease_follows_its_ledger(rig: Rig) -> None:
    async with rig.db.transaction() as session:
        session.add(
            Lease(
                workspace_id="W1",
                id="fake:5",
                as_of=NOW,
                property_id="fake:1",
                unit_id="fake:101",
                resident_id="fake:300",
                status="current",
                start_on=date(2026, 1, 1),
                end_on=date(2026, 12, 31),
                rent_cents=100,
            )
        )
    await rig.sync()
    assert await _owed(rig) == (510, 510)
    rig.source.ledger.append(an_entry("96", "1", "5", -500, kind="payment"))
    rig.source.changed["fake:96"] = rig.clock.at + timedelta(minutes=1)
    await rig.sync()
    assert await _owed(rig) == (10, 10)


async def test_closed_months_are_summed_up_again_from_the_first_that_changed(rig: Rig) -> None:
    await test_the_balance_of_a_touched_lease_follows_its_ledger(rig)
    rig.source.ledger.append(an_entry("97", "1", "5", 300, on=date(2026, 1, 10)))
    rig.source.changed["fake:97"] = rig.clock.at + timedelta(minutes=1)
    await rig.sync()
    async with rig.db.reading() as session:
        january = await session.get_one(PropertyMonth, ("W1", "fake:1:2026-01"))
        february = await session.get_one(PropertyMonth, ("W1", "fake:1:2026-02"))
        march = await session.get(PropertyMonth, ("W1", "fake:1:2026-03"))
    assert (january.past_due_cents, february.past_due_cents, march) == (300, 300, None)


async def _owed(rig: Rig) -> tuple[int, int]:
    async with rig.db.reading() as session:
        lease = await session.get_one(Lease, ("W1", "fake:5"))
    return lease.balance_cents, lease.past_due_cents


async def test_overlong_texts_are_cut_to_their_column(rig: Rig) -> None:
    rig.source.properties[0]["name"] = "M" * 5_000
    assert (await rig.sync()).ok
    async with rig.db.reading() as session:
        assert len((await session.get_one(Property, ("W1", "fake:1"))).name) == 120


async def test_progress_is_told_in_the_order_that_lets_people_ask_early(rig: Rig) -> None:
    told: list[SyncProgress] = []
    await rig.sync(progress=told.append)
    assert list(dict.fromkeys(p.resource for p in told)) == ["properties", "units", "ledger"]
    last = told[-1]
    assert (last.resource, last.done, last.total, last.rows) == ("ledger", 2, 2, 6)


async def test_what_was_not_understood_is_reported_with_its_first_example(rig: Rig) -> None:
    rig.source.problems = (Problem("unknown unit status: Haunted", "101", 2),)
    report = await rig.sync()
    assert report.problems[0].kind == "unknown unit status: Haunted"
    assert report.problems[0].record == "101"
    assert report.problems[0].count == 2 * sum(r.pages for r in report.resources)


async def test_a_place_may_be_as_long_as_a_service_makes_it(rig: Rig) -> None:
    rig.source.cursor_length = 3_500
    assert (await rig.sync()).ok
    assert len(await rig.living(LedgerEntry)) == 6
