"""Names that a person may use, and how fresh they are."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from app.db.engine import Database
from app.db.models.business import Contact
from app.db.models.leasing import Tour
from app.domain.clock import FixedClock
from app.domain.names import Names
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.portfolio.names import load_names
from tests import demo

JEN = Principal(
    demo.WORKSPACE, UserId("U07JENNY01"), "Jen Park", frozenset({Role.PROPERTY_MANAGER}), frozenset({"entrata:10001"})
)


async def test_every_name_of_the_development_set_is_known(demo_db: Database, shared: Path) -> None:
    gazetteer = json.loads((shared / "data/planner/gazetteer.json").read_text())
    names = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    assert {name: tuple(aliases) for name, aliases in gazetteer["properties"].items()} == dict(names.properties)
    for kind in ("residents", "contacts", "companies", "vendors"):
        assert set(gazetteer[kind]) <= set(getattr(names, kind)), kind
    assert {member.partition(" ")[0] for member in names.team} == set(gazetteer["team"])


async def test_a_manager_knows_only_the_residents_of_her_own_community(demo_db: Database) -> None:
    names = await load_names(demo_db, JEN, demo.CLOCK)
    assert "Maria Gonzalez" in names.residents
    assert "Tyrone Banks" not in names.residents
    assert "Dana Whitman" in names.contacts


async def test_a_manager_knows_every_community_by_name_so_that_another_one_is_never_taken_for_her_own(
    demo_db: Database,
) -> None:
    names = await load_names(demo_db, JEN, demo.CLOCK)
    everything = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    assert names.properties == everything.properties


async def test_a_guest_knows_no_names(demo_db: Database) -> None:
    guest = Principal(demo.WORKSPACE, UserId("U1"), "Pete", frozenset({Role.GUEST}), frozenset())
    assert await load_names(demo_db, guest, demo.CLOCK) == Names()


async def test_another_workspace_knows_nothing(demo_db: Database) -> None:
    other = Principal(WorkspaceId("T-other"), UserId("U1"), "Ann", frozenset({Role.ADMIN}))
    names = await load_names(demo_db, other, demo.CLOCK)
    assert (names.properties, names.residents, names.contacts, names.team) == ({}, (), (), ())


async def test_a_new_contact_is_known_at_once(demo_db: Database) -> None:
    before = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    async with demo_db.transaction() as session:
        session.add(
            Contact(
                workspace_id=demo.WORKSPACE, id="sophia:new", as_of=demo.NOW, name="Paul Reyes",
                search_name="paul reyes",
            )
        )  # fmt: skip
    after = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    assert "Paul Reyes" in after.contacts
    assert after.version != before.version


async def test_a_new_prospect_is_known_within_a_minute(demo_db: Database) -> None:
    await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    async with demo_db.transaction() as session:
        session.add(
            Tour(
                workspace_id=demo.WORKSPACE, id="sophia:new", as_of=demo.NOW, property_id="entrata:10001",
                prospect="Walter Newcomer", starts_at=demo.NOW, status="booked",
            )
        )  # fmt: skip
    later = FixedClock(demo.NOW + timedelta(seconds=61))
    assert "Walter Newcomer" in (await load_names(demo_db, demo.ADMIN, later)).contacts


async def test_nothing_large_is_read_again_while_nothing_changed(demo_db: Database) -> None:
    first = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    statements: list[str] = []
    event.listen(demo_db.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    assert await load_names(demo_db, demo.ADMIN, demo.CLOCK) is first
    assert statements
    assert not [statement for statement in statements if "FROM residents" in statement]
