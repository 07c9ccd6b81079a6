"""What does not fit is kept for operators: a record that changed its shape, a sum that differs from the source's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.db.engine import Database
from app.db.models.leasing import Lease
from app.integrations.base import Page, Problem, Problems, Reading
from app.portfolio.sync import sync_source
from app.portfolio.sync.findings import Finding, finding_count, findings
from app.portfolio.sync.shapes import Shape
from tests.portfolio.sync.fake import FakeSource, a_property, a_unit, an_entry

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def met(shape: Shape, *records: dict[str, Any], now: datetime = LATER) -> list[tuple[str, str]]:
    """The problems of these records, numbered from 1, with their examples."""
    problems = Problems()
    shape.learn({str(number): one for number, one in enumerate(records, 1)}, "units", problems, now)
    return [(problem.kind, problem.record) for problem in problems.all()]


def learned(*records: dict[str, Any]) -> Shape:
    shape = Shape()
    assert met(shape, *records, now=NOW) == []
    shape.settle("units", Problems(), NOW)
    return shape


def test_in_the_first_day_every_field_is_learned_and_none_reported() -> None:
    shape = learned({"id": 1})
    assert met(shape, {"id": 2, "rare": "x"}, now=NOW + timedelta(hours=20)) == []
    assert met(shape, {"id": 3, "rare": "y"}) == []


def test_a_new_field_is_reported_once_with_the_record_that_has_it() -> None:
    shape = learned({"id": 1, "address": {"city": "Austin"}})
    seen = met(shape, {"id": 1, "address": {"city": "Austin"}}, {"id": 2, "address": {"city": "", "zip": "78701"}})
    assert seen == [("new field in units: address.zip", "2")]
    assert met(shape, {"id": 3, "address": {"zip": "78702"}}) == []


def test_another_kind_of_value_is_reported_with_both_kinds() -> None:
    shape = learned({"rent": 1250}, {"rent": 1300.5})
    assert met(shape, {"rent": "1,250.00"}) == [("units: rent holds text now, before it held a number", "1")]


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_nothing_is_no_kind_and_a_list_of_one_may_be_an_object(nothing: Any) -> None:
    shape = learned({"pets": [{"name": "Rex"}], "rent": 1})
    assert met(shape, {"pets": {"name": "Tom"}, "rent": 2}, {"pets": nothing, "rent": 3}) == []


def test_keys_that_are_ids_are_one_field() -> None:
    shape = learned({"units": {"101": {"rent": 1}, "102": {"rent": 2}}})
    assert met(shape, {"units": {"907": {"rent": 3}}}) == []


def gone_after(shape: Shape, count: int, record: dict[str, Any]) -> list[str]:
    problems = Problems()
    shape.learn({str(number): record for number in range(count)}, "units", problems, LATER)
    shape.settle("units", problems, LATER)
    return [problem.kind for problem in problems.all()]


def test_a_field_that_all_records_had_and_none_has_now_is_gone() -> None:
    assert gone_after(learned({"id": 1, "rent": 2}), 60, {"id": 1}) == ["field gone from units: rent"]


def test_a_field_that_some_lacked_may_be_absent_and_few_records_prove_nothing() -> None:
    shape = learned({"id": 1, "pet": "x"}, {"id": 2})
    assert gone_after(shape, 60, {"id": 1}) == []
    assert gone_after(learned({"id": 1, "rent": 2}), 10, {"id": 1}) == []


def test_a_record_of_thousands_of_fields_or_levels_is_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"in": deep, "x": 1}
    shape = learned({f"field{n}": n for n in range(5000)} | {"deep": deep})
    assert len(shape.fields) <= 400


@dataclass
class Telling(FakeSource):
    """Its ledger pages say what is owed, and show their records."""

    owed: dict[str, int] = field(default_factory=dict[str, int])
    odd: dict[str, Any] = field(default_factory=dict[str, Any])

    async def read(self, reading: Reading) -> Page:
        page = await super().read(reading)
        if reading.resource != "ledger":
            return page
        rows = [row for batch in page.batches for row in batch.rows]
        sample = {row["id"]: {"amount": row["amount_cents"], **self.odd} for row in rows}
        owed = {account: cents for account, cents in self.owed.items() if account[0] == reading.property_id}
        return replace(page, owed=owed, sample=sample)


def a_source(**owed: int) -> Telling:
    ledger = [an_entry("91", "1", "5", 100_000), an_entry("92", "1", "5", -40_000, kind="payment")]
    return Telling([a_property("1")], [a_unit("11", "1")], ledger, owed={"1/5": 60_000, **owed})


async def found(db: Database) -> list[tuple[str, str, int]]:
    return [(one.kind, one.record, one.count) for one in await findings(db, "W1")]


class Hands:
    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def with_lease(db: Database) -> None:
    """The lease that the ledger belongs to; the fake source has none of its own."""
    async with db.transaction() as session:
        session.add(
            Lease(
                workspace_id="W1", id="fake:5", property_id="fake:1", unit_id="fake:11", resident_id="fake:7",
                status="current", start_on=date(2026, 1, 1), end_on=date(2026, 12, 31), rent_cents=100_000,
                as_of=NOW,
            )
        )  # fmt: skip


async def test_a_total_that_agrees_says_nothing(db: Database) -> None:
    await with_lease(db)
    assert (await sync_source(db, "W1", a_source(), clock=Hands())).problems == ()
    assert await found(db) == []


async def test_a_total_that_differs_is_kept_with_both_sums(db: Database) -> None:
    await with_lease(db)
    source = a_source()
    source.owed = {"1/5": 65_000}
    await sync_source(db, "W1", source, clock=Hands())
    assert await found(db) == [
        ("what residents owe differs from the source's own total", "House 1: $650 at Fake, $600 here", 1)
    ]


async def test_an_incremental_reading_compares_nothing(db: Database) -> None:
    await with_lease(db)
    source, clock = a_source(), Hands()
    await sync_source(db, "W1", source, clock=clock)
    source.owed = {"1/5": 1}
    clock.at += timedelta(hours=1)
    await sync_source(db, "W1", source, clock=clock)
    assert await found(db) == []


async def test_drift_is_found_by_a_later_sync_and_the_shape_outlives_the_process(db: Database) -> None:
    await with_lease(db)
    source, clock = a_source(), Hands()
    await sync_source(db, "W1", source, clock=clock)
    source.odd, clock.at = {"currency": "USD"}, LATER
    await sync_source(db, "W1", source, clock=clock, mode="full")
    assert await found(db) == [("new field in ledgers: currency", "fake:91", 1)]


async def test_what_is_no_longer_met_is_forgotten_after_some_days(db: Database) -> None:
    await with_lease(db)
    source, clock = a_source(), Hands()
    source.problems = (Problem("unknown charge code: MYSTERY", "91", 3),)
    await sync_source(db, "W1", source, clock=clock)
    clock.at += timedelta(hours=20)
    await sync_source(db, "W1", source, clock=clock, mode="full")
    [kept] = await findings(db, "W1")
    assert kept == Finding("fake", "unknown charge code: MYSTERY", "91", kept.count, NOW, clock.at)
    assert await finding_count(db, "W1") == 1
    source.problems = ()
    clock.at += timedelta(days=4)
    await sync_source(db, "W1", source, clock=clock, mode="full")
    assert await found(db) == []
    assert await findings(db, "W2") == []
