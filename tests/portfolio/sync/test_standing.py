"""Operators see how old each resource of a source is, and that one failure leaves the others as they are."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from app.cli.sources import show, show_findings
from app.db.engine import Database
from app.domain.clock import FixedClock
from app.domain.errors import RetryLater
from app.integrations.base import Page, Problem, Reading
from app.portfolio.sync import sync_source
from app.portfolio.sync.findings import findings
from app.portfolio.sync.standing import ResourceStanding, standings
from tests.portfolio.sync.fake import FakeSource, a_property, a_unit, an_entry

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def a_source() -> FakeSource:
    return FakeSource(
        properties=[a_property("1"), a_property("2")],
        units=[a_unit("11", "1"), a_unit("21", "2")],
        ledger=[an_entry("111", "1", "5", 100_000)],
    )


async def standing_of(db: Database, source: FakeSource, now: datetime) -> dict[str, ResourceStanding]:
    return {one.resource: one for one in await standings(db, "W1", [source.spec], now)}


async def test_before_the_first_sync_everything_was_never_read(sqlite_db: Database) -> None:
    found = await standing_of(sqlite_db, a_source(), NOW)
    assert {one.standing for one in found.values()} == {"never read"}


async def test_what_was_read_is_fresh_until_its_target_has_passed(sqlite_db: Database) -> None:
    source = a_source()
    await sync_source(sqlite_db, "W1", source, clock=FixedClock(NOW))
    soon = await standing_of(sqlite_db, source, NOW + timedelta(hours=3))
    assert [(one.standing, one.age) for one in soon.values()] == [("fresh", timedelta(hours=3))] * 3
    assert (soon["units"].parts, soon["units"].unread) == (2, 0)
    late = await standing_of(sqlite_db, source, NOW + timedelta(hours=25))
    assert {one.standing for one in late.values()} == {"late"}


async def test_one_part_that_fails_is_named_and_the_other_resources_stay_fresh(sqlite_db: Database) -> None:
    source = a_source()

    def fail(reading: Reading) -> None:
        if reading.resource == "units" and reading.property_id == "2":
            raise RetryLater(
                "Fake isn't answering right now.", next_step="Please try again.", code="vendor_unreachable"
            )

    source.before = fail
    await sync_source(sqlite_db, "W1", source, clock=FixedClock(NOW))
    found = await standing_of(sqlite_db, source, NOW)
    assert {name: one.standing for name, one in found.items()} == {
        "properties": "fresh",
        "units": "failing",
        "ledgers": "fresh",
    }
    shown = Console(file=io.StringIO(), width=100)
    show(list(found.values()), shown)
    said = shown.file.getvalue()  # type: ignore[attr-defined]
    assert "1 of 2" in said
    assert "Fake units: Fake isn't answering right now." in said


async def test_what_is_being_read_shows_its_rows_and_rate_and_findings_their_first_example(sqlite_db: Database) -> None:
    source = a_source()
    source.problems = (Problem("unknown charge code: MYSTERY", "111", 3),)
    seen: list[ResourceStanding] = []

    class Watched(FakeSource):
        async def read(self, reading: Reading) -> Page:
            if reading.resource == "ledger" and reading.cursor:
                found = await standings(sqlite_db, "W1", [self.spec], NOW)
                seen.extend(one for one in found if one.resource == "ledgers")
            return await super().read(reading)

    ledger = [an_entry(str(number), "1", "5", 100) for number in range(5)]
    watched = Watched(source.properties, source.units, ledger, problems=source.problems)
    await sync_source(sqlite_db, "W1", watched, clock=FixedClock(NOW))
    assert [one.reading and one.reading.rows for one in seen] == [2, 4]
    assert (await standing_of(sqlite_db, watched, NOW))["ledgers"].reading is None
    shown = Console(file=io.StringIO(), width=120)
    show_findings(await findings(sqlite_db, "W1"), shown)
    said = shown.file.getvalue()  # type: ignore[attr-defined]
    assert "fake: unknown charge code: MYSTERY" in said
    assert "first in 111; since Mar 18" in said
