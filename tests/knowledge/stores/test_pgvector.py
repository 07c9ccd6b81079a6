"""What is PostgreSQL's own: the extension, rights, outages, and words that the main database finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.db.migrate import at_head, upgrade
from app.domain.errors import Fixable, NotAllowed, RetryLater
from app.knowledge.stores.base import Hit
from app.knowledge.stores.pgvector import PgvectorStore
from tests.knowledge.stores.cable import cable_to
from tests.knowledge.stores.conftest import Opening, ScriptedWords
from tests.knowledge.stores.making import ASKED, DIMENSIONS, made, sight

pytestmark = pytest.mark.postgres


_SHAPE = """
SELECT attname::text, format_type(atttypid, atttypmod), attnotnull, attcollation::bigint FROM pg_attribute
WHERE attrelid = 'passage_vectors'::regclass AND attnum > 0
UNION ALL SELECT indexdef, '', true, 0 FROM pg_indexes WHERE tablename = 'passage_vectors' ORDER BY 1
"""


def _store(db: Database) -> PgvectorStore:
    return PgvectorStore(db, embedder="minilm", dimensions=DIMENSIONS, lexical=ScriptedWords())


def _elsewhere(db: Database, **changed: str | int) -> Database:
    """Another connection to the same database, as another user or by another port."""
    url = db.engine.url
    port, user = int(changed.get("port", url.port or 0)), str(changed.get("user", url.username))
    return Database(url.set(port=port, username=user).render_as_string(hide_password=False))


async def _outside(db: Database, statement: str) -> None:
    """Run a statement that no transaction may hold."""
    async with db.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(statement))


async def test_words_are_looked_up_in_the_main_database_under_the_same_sight(
    pgvector_opening: Opening, words: ScriptedWords
) -> None:
    assert await pgvector_opening().matching(sight("user:U1"), "pet deposit", 7) == [Hit("d#0", "d", 2.5)]
    assert words.asked == [(sight("user:U1"), "pet deposit", 7)]


async def test_without_the_extension_s_table_a_sentence_says_what_to_do(postgres_db: Database) -> None:
    async with postgres_db.transaction() as session:
        await session.execute(text("DROP TABLE passage_vectors"))
    store = _store(postgres_db)
    health = await store.check()
    assert (health.state, health.sentence) == (
        "refused",
        "This PostgreSQL has no table for passages, because pgvector was missing when Sophia's tables were made. "
        "docs/knowledge-stores.md says how to add both.",
    )
    with pytest.raises(Fixable) as refused:
        await store.replace("w", "d", [made("d")])
    assert refused.value.code == "pgvector_missing"


async def test_what_the_guide_says_makes_the_table_that_was_missing(postgres_db: Database) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "knowledge-stores.md").read_text(encoding="utf-8")
    statements = guide.split("```sql\n")[1].split("```")[0].split(";")
    async with postgres_db.transaction() as session:
        before = (await session.execute(text(_SHAPE))).all()
        await session.execute(text("DROP TABLE passage_vectors"))
        await session.execute(text("DROP EXTENSION vector"))
        for statement in filter(str.strip, statements):
            await session.execute(text(statement))
        assert (await session.execute(text(_SHAPE))).all() == before
    assert (await _store(postgres_db).check()).state == "ok"


async def test_a_migration_that_may_not_add_the_extension_leaves_the_table_out(postgres_db: Database) -> None:
    name = f"{postgres_db.engine.url.database}_plain"
    await _outside(postgres_db, f"CREATE DATABASE {name}")
    empty = Database(postgres_db.engine.url.set(database=name).render_as_string(hide_password=False))
    async with empty.transaction() as session:
        await session.execute(text("CREATE ROLE passage_migrator LOGIN"))
        await session.execute(text("GRANT USAGE, CREATE ON SCHEMA public TO passage_migrator"))
    migrator = _elsewhere(empty, user="passage_migrator")
    await upgrade(migrator)
    assert await at_head(migrator)
    assert (await _store(migrator).check()).state == "refused"
    for db in (migrator, empty):
        await db.close()
    await _outside(postgres_db, f"DROP DATABASE {name}")
    await _outside(postgres_db, "DROP ROLE passage_migrator")


async def test_a_user_without_rights_is_told_so(postgres_db: Database) -> None:
    async with postgres_db.transaction() as session:
        await session.execute(text("CREATE ROLE passage_stranger LOGIN"))
    stranger = _elsewhere(postgres_db, user="passage_stranger")
    with pytest.raises(NotAllowed):
        await _store(stranger).nearest(sight(), ASKED, 1)
    assert (await _store(stranger).check()).state == "refused"
    await stranger.close()
    async with postgres_db.transaction() as session:
        await session.execute(text("DROP ROLE passage_stranger"))


async def test_a_user_the_server_does_not_know_is_told_so(postgres_db: Database) -> None:
    unknown = _elsewhere(postgres_db, user="nobody_here")
    with pytest.raises(NotAllowed) as refused:
        await _store(unknown).count("w")
    assert refused.value.code == "store_refused"
    await unknown.close()


async def test_an_outage_says_try_later_and_ends_by_itself(postgres_db: Database) -> None:
    async with cable_to(postgres_db.engine.url.port or 0) as cable:
        db = _elsewhere(postgres_db, port=cable.port)
        store = _store(db)
        await store.replace("w", "d", [made("d")])
        cable.pull()
        with pytest.raises(RetryLater):
            await store.replace("w", "d", [made("d", text="new")])
        assert (await store.check()).state == "unreachable"
        cable.plug()
        assert [one.passage.text for one in (await store.page("w")).passages] == [made("d").passage.text]
        await db.close()


async def test_a_nul_character_is_refused_in_words(postgres_db: Database) -> None:
    with pytest.raises(Fixable) as refused:
        await _store(postgres_db).replace("w", "d", [made("d", text="a\0b")])
    assert refused.value.code == "nul_character"
