"""The demo portfolio goes over the wire and comes out the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import orjson
import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.base import Sourced
from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.maintenance import WorkOrder
from app.db.models.property import FloorPlan, Property, Unit
from app.domain.money import Money
from app.http.outbound import Call, Reply, ServiceClient
from app.portfolio.sync import sync_source
from app.sandbox.entrata.store import StoredOrder
from app.sandbox.portfolio.records import LedgerEntry as Entry
from tests.integrations.entrata.rig import HOME, Stand

T = TypeVar("T", bound=Sourced)
OTHER = HOME + 1


async def everything(db: Database, model: type[T], home: int = HOME) -> dict[int, T]:
    """Living rows of a property by the source's id."""
    async with db.reading() as session:
        table = model.__table__.c  # type: ignore[attr-defined]
        here = table.property_id == f"entrata:{home}" if "property_id" in table else True
        found = await session.scalars(select(model).where(here, model.deleted_at.is_(None)))  # type: ignore[arg-type]
        return {int(row.source_id): row for row in found}


def shown(row: Any, record: Any, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same columns of a row and of the portfolio's record."""
    return {n: getattr(row, n) for n in names}, {n: _plain(getattr(record, n)) for n in names}


def _plain(value: Any) -> Any:
    return "|".join(value) if isinstance(value, tuple) else value


async def test_every_record_of_the_portfolio_arrives_as_it_is(stand: Stand, db: Database) -> None:
    report = await sync_source(db, "W1", stand.connector, clock=stand.clock)
    assert report.ok, report.sentence
    assert report.problems == ()
    community = stand.server.store.home(HOME).community
    properties = await everything(db, Property)
    for row, record in ((properties[one.id], one) for one in stand.server.store.properties):
        got, wanted = shown(
            row, record, ("name", "aliases", "street", "city", "state", "postal_code", "year_built", "timezone")
        )
        assert got == wanted
    assert properties[HOME].unit_count == len(community.units)
    for model, records, names in (
        (
            FloorPlan,
            community.floor_plans,
            ("name", "bedrooms", "bathrooms", "square_feet", "market_rent_cents", "amenities"),
        ),
        (
            Unit,
            community.units,
            (
                "number",
                "building",
                "bedrooms",
                "bathrooms",
                "square_feet",
                "market_rent_cents",
                "status",
                "available_on",
                "pet_friendly",
                "amenities",
            ),
        ),
        (Resident, community.residents, ("name", "email", "phone", "sms_consent")),
        (
            Lease,
            community.leases,
            (
                "occupants",
                "status",
                "start_on",
                "end_on",
                "move_in_on",
                "move_out_on",
                "notice_given_on",
                "rent_cents",
                "deposit_cents",
            ),
        ),
        (LedgerEntry, community.ledger, ("kind", "code", "description", "amount_cents", "posted_on", "due_on")),
    ):
        rows = await everything(db, model)  # type: ignore[type-var]
        assert set(rows) == {record.id for record in records}, model
        for record in records:
            got, wanted = shown(rows[record.id], record, names)
            assert got == wanted, (model, record.id)


async def test_leases_hang_on_their_units_residents_and_former_terms(stand: Stand, sqlite_db: Database) -> None:
    await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    rows = await everything(sqlite_db, Lease)
    for record in stand.server.store.home(HOME).community.leases:
        row = rows[record.id]
        former = f"entrata:{record.renewed_from_id}" if record.renewed_from_id else None
        assert (row.unit_id, row.resident_id) == (f"entrata:{record.unit_id}", f"entrata:{record.resident_id}")
        assert row.renewed_from_id == former


async def test_work_orders_arrive_with_unit_resident_and_times(stand: Stand, sqlite_db: Database) -> None:
    await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    rows = await everything(sqlite_db, WorkOrder)
    records = {record.id: record for record in stand.server.store.home(HOME).community.work_orders}
    assert set(rows) == set(records)
    for number, record in records.items():
        names = ("description", "category", "priority", "status", "assignee", "permission_to_enter", "scheduled_on")
        got, wanted = shown(rows[number], record, names)
        assert got == wanted
        assert rows[number].created_at == record.created_at.replace(microsecond=0)
        assert rows[number].unit_id == f"entrata:{record.unit_id}"


async def test_balances_are_the_sums_of_their_ledgers(stand: Stand, sqlite_db: Database) -> None:
    await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    sums: Counter[int] = Counter()
    for entry in stand.server.store.home(HOME).community.ledger:
        sums[entry.lease_id] += entry.amount_cents
    rows = await everything(sqlite_db, Lease)
    assert {number: row.balance_cents for number, row in rows.items()} == {number: sums[number] for number in rows}
    assert any(row.past_due_cents > 0 for row in rows.values())


async def test_what_entrata_says_is_owed_agrees_with_the_ledgers_and_a_lost_entry_shows(
    stand: Stand, sqlite_db: Database
) -> None:
    agreed = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    assert not [problem for problem in agreed.problems if "owe" in problem.kind]
    home = stand.server.store.home(HOME)
    stay = next(iter(home.balances))
    home.balances[stay] += 12_345
    differs = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock, mode="full")
    [problem] = [problem for problem in differs.problems if "owe" in problem.kind]
    ours, theirs = sum(home.balances.values()) - 12_345, sum(home.balances.values())
    assert problem.record == f"{home.community.property.name}: {Money(theirs)} at Entrata, {Money(ours)} here"


async def test_an_incremental_sync_sees_new_work_orders_and_payments_and_ended_leases(
    stand: Stand, sqlite_db: Database
) -> None:
    whole = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    home = stand.server.store.home(HOME)
    order = next(iter(home.orders.values())).order
    new = replace(order, id=4711, description="New one", created_at=stand.clock.now(), status="open", completed_at=None)
    stand.server.store.save(StoredOrder(new, "Other", touched_at=stand.clock.now()))
    lease = next(one for one in home.community.leases if one.status == "current")
    payment = Entry(
        99_999_999, lease.id, HOME, "payment", "payment", "Online payment", -12_345, date(2026, 3, 18), None
    )
    ended = tuple(
        replace(one, status="past", move_out_on=date(2026, 3, 17)) if one is lease else one
        for one in home.community.leases
    )
    before = (await everything(sqlite_db, Lease))[lease.id].balance_cents
    home.change(replace(home.community, leases=ended, ledger=(*home.community.ledger, payment)))
    stand.server.calls.clear()
    report = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    assert report.ok, report.sentence
    assert (await everything(sqlite_db, WorkOrder))[4711].description == "New one"
    row = (await everything(sqlite_db, Lease))[lease.id]
    assert (row.status, row.balance_cents) == ("past", before - 12_345)
    assert report.rows < whole.rows / 6
    assert Counter(stand.server.calls)["getLeaseArTransactions"] == 2


async def test_a_broken_property_is_taken_up_again_at_its_page(stand: Stand, sqlite_db: Database) -> None:
    stand.server.faults.add("getLeaseArTransactions", "wrong_type")
    broken = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    assert [error.code for _, error in broken.failures] == ["vendor_answer_unreadable"]
    stand.server.calls.clear()
    assert (await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)).ok
    by_lease: dict[int, int] = defaultdict(int)
    for row in (await everything(sqlite_db, LedgerEntry)).values():
        by_lease[int(row.lease_id.partition(":")[2])] += row.amount_cents
    sums: dict[int, int] = defaultdict(int)
    for entry in stand.server.store.home(HOME).community.ledger:
        sums[entry.lease_id] += entry.amount_cents
    assert by_lease == sums


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Every call that leaves, in order."""
    calls: list[Call] = []
    send = ServiceClient.send

    async def noted(self: ServiceClient, call: Call) -> Reply:
        calls.append(call)
        return await send(self, call)

    monkeypatch.setattr(ServiceClient, "send", noted)
    return calls


async def test_the_key_is_in_the_header_and_nowhere_else(stand: Stand, sqlite_db: Database, sent: list[Call]) -> None:
    await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    assert len(sent) > 20
    for call in sent:
        assert call.headers["X-Api-Key"] == "test-key-1"
        assert b"test-key-1" not in (call.body or b"") and "test-key-1" not in call.url
        assert orjson.loads(call.body or b"")["auth"] == {"type": "apikey"}
