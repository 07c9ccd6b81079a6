"""Two communities of the demo portfolio go over AppFolio's wire and come out the same, as far as AppFolio has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.base import Sourced
from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.maintenance import WorkOrder
from app.db.models.property import FloorPlan, Property, PropertyMonth, Unit
from app.domain.clock import FixedClock
from app.domain.errors import Fixable
from app.http.outbound import Call, Reply, ServiceClient
from app.integrations.appfolio import CONNECTOR
from app.integrations.base import SAMPLED, Reading
from app.portfolio.sync import SyncReport, sync_source
from app.sandbox.appfolio.database import GL_ACCOUNTS
from app.sandbox.appfolio.ids import Kind
from app.sandbox.portfolio.portfolio import Community
from app.sandbox.portfolio.records import LedgerEntry as Entry
from tests.integrations.appfolio.rig import ACCOUNT, Stand, read_model, settings
from tests.integrations.entrata.rig import HOME, NOW

T = TypeVar("T", bound=Sourced)


async def synced(stand: Stand, db: Database, **how: Any) -> SyncReport:
    report = await sync_source(db, "W1", stand.connector, **{"clock": stand.clock, **how})
    assert report.ok, report.sentence
    return report


async def everything(db: Database, model: type[T]) -> dict[str, T]:
    """Living rows by id."""
    async with db.reading() as session:
        found = await session.scalars(select(model).where(model.deleted_at.is_(None)))
        return {row.id: row for row in found}


def communities(stand: Stand) -> list[Community]:
    return [home.community for home in stand.store.homes]


def same(rows: dict[str, Any], kind: Kind, records: Sequence[Any], names: Sequence[str]) -> None:
    """Every record stands in its row, in the columns named."""
    for record in records:
        row = rows[read_model(kind, record.id)]
        wanted = {n: "|".join(v) if isinstance(v := getattr(record, n), tuple) else v for n in names}
        assert {n: getattr(row, n) for n in names} == wanted, (kind, record.id)


async def test_every_record_arrives_as_it_is(stand: Stand, db: Database) -> None:
    report = await synced(stand, db)
    assert report.problems == ()
    whole = communities(stand)
    properties = await everything(db, Property)
    same(properties, "property", [one.property for one in whole], ("name", "street", "city", "state", "timezone"))
    assert [properties[read_model("property", one.property.id)].unit_count for one in whole] == [12, 12]
    units, leases = await everything(db, Unit), await everything(db, Lease)
    residents, orders = await everything(db, Resident), await everything(db, WorkOrder)
    assert len(units) == sum(len(one.units) for one in whole)
    assert len(leases) == sum(len(one.leases) for one in whole)
    assert len(residents) == len({lease.resident_id for one in whole for lease in one.leases})
    assert len(orders) == sum(len(one.work_orders) for one in whole)
    for one in whole:
        seen = ("number", "bedrooms", "bathrooms", "square_feet", "market_rent_cents", "status", "available_on")
        same(units, "unit", one.units, seen)
        same(residents, "tenant", one.residents, ("name", "email", "phone"))
        same(leases, "lease", one.leases, ("status", "start_on", "end_on", "move_in_on", "move_out_on"))
        for record in one.leases:
            named = leases[read_model("lease", record.id)].occupants.split("|")
            assert (named[0], sorted(named)) == (record.occupants[0], sorted(record.occupants))
        same(orders, "work_order", one.work_orders, ("description", "category", "status", "assignee", "scheduled_on"))


async def test_rents_come_from_the_rolls_of_the_days_on_which_the_leases_ran(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    leases = await everything(sqlite_db, Lease)
    for one in communities(stand):
        for record in one.leases:
            if record.end_on >= date(2024, 3, 1):
                row = leases[read_model("lease", record.id)]
                assert (row.rent_cents, row.deposit_cents) == (record.rent_cents, record.deposit_cents)
    assert Counter(stand.server.calls)["rent_roll"] < 10


async def test_units_hang_on_the_floor_plan_of_their_type(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    units, plans = await everything(sqlite_db, Unit), await everything(sqlite_db, FloorPlan)
    for one in communities(stand):
        names = {plan.id: plan.name for plan in one.floor_plans}
        for record in one.units:
            row = units[read_model("unit", record.id)]
            assert row.floor_plan_id is not None
            assert plans[row.floor_plan_id].name == names[record.floor_plan_id]


async def test_ledgers_add_up_by_household_and_months_are_summed_up(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    entries, leases = await everything(sqlite_db, LedgerEntry), await everything(sqlite_db, Lease)
    ours: dict[str, int] = defaultdict(int)
    for entry in entries.values():
        ours[leases[entry.lease_id].resident_id] += entry.amount_cents
    theirs: dict[str, int] = defaultdict(int)
    count = 0
    for one in communities(stand):
        resident = {lease.id: lease.resident_id for lease in one.leases}
        for record in one.ledger:
            theirs[read_model("tenant", resident[record.lease_id])] += record.amount_cents
            count += 1
    assert (ours, len(entries)) == (theirs, count)
    assert {entry.code for entry in entries.values()} >= {"rent", "utility", "payment", "late_fee"}
    assert any(lease.past_due_cents > 0 for lease in leases.values())
    async with sqlite_db.reading() as session:
        months = (await session.scalars(select(PropertyMonth))).all()
    assert {month.property_id for month in months} == {read_model("property", n) for n in stand.store.property_ids}


async def test_an_incremental_sync_sees_new_work_orders_payments_and_ended_leases(
    stand: Stand, sqlite_db: Database
) -> None:
    await synced(stand, sqlite_db)
    home = stand.store.homes[0]
    lease = next(one for one in home.community.leases if one.status == "current")
    before = (await everything(sqlite_db, Lease))[read_model("lease", lease.id)].balance_cents
    order = next(iter(stand.store.orders.values())).order
    stand.store.save(replace(order, id=40_001, description="New one", status="open", completed_at=None))
    payment = Entry(9_999, lease.id, HOME, "payment", "payment", "Online payment", -12_345, date(2026, 3, 17), None)
    fee = Entry(9_998, lease.id, HOME, "charge", "late_fee", "Late fee", 5_000, date(2026, 3, 17), date(2026, 3, 17))
    ended = tuple(
        replace(one, status="past", move_out_on=date(2026, 3, 17)) if one is lease else one
        for one in home.community.leases
    )
    home.change(replace(home.community, leases=ended, ledger=(*home.community.ledger, payment, fee)), NOW)
    stand.server.calls.clear()
    report = await synced(stand, sqlite_db)
    assert (await everything(sqlite_db, WorkOrder))[read_model("work_order", 40_001)].description == "New one"
    row = (await everything(sqlite_db, Lease))[read_model("lease", lease.id)]
    assert (row.status, row.balance_cents) == ("past", before - 12_345 + 5_000)
    assert report.rows < 400
    assert Counter(stand.server.calls)["receivables_activity"] == 1


async def test_what_is_gone_is_buried_by_the_next_full_sync(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    home = stand.store.homes[0]
    gone = home.community.units[0]
    left = [one for one in home.community.leases if one.unit_id != gone.id]
    kept = {one.id for one in left}
    home.change(
        replace(
            home.community,
            units=home.community.units[1:],
            leases=tuple(left),
            ledger=tuple(entry for entry in home.community.ledger if entry.lease_id in kept),
        ),
        NOW,
    )
    await synced(stand, sqlite_db, clock=FixedClock(NOW + timedelta(hours=1)), mode="full")
    assert read_model("unit", gone.id) not in await everything(sqlite_db, Unit)
    assert len(await everything(sqlite_db, Lease)) == len(left) + len(communities(stand)[1].leases)


async def test_a_payment_that_fits_nobody_is_reported_and_the_totals_show_the_difference(
    stand: Stand, sqlite_db: Database
) -> None:
    home = stand.store.homes[0]
    living = next(one for one in home.community.leases if one.status == "current")
    twin = next(one for one in home.community.residents if one.id == living.resident_id)
    renamed = tuple(replace(one, name="Somebody Else") if one is twin else one for one in home.community.residents)
    leases = home.leases, home.tenants  # AppFolio's Database API keeps the old name: nothing joins the two
    home.community = replace(home.community, residents=renamed)
    home.residents[twin.id] = next(one for one in renamed if one.id == twin.id)
    assert leases == (home.leases, home.tenants)
    report = await synced(stand, sqlite_db)
    kinds = {problem.kind for problem in report.problems}
    assert "payment that fits no household" in kinds
    assert any(kind.startswith(f"open balances at {home.community.property.name}: AppFolio says $") for kind in kinds)


async def test_a_link_that_has_expired_is_made_anew_and_no_payment_is_lost(
    stand: Stand, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.server.rows_a_page = 40
    page = ServiceClient.send
    expired = 0

    async def send(self: ServiceClient, call: Call) -> Reply:
        nonlocal expired
        if call.operation == "receivables_activity_page" and expired < 2:
            expired += 1
            stand.server._results.clear()  # half an hour passes
        return await page(self, call)

    monkeypatch.setattr(ServiceClient, "send", send)
    report = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    wanted = sum(len(one.ledger) for one in communities(stand))
    if not report.ok:  # the same link twice is a loop to the sync, which begins the part again
        report = await sync_source(sqlite_db, "W1", stand.connector, clock=stand.clock)
    assert report.ok, report.sentence
    assert expired == 2
    assert len(await everything(sqlite_db, LedgerEntry)) == wanted


async def test_a_first_sync_keeps_to_both_limits_and_is_never_refused(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    assert (stand.server.reports.refused, stand.server.database.refused) == (0, 0)
    assert len([call for call in stand.server.calls if call in ("rent_roll", "receivables_activity")]) > 7
    assert sum(stand.patience.waits) < 60


async def test_a_limit_that_others_have_used_up_is_waited_for(stand: Stand, sqlite_db: Database) -> None:
    for _ in range(7):
        stand.server.reports.take()
    await synced(stand, sqlite_db)
    assert stand.server.reports.refused >= 1
    assert max(stand.patience.waits) <= 15


async def test_accounts_that_are_never_listed_are_reported_and_cost_no_call_each(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ticking(FixedClock):
        def now(self) -> datetime:
            object.__setattr__(self, "at", self.at + timedelta(milliseconds=10))
            return super().now()

    monkeypatch.delitem(GL_ACCOUNTS, "rent")
    connector = CONNECTOR.open(settings(stand.url), stand.outbound, Ticking(NOW))
    page = await connector.read(Reading("ledger", date(2024, 3, 1)))
    [unknown] = [one for one in page.problems if one.kind == "unknown charge code: empty"]
    assert unknown.count > 100
    assert stand.server.calls.count("gl_accounts") == 1


async def test_each_secret_goes_to_its_own_api_and_nowhere_else(
    stand: Stand, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Call] = []
    send = ServiceClient.send

    async def noted(self: ServiceClient, call: Call) -> Reply:
        calls.append(call)
        return await send(self, call)

    monkeypatch.setattr(ServiceClient, "send", noted)
    await synced(stand, sqlite_db)
    reports = {call.headers["Authorization"] for call in calls if "/api/v2/" in call.url}
    database = {call.headers["Authorization"] for call in calls if "/api/v0/" in call.url}
    assert len(reports) == len(database) == 1
    assert reports != database
    secrets = (ACCOUNT.reports[1], ACCOUNT.database[1])
    assert not [call for call in calls for secret in secrets if secret in f"{call.url}{call.body!r}{call.params}"]


@pytest.mark.parametrize("vhost", ["evil.example/#", "a@evil.example", "..", "-", "a b", "acme.appfolio.com"])
def test_a_sub_domain_never_leads_to_another_host(stand: Stand, vhost: str) -> None:
    given = settings("http://127.0.0.1:1", APPFOLIO_VHOST=vhost)
    with pytest.raises(Fixable):
        CONNECTOR.open(given, stand.outbound, FixedClock(NOW))


@pytest.mark.parametrize("resource", ["properties", "units", "work_orders", "ledger"])
async def test_pages_show_some_raw_records_from_which_a_change_of_their_shape_is_noticed(
    stand: Stand, resource: str
) -> None:
    page = await stand.connector.read(Reading(resource, date(2024, 3, 1)))
    assert 0 < len(page.sample) <= SAMPLED
    assert all("LastUpdatedAt" in record for record in page.sample.values())
