"""A record that its system says has changed: read again, with all that follows from it, and in no other order than it
was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from app.db.engine import Database
from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, Unit
from app.integrations.base import Batch, ConnectorSpec, Page, Reading
from app.integrations.telling import Delivered, Told
from app.portfolio.identity import join
from app.portfolio.sync.record import refresh_record
from tests.portfolio.sync.fake import FakeSource, a_property, a_unit, an_entry
from tests.portfolio.sync.test_sync_source import Hands, Rig


@dataclass
class Teller:
    """A system that tells of changes; `page` is what a record reads as."""

    source: FakeSource
    page: Page = field(default_factory=lambda: Page(()))

    @property
    def spec(self) -> ConnectorSpec:
        return self.source.spec

    async def told(self, delivered: Delivered) -> tuple[Told, ...]:
        return ()

    async def reread(self, resource: str, record_id: str) -> Page:
        return self.page


@pytest.fixture
async def rig(db: Database) -> Rig:
    source = FakeSource(properties=[a_property("1")], units=[a_unit("101", "1"), a_unit("102", "1")])
    rig = Rig(db, source, Hands())
    assert (await rig.sync()).ok
    return rig


async def hear(rig: Rig, resource: str, record_id: str, page: Page) -> bool:
    rig.clock.at += timedelta(minutes=1)
    teller = Teller(rig.source, page)
    return await refresh_record(
        rig.db, "W1", teller, rig.clock, resource=resource, record_id=record_id, told=rig.clock.at
    )


async def test_a_record_of_a_property_that_another_system_stands_for_is_not_counted_twice(rig: Rig) -> None:
    async with rig.db.transaction() as session:
        session.add(
            Property(workspace_id="W1", id="other:7", name="House 1", timezone="America/Chicago", as_of=rig.clock.at)
        )
    async with rig.db.transaction() as session:
        await join(session, "W1", "other:7", "fake:1", by="U1", now=rig.clock.at)
    await rig.sync(mode="full")
    assert await rig.living(Unit) == []
    assert await hear(rig, "units", "103", Page((Batch(Unit, [a_unit("103", "1")]),)))
    assert await rig.living(Unit) == []


async def test_a_charge_that_was_told_of_is_in_the_balance_at_once(rig: Rig) -> None:
    async with rig.db.transaction() as session:
        session.add(
            Lease(
                workspace_id="W1", id="fake:5", as_of=rig.clock.at, property_id="fake:1", unit_id="fake:101",
                resident_id="fake:r", status="current", start_on=rig.clock.at.date(),
                end_on=rig.clock.at.date() + timedelta(days=365), rent_cents=100_000,
            )
        )  # fmt: skip
    assert await hear(rig, "ledger", "9", Page((Batch(LedgerEntry, [an_entry("9", "1", "5", 4_200)]),)))
    async with rig.db.reading() as session:
        assert (await session.get_one(Lease, ("W1", "fake:5"))).balance_cents == 4_200


async def test_a_page_asked_for_before_a_deletion_was_told_brings_nothing_back(rig: Rig) -> None:
    async def deleted_meanwhile(reading: Reading) -> None:
        await hear(rig, "units", "101", Page((), gone=((Unit, "fake:101"),)))

    read = rig.source.read

    async def slow(reading: Reading) -> Page:
        page = await read(reading)
        if reading.resource == "units":
            await deleted_meanwhile(reading)
        return page

    rig.source.read = slow  # type: ignore[method-assign]
    await rig.sync(mode="full")
    assert await rig.living(Unit) == ["fake:102"]


async def test_a_list_of_the_deleted_asked_for_before_a_restore_was_told_buries_nothing(rig: Rig) -> None:
    read = rig.source.read

    async def slow(reading: Reading) -> Page:
        page = await read(reading)
        if reading.resource != "units":
            return page
        await hear(rig, "units", "101", Page((Batch(Unit, [a_unit("101", "1")]),)))
        return Page((), gone=((Unit, "fake:101"),))

    rig.source.read = slow  # type: ignore[method-assign]
    await rig.sync()
    assert "fake:101" in await rig.living(Unit)
