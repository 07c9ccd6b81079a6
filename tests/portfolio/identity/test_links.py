"""Matches are made between systems, kept, undone by people, and a confirmed double property is counted once."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select

from app.cli.same import show
from app.db.engine import Database
from app.db.models.business import Company, Contact
from app.db.models.leasing import LedgerEntry, Resident
from app.db.models.property import Property, Unit
from app.domain.errors import Fixable, NotFound
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.integrations.base import Batch, ConnectorSpec, Page, Problem, Reading
from app.portfolio.contacts import contacts
from app.portfolio.elsewhere import known_elsewhere
from app.portfolio.identity import Link, decide, join, known_links, recognise, twins
from app.portfolio.sync import sync_source
from app.portfolio.sync.findings import findings
from app.portfolio.sync.upkeep import after_sync
from tests.portfolio.sync.fake import LEDGER, PROPERTIES, UNITS, FakeSource, a_property, a_unit

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def a_resident(record: str, name: str, email: str = "", phone: str = "") -> Resident:
    return Resident(
        workspace_id="W1", id=record, property_id="x:1", name=name, search_name=name.lower(), email=email, phone=phone,
        as_of=NOW,
    )  # fmt: skip


def a_contact(record: str, name: str, email: str = "", **more: Any) -> Contact:
    given = {"workspace_id": "W1", "search_name": name.lower(), "as_of": NOW, **more}
    return Contact(id=record, name=name, email=email, **given)


def a_company(record: str, name: str, domain: str = "") -> Company:
    return Company(workspace_id="W1", id=record, name=name, domain=domain, as_of=NOW)


async def matched(db: Database, *rows: Any) -> list[Problem]:
    async with db.transaction() as session:
        session.add_all(rows)
    async with db.transaction() as session:
        return list(await recognise(session, "W1", ("entrata", "hubspot", "sophia"), NOW))


async def linked(db: Database) -> list[tuple[str, str, str, str]]:
    async with db.reading() as session:
        return [(one.kept_id, one.other_id, one.why, one.state) for one in await known_links(session, "W1")]


async def test_people_and_companies_of_two_systems_are_matched_with_a_reason(db: Database) -> None:
    problems = await matched(
        db,
        a_resident("entrata:1", "Dana Whitman", "dana@x.com"),
        a_resident("entrata:2", "Eric Whitman", "dana@x.com"),
        a_contact("hubspot:7", "Dana Whitman", "Dana@x.com"),
        a_contact("hubspot:8", "Nobody Else", "else@x.com"),
        a_company("hubspot:c1", "Greystone Capital", "greystone.com"),
        a_company("sophia:c9", "Greystone", "GREYSTONE.com"),
    )
    assert problems == []
    assert await linked(db) == [
        ("hubspot:c1", "sophia:c9", "same web domain", "matched"),
        ("entrata:1", "hubspot:7", "same name and e-mail", "matched"),
    ]
    async with db.reading() as session:
        found = await twins(session, "W1", ["hubspot:7", "hubspot:8", "entrata:2"])
        assert await twins(session, "W2", ["hubspot:7"]) == {}
    assert found == {"hubspot:7": [("entrata:1", "same name and e-mail")]}


async def test_two_records_of_one_system_are_never_matched(db: Database) -> None:
    await matched(db, a_contact("hubspot:7", "Dana", "d@x.com"), a_contact("hubspot:8", "Dana", "d@x.com"))
    assert await linked(db) == []


async def test_nothing_of_another_workspace_or_of_the_dead_is_matched(db: Database) -> None:
    await matched(
        db,
        a_contact("hubspot:7", "Dana", "d@x.com"),
        a_contact("sophia:7", "Dana", "d@x.com", workspace_id="W2"),
        a_contact("sophia:8", "Dana", "d@x.com", deleted_at=NOW),
    )
    assert await linked(db) == []


async def test_who_fits_two_is_reported_and_matched_with_neither(db: Database) -> None:
    problems = await matched(
        db,
        a_resident("entrata:1", "Dana Whitman", "dana@x.com"),
        a_resident("entrata:2", "Dana Whitman", "dana@x.com"),
        a_contact("hubspot:7", "Dana Whitman", "dana@x.com"),
    )
    assert [(one.kind, one.count) for one in problems] == [("a person fits more than one record of another system", 2)]
    assert await linked(db) == []


async def test_all_are_matched_however_many_share_a_key(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.portfolio.identity.matching._GROUPS_AT_ONCE", 2)
    residents = [a_resident(f"entrata:{n}", f"Ann Nr{n}", f"ann{n}@x.com") for n in range(5)]
    contacts = [a_contact(f"hubspot:{n}", f"Ann Nr{n}", f"ann{n}@x.com") for n in range(5)]
    assert await matched(db, *residents, *contacts) == []
    assert [(one, other) for one, other, *_ in sorted(await linked(db))] == [
        (f"entrata:{n}", f"hubspot:{n}") for n in range(5)
    ]


async def test_what_people_decide_outlives_the_next_match_and_what_is_gone_is_forgotten(db: Database) -> None:
    dana, eric = a_contact("hubspot:7", "Dana", "d@x.com"), a_contact("hubspot:9", "Eric", "e@x.com")
    await matched(db, dana, eric, a_contact("sophia:7", "Dana", "d@x.com"), a_contact("sophia:9", "Eric", "e@x.com"))
    async with db.transaction() as session:
        [first, _] = [one for one in await known_links(session, "W1") if one.kept_id in ("hubspot:7", "hubspot:9")]
        await decide(session, "W1", first.id, same=False, by="U1", now=NOW)
        row = await session.get_one(Contact, ("W1", "hubspot:9" if first.kept_id == "hubspot:7" else "hubspot:7"))
        row.deleted_at = NOW
    await matched(db)
    assert [(kept, state) for kept, _, _, state in await linked(db)] == [(first.kept_id, "apart")]
    async with db.reading() as session:
        assert await twins(session, "W1", [first.kept_id]) == {}


async def test_people_join_what_no_rule_matches_and_hear_what_cannot_be(db: Database) -> None:
    await matched(db, a_contact("hubspot:7", "Dana"), a_contact("hubspot:8", "D."), a_resident("entrata:1", "Dana W."))
    await matched(db, a_company("sophia:5", "Dana Inc"))
    async with db.transaction() as session:
        await join(session, "W1", "entrata:1", "hubspot:7", by="U1", now=NOW)
        with pytest.raises(Fixable):
            await join(session, "W1", "hubspot:7", "hubspot:8", by="U1", now=NOW)
        with pytest.raises(Fixable):
            await join(session, "W1", "hubspot:7", "sophia:5", by="U1", now=NOW)
        with pytest.raises(NotFound):
            await join(session, "W1", "hubspot:7", "yardi:1", by="U1", now=NOW)
        with pytest.raises(NotFound):
            await decide(session, "W1", "person-0", same=True, by="U1", now=NOW)
    await matched(db)
    assert await linked(db) == [("entrata:1", "hubspot:7", "said by a person", "confirmed")]


@dataclass
class Another(FakeSource):
    """A second system with the same property; some list their units for the whole account."""

    whole_account: bool = False

    @property
    def spec(self) -> ConnectorSpec:
        resources = (PROPERTIES, UNITS, LEDGER)
        if self.whole_account:
            resources = (PROPERTIES, *(replace(one, per_property=False) for one in (UNITS, LEDGER)))
        return ConnectorSpec("other", "Other", (), resources, lambda given: self)

    async def read(self, reading: Reading) -> Page:
        rows = {"properties": self.properties, "units": self.units, "ledger": []}[reading.resource]
        here = [row for row in rows if reading.property_id in ("", row.get("property_id", "").removeprefix("other:"))]
        model = {"properties": Property, "units": Unit, "ledger": LedgerEntry}[reading.resource]
        return Page((Batch(model, here),))


class Hands:
    at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.mark.parametrize("whole_account", [False, True])
async def test_a_property_in_two_systems_is_counted_once_when_confirmed_and_twice_again_when_told_apart(
    db: Database, whole_account: bool
) -> None:
    place = {"street": "100 Main St", "city": "Austin", "state": "TX", "postal_code": "78701"}
    first = FakeSource([{**a_property("1"), **place}], [a_unit("11", "1"), a_unit("12", "1")])
    theirs = [{**row, "id": row["id"].replace("fake", "other"), "property_id": "other:5"} for row in first.units]
    second = Another([{**a_property("5"), **place, "id": "other:5"}], theirs, whole_account=whole_account)
    clock = Hands()

    async def sync() -> list[str]:
        clock.at += timedelta(hours=1)
        reports = [await sync_source(db, "W1", one, clock=clock) for one in (first, second)]
        await after_sync(db, "W1", reports, clock, "America/Chicago")
        async with db.reading() as session:
            living = select(Unit.id).where(Unit.workspace_id == "W1", Unit.deleted_at.is_(None)).order_by(Unit.id)
            return list(await session.scalars(living))

    both = ["fake:11", "fake:12", "other:11", "other:12"]
    assert await sync() == both
    assert await linked(db) == [("fake:1", "other:5", "same street and postal code", "proposed")]
    [waiting] = await findings(db, "W1")
    assert waiting.kind == "a property may be in two systems: see `sophia same list`"
    async with db.transaction() as session:
        [link] = await known_links(session, "W1")
        await decide(session, "W1", link.id, same=True, by="U1", now=NOW)
    assert await sync() == ["fake:11", "fake:12"]
    async with db.reading() as session:
        properties = select(Property.id).where(Property.workspace_id == "W1", Property.deleted_at.is_(None))
        assert list(await session.scalars(properties)) == ["fake:1"]
    assert await linked(db) == [("fake:1", "other:5", "same street and postal code", "confirmed")]
    async with db.transaction() as session:
        await decide(session, "W1", link.id, same=False, by="U1", now=NOW)
    assert await sync() == both
    shown = Console(file=io.StringIO(), width=140)
    async with db.reading() as session:
        show(await known_links(session, "W1"), shown)
    assert "not the same" in shown.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
async def two_faces(db: Database) -> Database:
    """A resident who is also a contact, in HubSpot and in Sophia's register."""
    home = Property(workspace_id="W1", id="entrata:1", name="Maple Grove", timezone="America/Chicago", as_of=NOW)
    dana = a_resident("entrata:7", "Dana Whitman", "dana@x.com")
    dana.property_id = "entrata:1"
    cfo = a_contact("hubspot:7", "Dana Whitman", "dana@x.com", role="CFO", company_id="hubspot:c1")
    await matched(
        db, home, dana, cfo, a_company("hubspot:c1", "Pinnacle"), a_contact("sophia:7", "Dana Whitman", "dana@x.com")
    )
    return db


async def test_who_looks_a_resident_up_sees_where_else_they_are_known_and_why(two_faces: Database) -> None:
    async with two_faces.reading() as session:
        assert await known_elsewhere(session, somebody(Role.EXECUTIVE), "entrata:7") == (
            "CFO of Pinnacle in HubSpot (same name and e-mail)",
            "a contact in Sophia's register (same name and e-mail)",
        )
        assert await known_elsewhere(session, somebody(Role.EXECUTIVE), "hubspot:7") == (
            "a resident of Maple Grove in Entrata (same name and e-mail)",
            "a contact in Sophia's register (same name and e-mail)",
        )


async def test_nobody_hears_of_a_record_they_may_not_see(two_faces: Database) -> None:
    async with two_faces.reading() as session:
        assert await known_elsewhere(session, somebody(Role.MAINTENANCE), "entrata:7") == ()
        elsewhere = replace(somebody(Role.EXECUTIVE), property_ids=frozenset({"entrata:2"}))
        assert "Maple Grove" not in str(await known_elsewhere(session, elsewhere, "hubspot:7"))


async def test_a_contact_of_two_systems_is_listed_once_until_told_apart(two_faces: Database) -> None:
    async def listed() -> list[str]:
        async with two_faces.reading() as session:
            found = await contacts(session, somebody(Role.EXECUTIVE), name="Dana", company_id=None, role=None, limit=10)
        return [record for record, _ in found.origins]

    assert await listed() == ["hubspot:7"]
    async with two_faces.transaction() as session:
        for link in await known_links(session, "W1"):
            if {link.kept_id, link.other_id} == {"hubspot:7", "sophia:7"} or "sophia:7" in (
                link.kept_id,
                link.other_id,
            ):
                await decide(session, "W1", link.id, same=False, by="U1", now=NOW)
    assert sorted(await listed()) == ["hubspot:7", "sophia:7"]


def somebody(role: Role) -> Principal:
    return Principal(WorkspaceId("W1"), UserId("U1"), "Somebody", frozenset({role}))


def test_brackets_in_names_are_names_and_not_colours() -> None:
    shown = Console(file=io.StringIO(), width=140)
    odd = Link("person-1", "person", "a:1", "b:2", "Dana [/bold] [red]", "Dana [/bold] [red]", "same name", "matched")
    show([odd], shown)
    assert "Dana [/bold] [red]" in shown.file.getvalue()  # type: ignore[attr-defined]
