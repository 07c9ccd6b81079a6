"""Pages that a source counts may shift while they are read: what did not come is read once more before it is buried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from app.db.engine import Database
from app.db.models.property import Unit
from app.db.models.sync import SyncState
from app.domain.errors import RetryLater
from app.integrations.base import ConnectorSpec, Problem, Reading
from app.portfolio.sync.findings import findings
from tests.portfolio.sync.fake import LEDGER, PROPERTIES, UNITS, FakeSource, a_property, a_unit
from tests.portfolio.sync.test_sync_source import Hands, Rig

COUNTED: Final = (PROPERTIES, replace(UNITS, counted=True), LEDGER)
ALL: Final = ["fake:101", "fake:102", "fake:103", "fake:104", "fake:105"]


class CountedSource(FakeSource):
    """A source whose units come in counted pages of two."""

    @property
    def spec(self) -> ConnectorSpec:
        return replace(super().spec, resources=COUNTED)

    def shift_after_first_page(self) -> None:
        """The first unit moves behind the others while the list is read: the third lies on the first page now."""
        done: list[Reading] = []

        def before(reading: Reading) -> None:
            if reading.resource == "units" and reading.cursor == "2" and not done:
                done.append(reading)
                self.units.append(self.units.pop(0))

        self.before = before

    @property
    def asked(self) -> list[str]:
        return [one.cursor for one in self.readings if one.resource == "units"]


@pytest.fixture
def source() -> CountedSource:
    return CountedSource(properties=[a_property("1")], units=[a_unit(one[5:], "1") for one in ALL])


@pytest.fixture
async def rig(db: Database, source: CountedSource) -> Rig:
    rig = Rig(db, source, Hands())
    assert (await rig.sync()).ok
    source.readings.clear()
    return rig


async def test_a_row_that_only_moved_while_pages_were_read_stays(rig: Rig, source: CountedSource) -> None:
    source.shift_after_first_page()
    assert (await rig.sync(mode="full")).ok
    assert source.asked == ["", "2", "4", "", "2", "4"]
    assert await rig.living(Unit) == ALL


async def test_a_row_that_does_not_come_twice_is_buried_and_the_next_reading_is_made_once(
    rig: Rig, source: CountedSource
) -> None:
    source.units.pop(0)
    report = await rig.sync(mode="full")
    assert source.asked == ["", "2", "", "2"]
    assert await rig.living(Unit) == ALL[1:]
    assert sum(one.removed for one in report.resources) == 1
    source.readings.clear()
    await rig.sync(mode="full")
    assert source.asked == ["", "2"]


async def test_the_second_reading_goes_on_where_it_broke(rig: Rig, source: CountedSource) -> None:
    source.units.pop(0)
    seen: list[str] = []

    def break_in_the_second(reading: Reading) -> None:
        if reading.resource == "units":
            seen.append(reading.cursor)
            if seen == ["", "2", "", "2"]:
                raise RetryLater("Fake isn't answering.")

    source.before = break_in_the_second
    assert not (await rig.sync(mode="full")).ok
    assert await rig.living(Unit) == ALL  # nothing is buried before the second look
    source.readings.clear()
    assert (await rig.sync(mode="full")).ok
    assert source.asked == ["2"]
    assert await rig.living(Unit) == ALL[1:]
    async with rig.db.reading() as session:
        state = await session.get_one(SyncState, ("W1", "fake:units:1"))
    assert (state.cursor, state.last_full_at) == ("", datetime(2026, 3, 18, 15, 50, tzinfo=UTC))


async def test_what_both_readings_find_is_counted_once(rig: Rig, source: CountedSource) -> None:
    source.problems = (Problem("odd unit", "fake:101"),)
    source.units.pop(0)
    await rig.sync(mode="full")
    [found] = await findings(rig.db, "W1")
    assert found.count == 4  # a page of properties, two of units, one of the ledger
