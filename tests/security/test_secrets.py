"""Secrets at rest: unreadable without the key, bound to their row, and rewrapped on rotation."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models.security import Secret
from app.domain.clock import SystemClock
from app.domain.errors import Fixable
from app.security.keys import KeyRing
from app.security.secrets import SecretKeyProvider, SecretStore

OLD, NEW = b"the old secret key", b"the new secret key"


def store(db: Database, *keys: bytes) -> SecretStore:
    return SecretStore(db, SecretKeyProvider(KeyRing(keys[0], keys[1:])), SystemClock())


async def test_a_secret_comes_back_and_is_not_in_the_row(db: Database) -> None:
    secrets = store(db, OLD)
    await secrets.put("T1", "hubspot_api_key", "pat-na1-canary")
    assert await secrets.get("T1", "hubspot_api_key") == "pat-na1-canary"
    assert await secrets.get("T1", "other") is None
    assert await secrets.get("T2", "hubspot_api_key") is None
    async with db.reading() as session:
        row = (await session.scalars(select(Secret))).one()
    assert b"canary" not in row.ciphertext + row.wrapped_key


async def test_a_secret_can_be_replaced_and_forgotten(db: Database) -> None:
    secrets = store(db, OLD)
    await secrets.put("T1", "a", "one")
    await secrets.put("T1", "a", "two")
    assert (await secrets.get("T1", "a"), await secrets.names("T1")) == ("two", ["a"])
    await secrets.forget("T1", "a")
    assert await secrets.names("T1") == []


@pytest.mark.parametrize("columns", [("ciphertext", "nonce"), ("ciphertext", "nonce", "wrapped_key", "key_id")])
async def test_a_row_swapped_with_another_does_not_open(db: Database, columns: tuple[str, ...]) -> None:
    secrets = store(db, OLD)
    await secrets.put("T1", "a", "for a")
    await secrets.put("T1", "b", "for b")
    async with db.transaction() as session:
        other = await session.get(Secret, ("T1", "b"))
        moved = {column: getattr(other, column) for column in columns}
        await session.execute(update(Secret).where(Secret.id == "a").values(**moved))
    with pytest.raises(Fixable, match="can't be opened"):
        await secrets.get("T1", "a")


async def test_a_row_moved_to_another_workspace_does_not_open(db: Database) -> None:
    secrets = store(db, OLD)
    await secrets.put("T1", "a", "for T1")
    async with db.transaction() as session:
        await session.execute(update(Secret).values(workspace_id="T2"))
    with pytest.raises(Fixable):
        await secrets.get("T2", "a")


async def test_rotation_rewraps_the_data_keys_and_the_old_key_can_go(db: Database) -> None:
    await store(db, OLD).put("T1", "a", "kept")
    async with db.reading() as session:
        before = (await session.scalars(select(Secret.ciphertext))).one()
    both = store(db, NEW, OLD)
    assert await both.get("T1", "a") == "kept"
    assert await both.rewrap() == 1
    assert await both.rewrap() == 0
    assert await store(db, NEW).get("T1", "a") == "kept"
    async with db.reading() as session:
        assert (await session.scalars(select(Secret.ciphertext))).one() == before, "only the data key was rewrapped"
    with pytest.raises(Fixable, match="can't be opened"):
        await store(db, OLD).get("T1", "a")


def test_a_secret_key_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        KeyRing(b"short")


def test_keys_of_two_purposes_have_nothing_in_common() -> None:
    keys = KeyRing(OLD)
    assert keys.derived("audit") != keys.derived("approvals")
    assert not keys.signer("audit").accepts("x", keys.signer("approvals").sign("x"))
    assert OLD.decode() not in repr(keys)
