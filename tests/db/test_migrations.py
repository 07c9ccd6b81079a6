"""The revisions and the models describe the same schema, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.db.engine import Database
from app.db.migrate import at_head, differences, upgrade
from app.db.models.business import Deal


async def test_models_and_revisions_agree(db: Database) -> None:
    assert await differences(db) == [], 'draft the missing revision: python -m app.db.migrate "what changed"'


async def test_an_empty_database_is_not_at_head_until_it_is_upgraded(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert not await at_head(db)
    await upgrade(db)
    assert await at_head(db)
    await db.close()


async def test_a_column_that_the_models_lack_is_reported(sqlite_db: Database) -> None:
    async with sqlite_db.transaction() as session:
        await session.execute(text("ALTER TABLE tasks ADD COLUMN colour TEXT"))
    assert "colour" in "".join(await differences(sqlite_db))


async def test_upgrading_twice_keeps_the_data(db: Database) -> None:
    async with db.transaction() as session:
        session.add(_deal())
    await upgrade(db)
    async with db.reading() as session:
        assert (await session.scalars(select(Deal.name).where(Deal.workspace_id == "w"))).all() == ["Tower"]


async def test_amounts_over_21_million_dollars_fit(db: Database) -> None:
    async with db.transaction() as session:
        session.add(_deal())
    async with db.reading() as session:
        assert await session.scalar(select(Deal.amount_cents).where(Deal.workspace_id == "w")) == 48_000_000_00


async def test_processes_that_start_together_upgrade_once(tmp_path: Path) -> None:
    path = f"sqlite+aiosqlite:///{tmp_path / 'together.db'}"
    databases = [Database(path) for _ in range(3)]
    await asyncio.gather(*(upgrade(db) for db in databases))
    assert all([await at_head(db) for db in databases])
    for db in databases:
        await db.close()


async def test_the_working_directory_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}")
    await upgrade(db)
    assert await at_head(db)
    await db.close()


def _deal() -> Deal:
    now = datetime(2026, 3, 18, tzinfo=UTC)
    return Deal(
        workspace_id="w",
        id="sophia:1",
        as_of=now,
        name="Tower",
        stage="proposal",
        amount_cents=48_000_000_00,
        updated_at=now,
    )
