"""The same file twice changes nothing; a changed file changes just its rows; other systems' data is never doubled."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.db.models.finance import GlMonth
from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.property import FloorPlan, MarketComp, Property, PropertyMonth, Unit
from app.domain.principal import Principal
from app.portfolio.area import area_of
from app.portfolio.occupancy import occupancy_today
from app.portfolio.sources import cite
from app.security.audit import AuditLog
from tests.imports.office import ADMIN, LEDGER, ROLL, UNITS, WS, Office, reasons
from tests.tools import world

TABLES = (Property, FloorPlan, Unit, Resident, Lease, LedgerEntry, GlMonth, MarketComp)
BUDGET = [["Account", "Jan 2027", "Feb 2027"], ["Rent", "12,000", "12,100"], ["Payroll", "3,000", "3,000"]]
SURVEY = [["Competitor", "Beds", "Asking Rent"], ["Birch Park", "1", "$1,300"], ["Elm House", "2", "$1,800"]]


async def test_every_kind_twice_changes_nothing(both: Office) -> None:
    async def all_of_them() -> list[int]:
        await both.take(UNITS, create_properties=True)
        reports = [await both.take(rows, property="Maple Grove") for rows in (ROLL, LEDGER, BUDGET, SURVEY)]
        return [report.counts.written for report in reports]

    first = await all_of_them()
    assert all(first)
    before = await both.everything(*TABLES)
    later = replace(both, now=both.now.replace(hour=22))
    for rows in (LEDGER, BUDGET, SURVEY, ROLL):
        assert (await later.take(rows, property="Maple Grove")).counts.written == 0
    assert await both.everything(*TABLES) == before


@given(data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_rent_roll_twice_changes_nothing(office: Office, data: st.DataObject) -> None:
    day = st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(date.isoformat)
    row = st.tuples(
        st.integers(1, 6).map(str), st.sampled_from(["1x1", "2x2"]), st.just("700"), st.just("1"), st.just("1500"),
        st.sampled_from(["VACANT", "Ana Ruiz", "Fox, Ben", "=cmd|x", ""]),
        st.sampled_from(["", "1,400", "(5)", "x"]), day, day, st.just(""),
    )  # fmt: skip
    rolls = [[ROLL[3], *data.draw(st.lists(row.map(list), max_size=8))] for _ in range(2)]
    for roll in rolls:
        await office.take(roll, property="Maple Grove", create_properties=True)
        before = await office.everything(*TABLES)
        again = await office.take(roll, property="Maple Grove", create_properties=True)
        assert (again.counts.written, await office.everything(*TABLES)) == (0, before)


async def test_a_changed_file_changes_just_those_rows(office: Office) -> None:
    await office.maple()
    before = dict(await office.rows(Lease, "id", "rent_cents"))
    raised = [list(row) for row in ROLL]
    raised[6][6] = 1750
    report = await office.take(raised, property="Maple Grove")
    assert (report.counts.added, report.counts.changed) == (0, 1)
    after = dict(await office.rows(Lease, "id", "rent_cents"))
    assert {key for key in after if after[key] != before[key]} == {"import:maple-grove/103/2026-01-01"}


async def test_an_older_file_never_takes_newer_data_back(office: Office) -> None:
    await office.maple()
    old = [list(row) for row in ROLL]
    old[4][6] = "1,000.00"
    report = await office.take(old, property="Maple Grove", as_of=date(2026, 8, 31))
    assert (report.counts.written, report.counts.older) == (0, 1)
    assert await office.rows(Lease, "rent_cents") == [(145_000,), (170_000,)]


async def test_a_dry_run_says_the_same_and_changes_nothing(both: Office) -> None:
    dry = await both.take(ROLL, property="Maple Grove", create_properties=True, dry_run=True)
    assert dry.sentence.startswith("data.csv is a rent roll as of Oct 31, 2026: 8 records would be added")
    assert await both.everything(*TABLES) == []
    wet = await both.take(ROLL, property="Maple Grove", create_properties=True)
    assert (wet.counts, wet.refused) == (dry.counts, dry.refused)
    audit = [entry.action for entry in await both.desk.audit.newest(WS)]
    assert audit == ["data.imported"]


async def test_an_import_is_on_record_with_its_file_and_counts(office: Office) -> None:
    await office.maple()
    log: AuditLog = office.desk.audit
    (entry,) = await log.newest(WS)
    assert (entry.actor, entry.action, entry.subject) == ("console", "data.imported", "data.csv")
    assert json.loads(entry.detail)["added"] == 8
    assert "Gonzalez" not in entry.detail


@pytest.fixture
async def connected(office: Office) -> Office:
    """Maple Grove, kept in Entrata (tests/tools/world.py)."""
    async with office.db.transaction() as session:
        session.add(Property(workspace_id=WS, id=world.MAPLE, name="Maple Grove", as_of=world.SYNCED))
    return office


@pytest.mark.parametrize("rows", [UNITS, ROLL, LEDGER, BUDGET], ids=["units", "rent roll", "ledger", "budget"])
async def test_what_a_connected_system_keeps_is_not_taken_from_a_file(connected: Office, rows: list[Any]) -> None:
    report = await connected.take(rows, property="Maple Grove", create_properties=True)
    assert report.counts.written == 0
    assert set(reasons(report).values()) == {
        "Maple Grove is kept in Entrata, which brings this itself; taking it from a file too would double it"
    }
    assert await connected.rows(Unit, "id") == []


async def test_budgets_and_surveys_attach_to_a_community_of_a_system_that_has_none(office: Office) -> None:
    async with office.db.transaction() as session:
        session.add(Property(workspace_id=WS, id="appfolio:1", name="Maple Grove", as_of=world.SYNCED))
        session.add(
            GlMonth(
                workspace_id=WS, id="sophia:g1", property_id="appfolio:1", month=date(2027, 1, 1), account="rent",
                is_income=True, budget_cents=1, as_of=world.SYNCED,
            )
        )  # fmt: skip
    report = await office.take(BUDGET, property="Maple Grove")
    assert reasons(report) == {2: "Sophia's register holds rent of January 2027 already"}
    assert [row[0] for row in await office.rows(GlMonth, "id")] == [
        "import:appfolio:1/gl/payroll/2027-01",
        "import:appfolio:1/gl/payroll/2027-02",
        "sophia:g1",
    ]
    assert (await office.take(SURVEY, property="Maple Grove")).refused == 0


async def test_answers_name_the_file_and_the_day_it_speaks_for(office: Office) -> None:
    await office.maple()
    async with office.db.reading() as session:
        area = await area_of(session, ADMIN, "maple grove")
        (source,) = await area.sources(session, "leases", "Leases at Maple Grove")
        assert source.system == "rent roll data.csv, imported Nov 30, 2026"
        assert source.as_of.date() == date(2026, 10, 31)
        assert (await occupancy_today(session, area)).total.physical == pytest.approx(2 / 3)
        lease = (await session.scalars(select(Lease).where(Lease.workspace_id == WS))).first()
        assert lease is not None
        (cited,) = await cite(session, WS, "leases", "Lease of 101", [(lease.id, lease.as_of)])
        assert cited.system == source.system


async def test_a_community_of_a_system_names_the_file_only_for_what_was_imported(connected: Office) -> None:
    await connected.take(SURVEY, property="Maple Grove")
    async with connected.db.reading() as session:
        area = await area_of(session, Principal(WS, ADMIN.user_id, "S", ADMIN.roles), "Maple Grove")
        assert [one.system for one in await area.sources(session, "units", "x")] == ["Entrata"]
        assert [one.system for one in await area.sources(session, "market_comps", "x")] == [
            "rent survey data.csv, imported Nov 30, 2026"
        ]


async def test_sums_by_month_follow_an_import(office: Office) -> None:
    await office.maple()
    async with office.db.reading() as session:
        rent = select(PropertyMonth.leased_rent_cents).where(
            PropertyMonth.workspace_id == WS, PropertyMonth.month == date(2026, 10, 1)
        )
        assert await session.scalar(rent) == 315_000
