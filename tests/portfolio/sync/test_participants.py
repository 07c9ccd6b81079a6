"""Whose calls they were: told by e-mail addresses, reported where that is not enough, never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.base import Base
from app.db.models.business import Call, Company, Contact
from app.db.models.identity import IdentityLink
from app.db.models.leasing import Resident
from app.domain.clock import FixedClock
from app.portfolio.identity.links import link_id
from app.portfolio.sync.findings import findings
from app.portfolio.sync.participants import CrmKeys, Match, match, match_participants
from app.portfolio.sync.report import SyncReport
from app.portfolio.sync.upkeep import after_sync
from tests.integrations.gong.rig import NOW

KEYS = CrmKeys(
    contacts={
        "dana@north.com": frozenset({("hubspot:1", "hubspot:10")}),
        "sam@south.com": frozenset({("hubspot:2", None)}),
        "info@both.com": frozenset({("hubspot:3", "hubspot:10"), ("hubspot:4", "hubspot:11")}),
    },
    companies={
        "north.com": frozenset({"hubspot:10"}),
        "twins.com": frozenset({"hubspot:20", "hubspot:21"}),
    },
)
SHARED = "call with a participant whose address several contacts have"
NOBODY = "call with nobody of the CRM"


@pytest.mark.parametrize(
    ("participants", "found"),
    [
        ("|dana@north.com|", Match("hubspot:1", "hubspot:10")),
        ("|sam@south.com|", Match("hubspot:2", None)),
        ("|a@else.com|dana@north.com|", Match("hubspot:1", "hubspot:10")),
        ("|info@both.com|", Match(None, None, SHARED)),
        ("|info@both.com|sam@south.com|", Match("hubspot:2", None)),
        ("|new@north.com|", Match(None, "hubspot:10", NOBODY)),
        ("|new@north.com|other@north.com|", Match(None, "hubspot:10", NOBODY)),
        ("|new@north.com|a@else.com|", Match(None, None, NOBODY)),
        ("|new@twins.com|", Match(None, None, NOBODY)),
        ("|dana@north.com.evil.example|", Match(None, None, NOBODY)),
        ("|xdana@north.com|", Match(None, "hubspot:10", NOBODY)),
    ],
)
def test_an_address_is_one_contact_or_none(participants: str, found: Match) -> None:
    assert match(participants, KEYS) == found


def row(model: type[Base], key: str, **values: Any) -> Any:
    return model(workspace_id="W1", id=key, as_of=NOW, **values)


def call(key: str, participants: str, **values: Any) -> Any:
    return row(Call, key, title="A call", started_at=NOW, participants=participants, **values)


@pytest.fixture
async def db(sqlite_db: Database) -> Database:
    async with sqlite_db.transaction() as session:
        session.add_all(
            [
                row(Company, "hubspot:10", name="North", domain="North.com"),
                row(Contact, "hubspot:1", name="Dana", search_name="dana", email="Dana@North.com",
                    company_id="hubspot:10"),
                call("gong:1", "|dana@north.com|"),
                call("gong:2", "|who@else.com|", contact_id="hubspot:1", company_id="hubspot:10"),
                call("sophia:3", "", contact_id="sophia:7", company_id="sophia:8"),
            ]
        )  # fmt: skip
    return sqlite_db


async def matched(db: Database) -> dict[str, tuple[str | None, str | None]]:
    async with db.transaction() as session:
        await match_participants(session, "W1")
    async with db.reading() as session:
        return {one.id: (one.contact_id, one.company_id) for one in await session.scalars(select(Call))}


async def test_calls_follow_the_crm_and_those_without_addresses_keep_what_they_came_with(db: Database) -> None:
    assert await matched(db) == {
        "gong:1": ("hubspot:1", "hubspot:10"),
        "gong:2": (None, None),
        "sophia:3": ("sophia:7", "sophia:8"),
    }


def person(key: str, email: str, model: type[Base] = Contact, **values: Any) -> Any:
    more = {"property_id": "entrata:1"} if model is Resident else {}
    return row(model, key, name="Who", search_name="who", email=email, **more, **values)


def same(kept: str, other: str, state: str = "matched") -> Any:
    key = link_id("person", kept, other)
    return IdentityLink(
        workspace_id="W1", id=key, kind="person", kept_id=kept, other_id=other, why="same name and phone", state=state,
        created_at=NOW, decided_by="",
    )  # fmt: skip


@pytest.mark.parametrize(("state", "contact"), [("matched", "hubspot:5"), ("confirmed", "hubspot:5"), ("apart", None)])
async def test_a_resident_who_is_one_person_with_a_contact_is_that_contact_until_told_apart(
    db: Database, state: str, contact: str | None
) -> None:
    async with db.transaction() as session:
        session.add_all(
            [
                person("hubspot:5", "who@office.com", company_id="hubspot:10"),
                person("entrata:9", "who@else.com", Resident),
                same("entrata:9", "hubspot:5", state),
            ]
        )
    assert (await matched(db))["gong:2"] == (contact, "hubspot:10" if contact else None)


async def test_a_resident_whom_no_contact_is_known_to_be_is_nobody_of_the_crm(db: Database) -> None:
    async with db.transaction() as session:
        session.add(person("entrata:9", "who@else.com", Resident))
    assert (await matched(db))["gong:2"] == (None, None)


async def test_two_contacts_of_one_address_are_one_when_they_are_one_person(db: Database) -> None:
    async with db.transaction() as session:
        session.add_all([person("hubspot:5", "who@else.com"), person("sophia:6", "who@else.com")])
    assert (await matched(db))["gong:2"] == (None, None)
    async with db.transaction() as session:
        session.add(same("hubspot:5", "sophia:6"))
    assert (await matched(db))["gong:2"] == ("hubspot:5", None)
    async with db.transaction() as session:
        link = await session.get_one(IdentityLink, ("W1", link_id("person", "hubspot:5", "sophia:6")))
        link.state = "apart"
    assert (await matched(db))["gong:2"] == (None, None)


async def test_a_resident_who_is_one_person_with_two_contacts_stands_for_neither(db: Database) -> None:
    async with db.transaction() as session:
        session.add_all(
            [
                person("hubspot:5", "a@office.com"),
                person("sophia:6", "b@office.com"),
                person("entrata:9", "who@else.com", Resident),
                same("entrata:9", "hubspot:5"),
                same("entrata:9", "sophia:6"),
            ]
        )
    assert (await matched(db))["gong:2"] == (None, None)


async def test_a_contact_that_goes_or_comes_later_changes_its_calls(db: Database) -> None:
    async with db.transaction() as session:
        contact = await session.get_one(Contact, ("W1", "hubspot:1"))
        contact.deleted_at = NOW
        session.add(row(Contact, "hubspot:5", name="Who", search_name="who", email="who@else.com"))
    assert await matched(db) == {
        "gong:1": (None, "hubspot:10"),
        "gong:2": ("hubspot:5", None),
        "sophia:3": ("sophia:7", "sophia:8"),
    }


async def test_contacts_of_another_workspace_are_nobody(db: Database) -> None:
    async with db.transaction() as session:
        session.add(
            Contact(workspace_id="W2", id="hubspot:9", as_of=NOW, name="Who", search_name="who", email="who@else.com")
        )
    assert (await matched(db))["gong:2"] == (None, None)


async def test_what_can_not_be_matched_is_said_in_the_report_and_kept(db: Database) -> None:
    report = SyncReport("gong", "Gong", NOW)
    await after_sync(db, "W1", [report], FixedClock(NOW), "America/Chicago")
    assert [(one.kind, one.record) for one in report.problems] == [(NOBODY, "gong:2")]
    assert [(one.source, one.kind) for one in await findings(db, "W1")] == [("gong", NOBODY)]
