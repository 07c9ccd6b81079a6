"""Work orders and notes are written to AppFolio once, whatever happens to the answer, and read back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.maintenance import WorkOrder
from app.db.models.property import Unit
from app.domain.clock import FixedClock
from app.domain.errors import Fixable, NotFound, OutcomeUnknown, RetryLater
from app.http.outbound import Outbound
from app.integrations.appfolio import CONNECTOR
from app.integrations.registry import all_connectors
from app.integrations.systems import ConnectedSystems
from app.integrations.writing import RecordSystem, Write
from app.portfolio.register import Register
from app.portfolio.sync import sync_source
from app.sandbox.appfolio.store import StoredOrder
from tests.http.scripted import answer
from tests.integrations.appfolio.rig import HOME, Stand, read_model, settings, standing
from tests.integrations.contract.proxy import Fault, FaultProxy, cut, dropped, proxied
from tests.integrations.entrata.rig import NOW

WORKSPACE = "W1"


@dataclass
class Writing:
    """A writer whose way to the stand-in leads through the proxy; its faults happen to POSTs and PATCHes."""

    stand: Stand
    proxy: FaultProxy
    db: Database
    system: RecordSystem
    unit: Unit

    def order(self, **given: Any) -> dict[str, Any]:
        home = read_model("property", HOME)
        return {"property_id": home, "unit_id": self.unit.id, "description": "The kitchen sink has a leak", **given}

    async def create(self, key: str = "key-1", *faults: Fault, **given: Any) -> str:
        self.proxy.target, self.proxy.faults, self.proxy.lasting = b"POST /api/v0/work_orders", list(faults), True
        self.proxy.seen.clear()
        return await self.system.write(Write("work_order", WORKSPACE, self.order(**given), key))

    async def change(self, work_order_id: str, *faults: Fault, **changes: Any) -> str:
        self.proxy.target, self.proxy.faults, self.proxy.lasting = b"PATCH /api/v0/work_orders", list(faults), False
        self.proxy.seen.clear()
        return await self.system.write(Write("work_order", WORKSPACE, changes, "key-2", record_id=work_order_id))

    async def find(self, key: str = "key-1") -> str | None:
        return await self.system.find("work_order", workspace_id=WORKSPACE, idempotency_key=key)

    async def row(self, work_order_id: str) -> WorkOrder:
        async with self.db.reading() as session:
            return await session.get_one(WorkOrder, (WORKSPACE, work_order_id))

    def made(self) -> list[StoredOrder]:
        """Work orders that the portfolio did not bring."""
        return [stored for stored in self.stand.store.orders.values() if 40_000 < stored.order.id < 60_000]


async def opened(stack: AsyncExitStack, stand: Stand, db: Database) -> Writing:
    report = await sync_source(db, WORKSPACE, stand.connector, clock=stand.clock)
    assert report.ok, report.sentence
    async with db.reading() as session:
        units = await session.scalars(select(Unit).where(Unit.property_id == read_model("property", HOME)))
        unit = units.first()
    assert unit is not None
    proxy = await stack.enter_async_context(proxied(stand.url, b"nothing"))
    outbound = Outbound(stand.clock, sleep=stand.patience.sleep, monotonic=stand.patience.monotonic)
    stack.push_async_callback(outbound.close)
    connector = CONNECTOR.open(settings(proxy.url), outbound, stand.clock)
    system = ConnectedSystems(db, [connector], all_connectors(), Register(db, stand.clock)).of("appfolio", "work_order")
    return Writing(stand, proxy, db, system, unit)


@pytest.fixture
async def writing(tmp_path: Path, sqlite_db: Database) -> AsyncIterator[Writing]:
    async with AsyncExitStack() as stack:
        stand = await stack.enter_async_context(standing(tmp_path / "appfolio"))
        yield await opened(stack, stand, sqlite_db)


@pytest.fixture
async def slow(tmp_path: Path, sqlite_db: Database) -> AsyncIterator[Writing]:
    """The same, where what is written shows in lists a minute later."""
    async with AsyncExitStack() as stack:
        place = tmp_path / "appfolio"
        stand = await stack.enter_async_context(standing(place, visible_after=timedelta(minutes=1)))
        yield await opened(stack, stand, sqlite_db)


async def test_a_work_order_is_made_at_appfolio_and_stands_in_the_read_model(writing: Writing) -> None:
    made = await writing.create(priority="high", permission_to_enter=True)
    row = await writing.row(made)
    [stored] = writing.made()
    assert (row.status, row.priority, row.unit_id, row.number) == ("open", "high", writing.unit.id, "40001")
    assert row.description == "The kitchen sink has a leak. Permission to enter was given."
    assert read_model("unit", stored.order.unit_id or 0) == writing.unit.id


async def test_the_same_key_twice_makes_one_work_order(writing: Writing) -> None:
    assert await writing.create() == await writing.create()
    assert len(writing.made()) == 1
    assert await writing.create("another") != await writing.create()
    assert len(writing.made()) == 2


@pytest.mark.parametrize("fault", [dropped, cut, answer(503), answer(429)], ids=["dropped", "cut", "503", "429"])
async def test_a_create_whose_answer_is_lost_once_is_sent_again_under_its_key(writing: Writing, fault: Fault) -> None:
    made = await writing.create("key-1", fault, lambda whole: whole)
    assert len(writing.proxy.seen) == 2
    assert [read_model("work_order", one.order.id) for one in writing.made()] == [made]


async def test_a_create_that_never_gets_an_answer_is_unknown_and_found_by_its_mark(writing: Writing) -> None:
    with pytest.raises(OutcomeUnknown):
        await writing.create("key-1", dropped)
    [stored] = writing.made()
    assert await writing.find() == read_model("work_order", stored.order.id)
    assert await writing.create() == await writing.find()
    assert len(writing.made()) == 1


async def test_it_is_too_early_to_say_that_a_lost_create_was_not_made(slow: Writing) -> None:
    with pytest.raises(OutcomeUnknown):
        await slow.create("key-1", dropped)
    with pytest.raises(OutcomeUnknown):
        await slow.find()
    slow.stand.store.clock = FixedClock(NOW + timedelta(minutes=2))
    assert await slow.find() is not None


async def test_a_create_that_never_arrived_is_not_found_once_it_would_show(writing: Writing) -> None:
    with pytest.raises(OutcomeUnknown):
        await writing.create("key-1", None)
    clock = FixedClock(NOW + timedelta(minutes=11))
    system = CONNECTOR.open(settings(writing.stand.url), writing.stand.outbound, FixedClock(NOW)).writer(writing.db)
    assert system is not None
    system._clock = clock  # type: ignore[attr-defined]
    assert await system.find("work_order", workspace_id=WORKSPACE, idempotency_key="key-1") is None


async def test_an_attempt_that_is_still_under_way_is_an_unknown_outcome(writing: Writing) -> None:
    with pytest.raises(OutcomeUnknown):
        await writing.create("key-1", answer(409, b'{"code": "409", "message": "in flight"}', "Retry-After: 2"))
    assert len(writing.proxy.seen) == 1


@pytest.mark.parametrize("body", [b"{}", b'{"Id": null}', b'{"Id": "seven"}', b"[]", b"", b'{"Id": {"x": 1}}'])
async def test_an_answer_that_names_no_work_order_is_an_unknown_outcome(writing: Writing, body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        await writing.create("key-1", answer(200, body))


async def test_values_that_appfolio_refuses_are_said_and_nothing_is_made(writing: Writing) -> None:
    with pytest.raises(Fixable) as refused:
        await writing.create(unit_id=read_model("unit", "nowhere"))
    assert (refused.value.code, writing.made()) == ("vendor_refused", [])


async def test_a_record_of_another_system_is_refused(writing: Writing) -> None:
    with pytest.raises(Fixable) as refused:
        await writing.create(property_id="entrata:5")
    assert refused.value.code == "record_of_another_system"


async def test_status_assignee_and_priority_are_changed_and_read_back(writing: Writing) -> None:
    made = await writing.create()
    technician = next(iter(writing.stand.store.technicians()))
    await writing.change(made, status="in_progress", assignee=technician, priority="emergency")
    row = await writing.row(made)
    assert (row.status, row.assignee, row.priority) == ("in_progress", technician, "high")
    await writing.change(made, assignee="AceFlow Plumbing")
    assert (await writing.row(made)).assignee == "AceFlow Plumbing"
    await writing.change(made, status="completed")
    row = await writing.row(made)
    assert (row.status, row.description) == ("completed", "The kitchen sink has a leak")
    assert row.completed_at is not None


async def test_a_change_that_is_there_already_is_not_sent(writing: Writing) -> None:
    made = await writing.create()
    await writing.change(made, status="on_hold")
    assert len(writing.proxy.seen) == 1
    await writing.change(made, status="on_hold")
    assert writing.proxy.seen == []


@pytest.mark.parametrize("fault", [dropped, cut], ids=["dropped", "cut"])
async def test_a_change_whose_answer_is_lost_is_sent_once_and_read_back(writing: Writing, fault: Fault) -> None:
    made = await writing.create()
    await writing.change(made, fault, status="on_hold")
    assert len(writing.proxy.seen) == 1
    assert (await writing.row(made)).status == "on_hold"


async def test_a_change_that_was_lost_on_the_way_is_unknown_and_not_repeated(writing: Writing) -> None:
    made = await writing.create()
    with pytest.raises(OutcomeUnknown):
        await writing.change(made, None, status="on_hold")
    assert len(writing.proxy.seen) == 1
    assert (await writing.row(made)).status == "open"


async def test_a_record_that_somebody_else_is_changing_is_for_later(writing: Writing) -> None:
    made = await writing.create()
    with pytest.raises(RetryLater) as busy:
        await writing.change(made, answer(409, b"", "Retry-After: 2"), status="on_hold")
    assert busy.value.code == "record_busy"


async def test_two_changes_at_the_same_time_take_turns(writing: Writing) -> None:
    made = await writing.create()
    await asyncio.gather(writing.change(made, status="on_hold"), writing.change(made, priority="low"))
    row = await writing.row(made)
    assert (row.status, row.priority) == ("on_hold", "low")


async def test_what_does_not_show_yet_stands_in_the_read_model_as_it_was_sent(slow: Writing) -> None:
    made = await slow.create(priority="low")
    row = await slow.row(made)
    assert (row.number, row.status, row.priority) == ("40001", "open", "low")
    assert row.description == "The kitchen sink has a leak"
    await slow.change(made, status="on_hold")
    row = await slow.row(made)
    assert (row.number, row.status, row.priority) == ("40001", "on_hold", "low")
    assert slow.made()[0].order.status == "on_hold"
    known = next(stored for stored in slow.stand.store.orders.values() if stored.order.id < 40_000)
    await slow.change(read_model("work_order", known.order.id), status="on_hold")
    assert (await slow.row(read_model("work_order", known.order.id))).status == "on_hold"


async def test_an_unknown_assignee_is_refused_before_anything_changes(writing: Writing) -> None:
    made = await writing.create()
    with pytest.raises(NotFound) as unknown:
        await writing.change(made, assignee="Zorro", status="completed")
    assert "Zorro" in unknown.value.sentence
    assert (await writing.row(made)).status == "open"


async def test_a_note_is_left_once_however_often_it_is_written(writing: Writing) -> None:
    made = await writing.create()
    note = Write("note", WORKSPACE, {"work_order_id": made, "note": "Key is at the office"}, "note-1")
    writing.proxy.target, writing.proxy.faults, writing.proxy.lasting = b"/notes", [dropped], False
    assert await writing.system.write(note) == await writing.system.write(note)
    assert [one.notes for one in writing.made()] == [("Key is at the office",)]
    with pytest.raises(Fixable):
        await writing.system.write(Write("note", WORKSPACE, {"contact_id": "hubspot:7", "note": "Hello"}, "note-2"))


async def test_people_never_see_the_mark_but_appfolio_keeps_it(writing: Writing) -> None:
    made = await writing.create()
    [stored] = writing.made()
    assert "[ref " in stored.order.description
    await sync_source(writing.db, WORKSPACE, writing.stand.connector, clock=writing.stand.clock, mode="full")
    assert "[ref" not in (await writing.row(made)).description


async def test_what_was_written_survives_a_restart_of_the_stand_in(writing: Writing, tmp_path: Path) -> None:
    made = await writing.create()
    await writing.change(made, status="completed")
    async with standing(tmp_path / "appfolio") as again:
        [stored] = [one for one in again.store.orders.values() if one.order.id == 40_001]
    assert stored.order.status == "completed"
