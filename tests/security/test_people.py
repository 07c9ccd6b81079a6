"""Who a user id stands for; strangers have no rights."""

from __future__ import annotations

from sqlalchemy import update

from app.db.engine import Database
from app.db.models.security import Person
from app.domain.principal import Role
from app.security.people import Member, principal_of, upsert_people
from app.security.roles import scopes_of


async def test_a_stranger_is_a_guest_who_sees_nothing(db: Database) -> None:
    stranger = await principal_of(db, "T1", "U-WHO")
    assert stranger.roles == {Role.GUEST}
    assert not scopes_of(stranger)
    assert not stranger.sees_property("maple")
    assert not stranger.sees_property(None)


async def test_a_member_comes_back_as_they_were_stored(db: Database) -> None:
    member = Member("U1", "Mia Manager", frozenset({Role.LEASING, Role.SALES}), frozenset({"a", "b"}), "mia@x.example")
    await upsert_people(db, "T1", [member])
    mia = await principal_of(db, "T1", "U1")
    assert (mia.name, mia.email, mia.roles, mia.property_ids) == (
        "Mia Manager",
        "mia@x.example",
        {Role.LEASING, Role.SALES},
        {"a", "b"},
    )
    assert (await principal_of(db, "T2", "U1")).roles == {Role.GUEST}, "another workspace has other people"


async def test_a_member_of_every_property_sees_them_all(db: Database) -> None:
    await upsert_people(db, "T1", [Member("U1", "Ada", frozenset({Role.ADMIN}))])
    assert (await principal_of(db, "T1", "U1")).sees_property("any")


async def test_a_change_counts_at_once_when_read_afresh(db: Database) -> None:
    await upsert_people(db, "T1", [Member("U1", "Ada", frozenset({Role.ADMIN}))])
    await principal_of(db, "T1", "U1")
    async with db.transaction() as session:
        await session.execute(update(Person).values(roles="guest|nonsense"))
    assert (await principal_of(db, "T1", "U1", fresh=True)).roles == {Role.GUEST}
    assert (await principal_of(db, "T1", "U1")).roles == {Role.GUEST}
