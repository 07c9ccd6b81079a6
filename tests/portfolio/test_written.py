"""Calls and notes as searchable records: readable by exactly those who may read them in the read model."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.business import Call, CallNote, Company, Contact
from app.db.models.security import Person
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.domain.scopes import Scope
from app.knowledge.passages import sight_of
from app.portfolio.visible import visible
from app.portfolio.written import standings, written
from app.security.people import principal_of
from app.security.roles import scopes_of
from tests.integrations.gong.rig import NOW

EMAILS = ("", "ben@acme.com", "Sara@Acme.com", "kim@acme.com")


def call(key: str, **values: Any) -> Call:
    return Call(workspace_id="W1", id=f"gong:{key}", as_of=NOW, title=f"Call {key}", started_at=NOW,
                transcript=values.pop("transcript", "[00:03] Ben: Hello."), **values)  # fmt: skip


@pytest.fixture
async def db(sqlite_db: Database) -> Database:
    people = [
        Person(workspace_id="W1", id=f"U{number}", name=f"P{number}", email=email, roles=role)
        for number, (email, role) in enumerate(product(EMAILS, [*Role, "", "sales|maintenance"]))
    ]
    async with sqlite_db.transaction() as session:
        session.add_all(
            [
                *people,
                call("open", attendees="|ben@acme.com|"),
                call("private", is_private=True, attendees="|ben@acme.com|sara@acme.com|"),
                call("orphaned", is_private=True, attendees=""),
                call("elsewhere", is_private=True, attendees="|xben@acme.com|"),
                call("silent", transcript=""),
                call("gone", deleted_at=NOW),
                Company(workspace_id="W1", id="hubspot:9", as_of=NOW, name="North"),
                Contact(workspace_id="W1", id="hubspot:1", as_of=NOW, name="Dana", search_name="dana",
                        company_id="hubspot:9"),
                CallNote(workspace_id="W1", id="hubspot:n", as_of=NOW, contact_id="hubspot:1", note="Prefers e-mail",
                         created_at=NOW, created_by="U3"),
                CallNote(workspace_id="W1", id="hubspot:old", as_of=NOW, contact_id="hubspot:1", note="x",
                         created_at=NOW, created_by="Ben", deleted_at=NOW),
            ]
        )  # fmt: skip
    return sqlite_db


async def test_the_readers_of_a_record_are_those_who_see_it_in_the_read_model(db: Database) -> None:
    async with db.reading() as session:
        found = await standings(session, "W1")
        ids = list(await session.scalars(select(Person.id)))
    checked = 0
    for user_id in ids:
        principal = await principal_of(db, "W1", user_id)
        allowed = Scope.CRM_READ in scopes_of(principal)
        async with db.reading() as session:
            calls = set(await session.scalars(select(Call.id).where(visible(principal, Call), Call.transcript != "")))
            notes = set(await session.scalars(select(CallNote.id).where(visible(principal, CallNote))))
        expected = {f"call:{one}" for one in calls} | {f"note:{one}" for one in notes} if allowed else set[str]()
        sight = sight_of(principal)
        assert {one for one, standing in found.items() if sight.sees(standing.readers)} == expected, principal
        checked += len(expected)
    assert checked > 40


async def test_nobody_is_a_reader_by_what_is_open_to_everyone(db: Database) -> None:
    stranger = Principal(WorkspaceId("W1"), UserId("U999"), "New", frozenset({Role.MAINTENANCE}), email="ben@acme.com")
    async with db.reading() as session:
        found = await standings(session, "W1")
    assert not [one for one, standing in found.items() if sight_of(stranger).sees(standing.readers)]
    assert "call:gong:orphaned" not in found


async def test_a_record_says_with_whom_and_when(db: Database) -> None:
    async with db.transaction() as session:
        row = await session.get_one(Call, ("W1", "gong:open"))
        row.company_id, row.link = "hubspot:9", "https://app.gong.io/call?id=1"
    async with db.reading() as session:
        wanted = {"call:gong:open": frozenset({"role:sales"}), "note:hubspot:n": frozenset({"role:sales"})}
        one, note = await written(session, "W1", wanted, "America/Chicago")
        assert await written(session, "W1", {"call:gong:gone": frozenset({"x"})}, "UTC") == []
        assert await written(session, "W2", wanted, "UTC") == []
    assert (one.title, one.link) == ("Call open (North), Mar 18, 2026", "https://app.gong.io/call?id=1")
    assert note.title == "Note on Dana (North) by P3, Mar 18, 2026"
    assert (note.text, note.readers) == ("Prefers e-mail", frozenset({"role:sales"}))
