"""HubSpot's records in the read model: first load, what changed since, what was deleted and restored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.base import Sourced
from app.db.models.business import CallNote, Company, Contact, Deal, Task
from app.domain.errors import NotAllowed
from app.integrations.base import Page
from app.integrations.hubspot.reading import FOUND, CrmReader
from app.integrations.telling import Telling
from app.portfolio.sync import SyncReport, sync_source
from app.portfolio.sync.report import SyncMode
from tests.integrations.hubspot.rig import TODAY, Stand, seeds

WORKSPACE = "W1"


async def synced(stand: Stand, db: Database, mode: SyncMode = "auto") -> SyncReport:
    return await sync_source(db, WORKSPACE, stand.connector, clock=stand.clock, mode=mode)


async def rows(db: Database, model: type[Sourced]) -> dict[str, Any]:
    """The living rows by HubSpot's id."""
    async with db.reading() as session:
        found = await session.scalars(select(model).where(model.workspace_id == WORKSPACE, model.deleted_at.is_(None)))
        return {row.source_id: row for row in found}


async def test_the_first_sync_brings_the_whole_business_side_and_it_fits_together(stand: Stand, db: Database) -> None:
    report = await synced(stand, db)
    assert report.ok, report.sentence
    assert report.problems == ()
    companies, contacts, deals = await rows(db, Company), await rows(db, Contact), await rows(db, Deal)
    tasks, notes = await rows(db, Task), await rows(db, CallNote)
    counts = {kind: sum(one.kind == kind for one in seeds(TODAY).records) for kind in stand.store.objects}
    found = {"companies": companies, "contacts": contacts, "deals": deals, "tasks": tasks, "notes": notes}
    assert {kind: len(held) for kind, held in found.items()} == counts
    dana = next(one for one in contacts.values() if one.name == "Dana Whitman")
    assert (dana.role, dana.email, dana.search_name) == ("VP Acquisitions", "dana@greystonecap.com", "dana whitman")
    greystone = companies[dana.company_id.partition(":")[2]]
    assert (greystone.name, greystone.kind, greystone.domain) == ("Greystone Capital", "investor", "greystonecap.com")
    deal = next(one for one in deals.values() if one.name.startswith("Greystone Capital"))
    assert (deal.company_id, deal.stage, deal.owner, deal.amount_cents) == (
        greystone.id,
        "proposal",
        "Sarah Whitcombe",
        240_000_000,
    )
    assert deal.close_on == TODAY + timedelta(days=38)
    late = next(one for one in tasks.values() if one.title == "Order filters for the third quarter")
    assert (late.assignee, late.due_on, late.status) == ("Luis Ortega", TODAY - timedelta(days=2), "open")
    assert {note.contact_id for note in notes.values()} <= {one.id for one in contacts.values()}
    assert not any("<" in note.note for note in notes.values())


async def test_later_syncs_read_only_what_was_modified(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    stand.clock.go(hours=1)
    deal = stand.store.living("deals")[0]
    stand.store.change(deal, {"amount": "12.34", "dealstage": "closedwon"})
    stand.clock.go(minutes=1)
    stand.server.calls.clear()
    report = await synced(stand, sqlite_db)
    assert (report.rows, report.ok) == (1, True)
    row = (await rows(sqlite_db, Deal))[str(deal.id)]
    assert (row.amount_cents, row.stage) == (1234, "closed_won")
    assert "GET /crm/v3/objects/deals" in stand.server.calls  # archived ones only


async def test_a_change_that_searches_do_not_show_yet_comes_with_the_next_sync(
    stand: Stand, sqlite_db: Database
) -> None:
    await synced(stand, sqlite_db)
    stand.clock.go(hours=1)
    stand.store.search_lag = timedelta(seconds=90)
    deal = stand.store.living("deals")[0]
    stand.store.change(deal, {"dealname": "Changed a moment ago"})
    stand.clock.go(seconds=10)
    await synced(stand, sqlite_db)
    assert (await rows(sqlite_db, Deal))[str(deal.id)].name != "Changed a moment ago"
    stand.clock.go(minutes=2)
    await synced(stand, sqlite_db)
    assert (await rows(sqlite_db, Deal))[str(deal.id)].name == "Changed a moment ago"


async def test_what_is_deleted_goes_at_the_next_sync_and_comes_back_when_it_is_restored(
    stand: Stand, sqlite_db: Database
) -> None:
    await synced(stand, sqlite_db)
    stand.clock.go(hours=1)
    contact = stand.store.living("contacts")[3]
    stand.store.archive(contact)
    stand.clock.go(minutes=1)
    await synced(stand, sqlite_db)
    assert str(contact.id) not in await rows(sqlite_db, Contact)
    stand.store.restore(contact)
    stand.clock.go(minutes=1)
    await synced(stand, sqlite_db)
    assert str(contact.id) in await rows(sqlite_db, Contact)


async def test_more_changes_than_a_search_gives_are_all_read(stand: Stand, sqlite_db: Database) -> None:
    """A search ends at its 10,000th result; nothing that is asked for here lies behind a page."""
    await synced(stand, sqlite_db)
    stand.clock.go(hours=1)
    for number in range(10_050):
        stand.store.create("tasks", {"hs_task_subject": f"Task {number}", "hs_timestamp": "2026-03-20T00:00:00Z"})
    stand.clock.go(minutes=1)
    before = len(await rows(sqlite_db, Task))
    report = await synced(stand, sqlite_db)
    assert report.ok, report.sentence
    assert len(await rows(sqlite_db, Task)) == before + 10_050
    searches = stand.server.calls.count("POST /crm/v3/objects/tasks/search")
    assert searches == -(-10_050 // FOUND)


async def test_a_record_that_changes_under_the_paging_is_neither_lost_nor_doubled(
    stand: Stand, sqlite_db: Database
) -> None:
    await synced(stand, sqlite_db)
    stand.clock.go(hours=1)
    for number in range(FOUND + 20):
        stand.store.create("tasks", {"hs_task_subject": f"Task {number}", "hs_timestamp": "2026-03-20T00:00:00Z"})
    first = stand.store.living("tasks")[-FOUND - 20]
    stand.clock.go(minutes=1)
    store, search_seen = stand.store, list[str]()

    class Calls(list[str]):
        def append(self, call: str) -> None:
            if call == "POST /crm/v3/objects/tasks/search":
                search_seen.append(call)
                if len(search_seen) == 2:  # between two pages
                    store.change(first, {"hs_task_subject": "Renamed meanwhile"})

    stand.server.calls = Calls()
    report = await synced(stand, sqlite_db)
    assert (report.ok, report.resources[3].rows) == (True, FOUND + 20)


async def test_a_stage_nobody_knows_is_reported_and_not_guessed(stand: Stand, sqlite_db: Database) -> None:
    stage: dict[str, Any] = next(one for one in stand.store.pipelines[0]["stages"] if one["id"] == "contractsent")
    label, stage["label"] = stage["label"], "Legal review"
    try:
        report = await synced(stand, sqlite_db)
        assert "unknown deal stage: Legal review (contractsent)" in {problem.kind for problem in report.problems}
        assert "unknown" in {deal.stage for deal in (await rows(sqlite_db, Deal)).values()}
        told = stand.opened(HUBSPOT_STAGES="legal review=negotiation")
        assert (await sync_source(sqlite_db, WORKSPACE, told, clock=stand.clock, mode="full")).problems == ()
        assert "unknown" not in {deal.stage for deal in (await rows(sqlite_db, Deal)).values()}
    finally:
        stage["label"] = label


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("48000", 4_800_000), ("48000.5", 4_800_050), ("0.1", 10), ("1e3", 100_000), ("31500000", 3_150_000_000), ("", 0)],
)
async def test_amounts_are_exact(stand: Stand, sqlite_db: Database, amount: str, cents: int) -> None:
    deal = stand.store.living("deals")[0]
    stand.store.change(deal, {"amount": amount})
    assert (await synced(stand, sqlite_db)).problems == ()
    assert (await rows(sqlite_db, Deal))[str(deal.id)].amount_cents == cents


@pytest.mark.parametrize("wrong", [{"amount": "10.005"}, {"deal_currency_code": "EUR"}])
async def test_what_is_no_exact_amount_of_dollars_is_reported(
    stand: Stand, sqlite_db: Database, wrong: dict[str, str]
) -> None:
    deal = stand.store.living("deals")[0]
    stand.store.change(deal, wrong)
    [problem] = (await synced(stand, sqlite_db)).problems
    assert problem.record == str(deal.id)
    row = (await rows(sqlite_db, Deal)).get(str(deal.id))
    assert row is None or row.amount_cents == 0


async def test_an_evening_in_texas_is_no_next_day(stand: Stand, sqlite_db: Database) -> None:
    deal, other = stand.store.living("deals")[:2]
    stand.store.change(deal, {"closedate": "2026-05-01T02:30:00Z"})  # half past nine in the evening before
    stand.store.change(other, {"closedate": "2026-05-01T00:00:00Z"})  # a bare day
    await synced(stand, sqlite_db)
    found = await rows(sqlite_db, Deal)
    assert found[str(deal.id)].close_on == date(2026, 4, 30)
    assert found[str(other.id)].close_on == date(2026, 5, 1)


async def test_a_missing_scope_closes_its_records_only_and_is_named(stand: Stand, sqlite_db: Database) -> None:
    stand.server.scopes -= {"crm.objects.deals.read"}
    report = await synced(stand, sqlite_db)
    [(_, failed)] = report.failures
    assert isinstance(failed, NotAllowed)
    assert "crm.objects.deals.read" in failed.sentence
    assert report.stopped_by is None
    assert await rows(sqlite_db, Contact)
    assert await rows(sqlite_db, Task)


@pytest.mark.parametrize(
    ("scope", "closed"),
    [("crm.objects.owners.read", {"deals", "tasks", "notes"}), ("crm.schemas.deals.read", {"deals"}),
     ("crm.objects.companies.read", {"companies"})],
)  # fmt: skip
async def test_only_what_needs_a_scope_fails_without_it(
    stand: Stand, sqlite_db: Database, scope: str, closed: set[str]
) -> None:
    stand.server.scopes -= {scope}
    report = await synced(stand, sqlite_db)
    assert {one.resource for one in report.resources if one.failures} == closed


async def test_a_stage_that_was_added_a_moment_ago_is_known(stand: Stand, sqlite_db: Database) -> None:
    await synced(stand, sqlite_db)
    stages = stand.store.pipelines[0]["stages"]
    stages.append({**stages[3], "id": "889", "label": "Negotiation"})
    try:
        stand.clock.go(minutes=2)
        deal = stand.store.living("deals")[0]
        stand.store.change(deal, {"dealstage": "889"})
        stand.clock.go(seconds=10)
        assert (await synced(stand, sqlite_db)).problems == ()
        assert (await rows(sqlite_db, Deal))[str(deal.id)].stage == "negotiation"
    finally:
        stages.pop()


async def test_an_account_that_names_its_limit_is_given_the_time_it_needs(stand: Stand, sqlite_db: Database) -> None:
    stand.server.limits.ten_seconds = 6
    report = await synced(stand, sqlite_db)
    assert report.ok, report.sentence
    assert max(stand.clock.waits) <= 10
    assert sum(stand.clock.waits) >= 10


async def test_a_used_up_day_is_left_for_later_at_once(stand: Stand, sqlite_db: Database) -> None:
    stand.server.limits.daily = 5
    report = await synced(stand, sqlite_db)
    assert report.stopped_by is not None
    assert report.stopped_by.code == "vendor_rate_limited"
    assert len(stand.server.calls) == 6  # the one too many was not repeated
    assert stand.clock.waits == []


async def test_a_record_that_was_merged_into_another_is_gone(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    one = CrmReader.one

    async def merged(self: CrmReader, resource: str, number: str) -> Page:
        """HubSpot answers for the id of a record that was merged with the one it was merged into."""
        return await one(self, resource, "1")

    connector = stand.connector
    assert isinstance(connector, Telling)
    monkeypatch.setattr(CrmReader, "one", merged)
    page = await connector.reread("contacts", "2")
    assert [row["id"] for batch in page.batches for row in batch.rows] == ["hubspot:1"]
    assert page.gone == ((Contact, "hubspot:2"),)
    assert (await connector.reread("contacts", "1")).gone == ()
