"""Names that a person may use, and how fresh they are."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.db.engine import Database
from app.db.models.business import Contact
from app.db.models.leasing import Tour
from app.domain.clock import FixedClock
from app.domain.names import Names
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.portfolio import names
from app.portfolio.names import load_names
from tests import demo
from tests.runtime.conftest import until

JEN = Principal(
    demo.WORKSPACE, UserId("U07JENNY01"), "Jen Park", frozenset({Role.PROPERTY_MANAGER}), frozenset({"entrata:10001"})
)


async def test_every_name_of_the_development_set_is_known(demo_db: Database, shared: Path) -> None:
    gazetteer = json.loads((shared / "data/planner/gazetteer.json").read_text())
    known = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    assert {name: tuple(aliases) for name, aliases in gazetteer["properties"].items()} == dict(known.properties)
    for kind in ("residents", "contacts", "companies", "vendors"):
        assert set(gazetteer[kind]) <= set(getattr(known, kind)), kind
    assert {member.partition(" ")[0] for member in known.team} == set(gazetteer["team"])


async def test_a_manager_knows_only_the_residents_of_her_own_community(demo_db: Database) -> None:
    known = await load_names(demo_db, JEN, demo.CLOCK)
    assert "Maria Gonzalez" in known.residents
    assert "Tyrone Banks" not in known.residents
    assert "Dana Whitman" in known.contacts


async def test_a_manager_knows_every_community_by_name_so_that_another_one_is_never_taken_for_her_own(
    demo_db: Database,
) -> None:
    known = await load_names(demo_db, JEN, demo.CLOCK)
    everything = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    assert known.properties == everything.properties


async def test_a_guest_knows_no_names(demo_db: Database) -> None:
    guest = Principal(demo.WORKSPACE, UserId("U1"), "Pete", frozenset({Role.GUEST}), frozenset())
    assert await load_names(demo_db, guest, demo.CLOCK) == Names()


async def test_another_workspace_knows_nothing(demo_db: Database) -> None:
    other = Principal(WorkspaceId("T-other"), UserId("U1"), "Ann", frozenset({Role.ADMIN}))
    known = await load_names(demo_db, other, demo.CLOCK)
    assert (known.properties, known.residents, known.contacts, known.team) == ({}, (), (), ())


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


async def known(db: Database, contact: str, clock: FixedClock) -> bool:
    return contact in (await load_names(db, demo.ADMIN, clock)).contacts


async def test_a_new_prospect_is_known_within_a_minute(demo_db: Database) -> None:
    before = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    async with demo_db.transaction() as session:
        session.add(
            Tour(
                workspace_id=demo.WORKSPACE, id="sophia:new", as_of=demo.NOW, property_id="entrata:10001",
                prospect="Walter Newcomer", starts_at=demo.NOW, status="booked",
            )
        )  # fmt: skip
    later = FixedClock(demo.NOW + timedelta(seconds=61))
    assert await load_names(demo_db, demo.ADMIN, later) is before  # the first question waits for no reading
    await until(lambda: known(demo_db, "Walter Newcomer", later))


async def test_names_that_can_not_be_read_stay_as_they_were_and_are_read_a_minute_later(
    demo_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    async with demo_db.transaction() as session:
        session.add(
            Tour(
                workspace_id=demo.WORKSPACE, id="sophia:newer", as_of=demo.NOW, property_id="entrata:10001",
                prospect="Wilma Newer", starts_at=demo.NOW, status="booked",
            )
        )  # fmt: skip
    failed = asyncio.Event()

    async def down(*given: Any) -> Any:
        failed.set()
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(names, "_large_part", down)
        later = FixedClock(demo.NOW + timedelta(seconds=61))
        assert await load_names(demo_db, demo.ADMIN, later) is before
        async with asyncio.timeout(60):
            await failed.wait()
    later = FixedClock(demo.NOW + timedelta(seconds=122))
    await until(lambda: known(demo_db, "Wilma Newer", later))


async def test_nothing_large_is_read_again_while_nothing_changed(demo_db: Database) -> None:
    first = await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    statements: list[str] = []
    event.listen(demo_db.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    assert await load_names(demo_db, demo.ADMIN, demo.CLOCK) is first
    assert statements
    assert not [statement for statement in statements if "FROM residents" in statement]


async def test_what_is_read_behind_is_not_lost_to_a_question_that_is_under_way(
    demo_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new contact and a new prospect at once: the question puts names together while the prospects are read."""
    await load_names(demo_db, demo.ADMIN, demo.CLOCK)
    async with demo_db.transaction() as session:
        session.add_all(
            [
                Contact(
                    workspace_id=demo.WORKSPACE, id="sophia:both", as_of=demo.NOW, name="Bea Both",
                    search_name="bea both",
                ),
                Tour(
                    workspace_id=demo.WORKSPACE, id="sophia:both", as_of=demo.NOW, property_id="entrata:10001",
                    prospect="Bert Both", starts_at=demo.NOW, status="booked",
                ),
            ]
        )  # fmt: skip
    read, large_part, all_names = asyncio.Event(), names._large_part, names._all_names

    async def reads(*given: Any) -> Any:
        found = await large_part(*given)
        read.set()
        return found

    async def puts_together(*given: Any) -> Any:
        made = await all_names(*given)
        async with asyncio.timeout(60):
            await read.wait()
        await asyncio.sleep(0.05)
        return made

    later = FixedClock(demo.NOW + timedelta(seconds=61))
    with monkeypatch.context() as slow:
        slow.setattr(names, "_large_part", reads)
        slow.setattr(names, "_all_names", puts_together)
        assert "Bea Both" in (await load_names(demo_db, demo.ADMIN, later)).contacts
    await until(lambda: known(demo_db, "Bert Both", later))
