"""Deal stages, notes, tasks and contacts are written to HubSpot once, whatever happens to the answer, and read back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.business import CallNote, Company, Contact, Deal, Task
from app.domain.errors import Fixable, NotFound, OutcomeUnknown, RetryLater
from app.integrations.hubspot import CONNECTOR
from app.integrations.registry import all_connectors
from app.integrations.systems import ConnectedSystems
from app.integrations.writing import NOT_KEPT_THERE, RecordKind, RecordSystem, Write
from app.portfolio.register import Register
from app.portfolio.sync import sync_source
from app.sandbox.hubspot.store import Thing
from tests.http.scripted import answer
from tests.integrations.contract.proxy import Fault, FaultProxy, cut, dropped, proxied
from tests.integrations.hubspot.rig import TODAY, Stand, seeds, settings

WORKSPACE = "W1"
FIRST_NEW = 51_000_000_001


@dataclass
class Writing:
    stand: Stand
    db: Database
    system: RecordSystem
    proxy: FaultProxy

    async def write(self, kind: RecordKind, key: str = "key-1", again: bool = False, **values: Any) -> str:
        record_id = values.pop("record_id", "")
        return await self.system.write(Write(kind, WORKSPACE, values, key, record_id=record_id, again=again))

    async def note(self, key: str = "key-1", again: bool = False, text: str = "Wants a call back") -> str:
        return await self.write(
            "note", key, again, contact_id="hubspot:1", note=text, author="Ben Achterberg", created_by="U1"
        )

    async def task(self, key: str = "key-1", again: bool = False, **changed: Any) -> str:
        values = {
            "title": "Walk the roof",
            "assignee": "Luis Ortega",
            "assignee_email": "",
            "due_on": TODAY + timedelta(days=3),
            "created_by": "U1",
        }
        return await self.write("task", key, again, **values | changed)

    async def contact(self, key: str = "key-1", again: bool = False, **changed: Any) -> str:
        values = {"name": "Paul Reyes", "email": "paul@reyes.example", "phone": "+15125550177", "company_id": None}
        return await self.write("contact", key, again, **{**values, "company": None, **changed})

    async def make(self, kind: str, **given: Any) -> str:
        return await {"note": self.note, "task": self.task, "contact": self.contact}[kind](**given)

    async def row(self, model: Any, row_id: str) -> Any:
        async with self.db.reading() as session:
            return await session.get_one(model, (WORKSPACE, row_id))

    def made(self, kind: str) -> list[Thing]:
        """What HubSpot has beside the portfolio."""
        return [one for one in self.stand.store.living(kind) if one.id >= FIRST_NEW]

    def fail(self, target: bytes, *faults: Fault, lasting: bool = False) -> None:
        self.proxy.target, self.proxy.faults, self.proxy.lasting = target, list(faults), lasting


@pytest.fixture
async def writing(stand: Stand, sqlite_db: Database) -> AsyncIterator[Writing]:
    report = await sync_source(sqlite_db, WORKSPACE, stand.connector, clock=stand.clock)
    assert report.ok, report.sentence
    async with proxied(stand.url, b"nothing yet") as proxy:
        connector = CONNECTOR.open(settings(proxy.url), stand.outbound, stand.clock)
        own = Register(sqlite_db, stand.clock)
        system = ConnectedSystems(sqlite_db, [connector], all_connectors(), own).keeper("task")
        yield Writing(stand, sqlite_db, system, proxy)


CREATES = {"note": b"POST /crm/v3/objects/notes ", "task": b"POST /crm/v3/objects/tasks ",
           "contact": b"POST /crm/v3/objects/contacts "}  # fmt: skip


async def test_a_note_is_made_at_hubspot_and_stands_in_the_read_model(writing: Writing) -> None:
    row = await writing.row(CallNote, await writing.note(text="Budget < $2M & approved\nsend the LOI"))
    assert (row.contact_id, row.note) == ("hubspot:1", "Budget < $2M & approved\nsend the LOI")
    assert row.created_by == "Ben Achterberg"
    [made] = writing.made("notes")
    assert "&lt; $2M &amp; approved<br>" in made.properties["hs_note_body"]
    assert writing.stand.store.linked("notes", made.id, "contacts") == {1: False}


async def test_a_task_is_made_for_its_owner_and_due_on_its_day(writing: Writing) -> None:
    row = await writing.row(Task, await writing.task())
    assert (row.title, row.assignee, row.due_on, row.status) == (
        "Walk the roof",
        "Luis Ortega",
        TODAY + timedelta(days=3),
        "open",
    )
    [made] = writing.made("tasks")
    assert made.properties["hs_timestamp"] == "2026-03-21T22:00:00.000Z"


async def test_a_contact_is_made_with_its_company(writing: Writing) -> None:
    row = await writing.row(Contact, await writing.contact(company="Reyes Group"))
    assert (row.name, row.email, row.phone) == ("Paul Reyes", "paul@reyes.example", "+15125550177")
    assert (await writing.row(Company, row.company_id)).name == "Reyes Group"
    assert len(writing.made("companies")) == 1
    other = await writing.row(
        Contact, await writing.contact("key-2", name="Ann Reyes", email="ann@reyes.example", company_id="hubspot:1")
    )
    assert other.company_id == "hubspot:1"


async def test_a_company_that_hubspot_has_is_not_made_again(writing: Writing) -> None:
    row = await writing.row(Contact, await writing.contact(company_id="sophia:7", company="Greystone Capital"))
    assert row.company_id == "hubspot:1"
    assert writing.made("companies") == []


@pytest.mark.parametrize("kind", CREATES)
async def test_the_same_key_twice_makes_one_record(writing: Writing, kind: str) -> None:
    assert await writing.make(kind) == await writing.make(kind)
    assert len(writing.made(f"{kind}s")) == 1


@pytest.mark.parametrize("kind", CREATES)
@pytest.mark.parametrize(
    "fault", [dropped, cut, answer(200, b"<html>"), answer(502)], ids=["lost", "cut", "html", "502"]
)
async def test_after_a_lost_answer_the_record_is_found_or_made_but_never_doubled(
    writing: Writing, kind: str, fault: Fault
) -> None:
    writing.stand.store.search_lag = timedelta(seconds=9)
    writing.fail(CREATES[kind], fault)
    with pytest.raises(OutcomeUnknown):
        await writing.make(kind)
    assert len(writing.proxy.seen) == 1  # the client sent it once
    found = await writing.make(kind, again=True)
    [made] = writing.made(f"{kind}s")
    assert found == f"hubspot:{made.id}"


@pytest.mark.parametrize("kind", ["note", "task"])
async def test_a_lost_write_is_found_by_its_key_alone(writing: Writing, kind: RecordKind) -> None:
    writing.fail(CREATES[kind], dropped)
    with pytest.raises(OutcomeUnknown):
        await writing.make(kind)
    assert await writing.system.find(kind, workspace_id=WORKSPACE, idempotency_key="key-1") is not None
    assert await writing.system.find(kind, workspace_id=WORKSPACE, idempotency_key="other") is None
    assert await writing.system.find(kind, workspace_id="W2", idempotency_key="key-1") is None


async def test_a_contact_without_an_address_is_not_doubled_after_a_lost_answer_either(writing: Writing) -> None:
    writing.fail(CREATES["contact"], dropped)
    with pytest.raises(OutcomeUnknown):
        await writing.contact(email="")
    found = await writing.contact(email="", again=True)
    assert [found] == [f"hubspot:{one.id}" for one in writing.made("contacts")]


async def test_an_answer_that_can_not_be_read_back_is_unknown_and_not_undone(writing: Writing) -> None:
    writing.fail(b"GET /crm/v3/objects/notes/", answer(500), lasting=True)
    with pytest.raises(OutcomeUnknown):
        await writing.note()
    writing.fail(b"nothing")
    assert await writing.note(again=True) == f"hubspot:{writing.made('notes')[0].id}"
    assert len(writing.made("notes")) == 1


async def test_what_is_refused_as_too_much_is_not_done_and_may_be_tried_again(writing: Writing) -> None:
    writing.fail(CREATES["task"], answer(429, b'{"policyName": "DAILY"}'), lasting=True)
    with pytest.raises(RetryLater):
        await writing.task()
    assert writing.made("tasks") == []


async def test_an_address_of_somebody_else_is_refused(writing: Writing) -> None:
    with pytest.raises(Fixable) as refused:
        await writing.contact(email="dana@greystonecap.com")
    assert "Dana Whitman" in refused.value.sentence
    assert writing.made("contacts") == []


async def test_a_person_who_is_there_already_is_not_made_again(writing: Writing) -> None:
    assert await writing.contact(name="Dana Whitman", email="dana@greystonecap.com") == "hubspot:1"
    assert writing.made("contacts") == []


@pytest.mark.parametrize("changed", [{"due_on": None}, {"assignee": "Nora Nobody"}])
async def test_a_task_that_hubspot_can_not_keep_is_said_so(writing: Writing, changed: dict[str, Any]) -> None:
    with pytest.raises(Fixable) as refused:
        await writing.task(**changed)
    assert refused.value.code == NOT_KEPT_THERE
    assert writing.made("tasks") == []


async def deal_in(writing: Writing, stage: str) -> Deal:
    async with writing.db.reading() as session:
        return (await session.scalars(select(Deal).where(Deal.stage == stage).limit(1))).one()


async def test_a_deal_moves_to_the_stage_of_that_meaning(writing: Writing) -> None:
    deal = await deal_in(writing, "proposal")
    assert await writing.write("deal", record_id=deal.id, stage="negotiation") == deal.id
    assert (await writing.row(Deal, deal.id)).stage == "negotiation"
    held = writing.stand.store.get("deals", deal.source_id)
    assert held.properties["dealstage"] == "contractsent"
    assert held.properties["amount"] == str(deal.amount_cents // 100)


async def test_a_deal_that_is_there_already_is_left_alone(writing: Writing) -> None:
    deal = await deal_in(writing, "proposal")
    writing.stand.server.calls.clear()
    await writing.write("deal", record_id=deal.id, stage="proposal")
    assert not [call for call in writing.stand.server.calls if call.startswith("PATCH")]


async def test_a_move_whose_answers_are_all_lost_is_looked_up(writing: Writing) -> None:
    deal = await deal_in(writing, "proposal")
    writing.fail(b"PATCH /crm/v3/objects/deals/", dropped, lasting=True)
    await writing.write("deal", record_id=deal.id, stage="closed_won")
    assert (await writing.row(Deal, deal.id)).stage == "closed_won"


async def test_a_move_that_was_not_made_says_so(writing: Writing) -> None:
    deal = await deal_in(writing, "proposal")
    writing.fail(b"PATCH /crm/v3/objects/deals/", answer(503), lasting=True)
    with pytest.raises(RetryLater):
        await writing.write("deal", record_id=deal.id, stage="closed_won")
    assert (await writing.row(Deal, deal.id)).stage == "proposal"


async def test_a_deal_that_is_gone_at_hubspot_is_said_so(writing: Writing) -> None:
    deal = await deal_in(writing, "proposal")
    writing.stand.store.archive(writing.stand.store.get("deals", deal.source_id))
    with pytest.raises(NotFound):
        await writing.write("deal", record_id=deal.id, stage="closed_won")


async def test_a_pipeline_without_such_a_stage_is_a_question_and_no_guess(writing: Writing) -> None:
    deal = await deal_in(writing, "proposal")
    stages = writing.stand.store.pipelines[0]["stages"]
    last = next(one for one in stages if one["id"] == "contractsent")
    label, last["label"] = last["label"], "Legal review"
    try:
        writing.stand.clock.go(hours=1)
        with pytest.raises(Fixable, match="no stage for negotiation"):
            await writing.write("deal", record_id=deal.id, stage="negotiation")
    finally:
        last["label"] = label


async def test_a_record_of_another_system_is_refused(writing: Writing) -> None:
    with pytest.raises(Fixable) as refused:
        await writing.write("deal", record_id="sophia:5", stage="proposal")
    assert refused.value.code == "record_of_another_system"


async def test_new_records_go_to_hubspot_and_notes_to_the_system_of_their_contact(
    writing: Writing, stand: Stand, sqlite_db: Database
) -> None:
    own = Register(sqlite_db, stand.clock)
    systems = ConnectedSystems(sqlite_db, [stand.connector], all_connectors(), own)
    assert {systems.keeper(kind).source for kind in ("task", "contact", "note")} == {"hubspot"}
    assert systems.keeper("note", "hubspot").source == "hubspot"
    assert systems.keeper("note", "sophia") is own
    assert systems.of("sophia", "deal") is own
    assert ConnectedSystems(sqlite_db, [], all_connectors(), own).keeper("task") is own


def test_a_seed_is_about_its_day() -> None:
    later = seeds(date(2026, 3, 19))
    assert later.records != seeds(TODAY).records
