"""Work orders are written to Entrata once, whatever happens to the answer, and read back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.leasing import Lease
from app.db.models.maintenance import WorkOrder
from app.db.models.property import Unit
from app.domain.clock import SystemClock
from app.domain.errors import Fixable, NotAllowed, NotFound, OutcomeUnknown, RetryLater
from app.integrations.registry import all_connectors
from app.integrations.systems import ConnectedSystems
from app.integrations.writing import RecordSystem, Write
from app.portfolio.register import Register
from app.portfolio.sync import sync_source
from tests.integrations.entrata.rig import HOME, Stand, standing

WORKSPACE = "W1"


@dataclass
class Writing:
    stand: Stand
    db: Database
    system: RecordSystem
    occupied: Unit
    vacant: Unit

    def order(self, **given: Any) -> dict[str, Any]:
        return {
            "property_id": f"entrata:{HOME}",
            "unit_id": self.occupied.id,
            "description": "The kitchen sink has a leak",
            **given,
        }

    async def create(self, key: str = "key-1", **given: Any) -> str:
        return await self.system.write(Write("work_order", WORKSPACE, self.order(**given), key))

    async def update(self, work_order_id: str, **changes: Any) -> str:
        return await self.system.write(Write("work_order", WORKSPACE, changes, "key-2", record_id=work_order_id))

    async def row(self, work_order_id: str) -> WorkOrder:
        async with self.db.reading() as session:
            return await session.get_one(WorkOrder, (WORKSPACE, work_order_id))

    def made(self) -> list[int]:
        """Numbers of the work orders at Entrata that the portfolio did not bring."""
        home = self.stand.server.store.home(HOME)
        return sorted(set(home.orders) - {order.id for order in home.community.work_orders})


@pytest.fixture
async def writing(stand: Stand, sqlite_db: Database) -> AsyncIterator[Writing]:
    report = await sync_source(sqlite_db, WORKSPACE, stand.connector, clock=stand.clock)
    assert report.ok, report.sentence
    async with sqlite_db.reading() as session:
        living = (await session.scalars(select(Unit).where(Unit.property_id == f"entrata:{HOME}"))).all()
    occupied = next(unit for unit in living if unit.status == "occupied")
    vacant = next(unit for unit in living if unit.status in ("vacant", "vacant_leased", "down"))
    system = ConnectedSystems(sqlite_db, [stand.connector], all_connectors(), Register(sqlite_db, SystemClock())).of(
        "entrata", "work_order"
    )
    yield Writing(stand, sqlite_db, system, occupied, vacant)


async def test_a_work_order_is_made_at_entrata_and_stands_in_the_read_model(writing: Writing) -> None:
    made = await writing.create(priority="high", category="plumbing", permission_to_enter=True)
    row = await writing.row(made)
    assert (row.description, row.status, row.priority, row.category) == (
        "The kitchen sink has a leak",
        "open",
        "high",
        "plumbing",
    )
    assert (row.unit_id, row.permission_to_enter, row.number) == (writing.occupied.id, True, made.partition(":")[2])
    [number] = writing.made()
    stored = writing.stand.server.store.home(HOME).orders[number]
    assert stored.problem == "Leak"
    async with writing.db.reading() as session:
        living = select(Lease).where(Lease.unit_id == writing.occupied.id, Lease.status == "current")
        lease = (await session.scalars(living)).one()
    assert row.resident_id == lease.resident_id


async def test_the_same_key_twice_makes_one_work_order(writing: Writing) -> None:
    assert await writing.create() == await writing.create()
    assert len(writing.made()) == 1
    assert await writing.create(key="another") != await writing.create()
    assert len(writing.made()) == 2


@pytest.mark.parametrize("fault", ["drop_answer", "cut_answer", "error"])
async def test_a_lost_answer_is_an_unknown_outcome_that_a_look_reconciles(writing: Writing, fault: str) -> None:
    writing.stand.server.faults.add("sendWorkOrders", fault)
    with pytest.raises(OutcomeUnknown):
        await writing.create()
    assert writing.stand.server.calls.count("sendWorkOrders") == 1
    found = await writing.system.find("work_order", workspace_id=WORKSPACE, idempotency_key="key-1")
    if fault == "error":  # it said it failed before it did anything
        assert (found, writing.made()) == (None, [])
    else:
        assert found == f"entrata:{writing.made()[0]}"
        assert (await writing.row(found)).description == "The kitchen sink has a leak"


async def test_a_create_that_is_repeated_after_a_lost_answer_does_not_make_a_second_one(writing: Writing) -> None:
    writing.stand.server.faults.add("sendWorkOrders", "drop_answer")
    with pytest.raises(OutcomeUnknown):
        await writing.create()
    again = await writing.create()
    assert [again] == [f"entrata:{number}" for number in writing.made()]


async def test_a_create_that_never_arrived_is_not_found(writing: Writing) -> None:
    writing.stand.server.faults.add("sendWorkOrders", "status:429", times=10, retry_after="3600")
    with pytest.raises(RetryLater):
        await writing.create()
    with pytest.raises(RetryLater):  # nobody is asked before the hour is over
        await writing.system.find("work_order", workspace_id=WORKSPACE, idempotency_key="key-1")
    await writing.stand.patience.sleep(3600)
    assert await writing.system.find("work_order", workspace_id=WORKSPACE, idempotency_key="key-1") is None


async def test_another_workspace_with_the_same_key_finds_nothing(writing: Writing) -> None:
    await writing.create()
    await sync_source(writing.db, "W2", writing.stand.connector, clock=writing.stand.clock)
    assert await writing.system.find("work_order", workspace_id="W2", idempotency_key="key-1") is None


async def test_status_assignee_and_priority_are_changed_and_read_back(writing: Writing) -> None:
    made = await writing.create()
    technician = next(iter(writing.stand.server.store.employees()))
    await writing.update(made, status="in_progress", assignee=technician, priority="emergency")
    row = await writing.row(made)
    assert (row.status, row.assignee, row.priority) == ("in_progress", technician, "emergency")
    await writing.update(made, status="completed")
    row = await writing.row(made)
    assert row.status == "completed"
    assert row.completed_at is not None
    assert row.description == "The kitchen sink has a leak"


async def test_a_vendor_can_be_assigned(writing: Writing) -> None:
    made = await writing.create()
    await writing.update(made, assignee="AceFlow Plumbing")
    assert (await writing.row(made)).assignee == "AceFlow Plumbing"


async def test_an_unknown_assignee_is_refused_before_anything_changes(writing: Writing) -> None:
    made = await writing.create()
    with pytest.raises(NotFound) as unknown:
        await writing.update(made, assignee="Zorro", status="completed")
    assert "Zorro" in unknown.value.sentence
    assert (await writing.row(made)).status == "open"


async def test_an_update_whose_answer_is_lost_is_repeated_and_settles(writing: Writing) -> None:
    made = await writing.create()
    writing.stand.server.faults.add("updateWorkOrders", "drop_answer")
    await writing.update(made, status="on_hold")
    assert (await writing.row(made)).status == "on_hold"


async def test_a_unit_where_nobody_lives_is_reached_through_the_office(writing: Writing) -> None:
    made = await writing.create(unit_id=writing.vacant.id)
    number = int(made.partition(":")[2])
    stored = writing.stand.server.store.home(HOME).orders[number]
    assert stored.phone == writing.stand.server.store.properties[0].phone.removeprefix("+1")
    assert (await writing.row(made)).resident_id is None


async def test_a_record_of_another_system_is_refused(writing: Writing) -> None:
    with pytest.raises(Fixable) as refused:
        await writing.create(property_id="yardi:5")
    assert refused.value.code == "record_of_another_system"


async def test_people_never_see_the_mark_but_entrata_keeps_it(writing: Writing) -> None:
    made = await writing.create()
    [number] = writing.made()
    assert "[ref " in writing.stand.server.store.home(HOME).orders[number].order.description
    assert "[ref" not in (await writing.row(made)).description
    await sync_source(writing.db, WORKSPACE, writing.stand.connector, clock=writing.stand.clock, mode="full")
    assert "[ref" not in (await writing.row(made)).description


async def test_what_was_written_survives_a_restart_of_the_stand_in(writing: Writing, tmp_path: Path) -> None:
    made = await writing.create()
    await writing.update(made, status="completed")
    async with standing(tmp_path / "entrata") as again:
        stored = again.server.store.home(HOME).orders[int(made.partition(":")[2])]
    assert stored.order.status == "completed"
    assert stored.order.unit_id == int(writing.occupied.id.partition(":")[2])


def test_a_source_that_is_not_set_up_is_a_sentence(sqlite_db: Database) -> None:
    systems = ConnectedSystems(sqlite_db, [], all_connectors(), Register(sqlite_db, SystemClock()))
    with pytest.raises(NotAllowed) as missing:
        systems.of("entrata", "work_order")
    assert missing.value.sentence == "Entrata isn't set up for me."
    with pytest.raises(NotAllowed) as unknown:
        systems.of("abacus", "work_order")
    assert unknown.value.code == "system_unknown"


def test_a_system_is_not_asked_for_records_it_does_not_take(stand: Stand, sqlite_db: Database) -> None:
    systems = ConnectedSystems(sqlite_db, [stand.connector], all_connectors(), Register(sqlite_db, SystemClock()))
    with pytest.raises(NotAllowed) as refused:
        systems.of("entrata", "deal")
    assert refused.value.sentence == "I can read from Entrata, but not change deals there."
