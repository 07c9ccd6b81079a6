"""Moving passages from one store to another, and keeping them beside the main database."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.domain.errors import Fixable, RetryLater
from app.knowledge import shelf
from app.knowledge.embedders.minilm import MiniLm
from app.knowledge.moving import Moved, move
from app.knowledge.stores.base import PassageStore
from app.knowledge.stores.choice import bare_store, library_store
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.stores.pinecone import PineconeStore
from app.knowledge.stores.with_text import WithText
from app.knowledge.word_index import WordIndex
from app.settings import KnowledgeStore, Settings
from tests.knowledge.stores.conftest import (
    PineconeStand,
    ShelvedStore,
    WeaviateStand,
    embedded_opening,
    pinecone_stand,
    weaviate_stand,
    words,
)
from tests.knowledge.stores.making import ASKED, DIMENSIONS, made, sight

__all__ = ["embedded_opening", "pinecone_stand", "weaviate_stand", "words"]  # fixtures


def _embedded(db: Database) -> ShelvedStore:
    return ShelvedStore(db, embedder="minilm", dimension=DIMENSIONS)


async def _filled(store: PassageStore, documents: int) -> None:
    for number in range(documents):
        await store.replace("w", f"d{number}", [made(f"d{number}", at, degrees=number) for at in range(3)])


async def _move(db: Database, source: PassageStore, target: PassageStore) -> tuple[Moved, list[tuple[int, int]]]:
    seen: list[tuple[int, int]] = []
    async with db.reading() as session:
        sizes = await shelf.sizes(session, "w", "minilm")
    return await move(source, target, "w", sizes, lambda at, of: seen.append((at, of))), seen


async def test_everything_moves_once_and_a_second_run_writes_nothing(
    sqlite_db: Database, pinecone_stand: PineconeStand
) -> None:
    source, target = _embedded(sqlite_db), pinecone_stand.open()
    await _filled(source, 5)
    first, progress = await _move(sqlite_db, source, target)
    again, _ = await _move(sqlite_db, source, target)
    assert first == Moved(5, 0, 0, (), 15, 15)
    assert again == Moved(0, 5, 0, (), 15, 15)
    assert (first.complete, progress[-1]) == (True, (15, 15))
    asked = sight()
    assert [hit.passage_id for hit in await target.nearest(asked, ASKED, 5)] == [
        hit.passage_id for hit in await source.nearest(asked, ASKED, 5)
    ]
    await target.close()


async def test_a_move_that_broke_off_goes_on_where_it_was(sqlite_db: Database, pinecone_stand: PineconeStand) -> None:
    source, target = _embedded(sqlite_db), pinecone_stand.open()
    await _filled(source, 5)
    await target.replace("w", "d0", [made("d0", at, degrees=0) for at in range(3)])
    await target.replace("w", "d1", [made("d1", at, degrees=1) for at in range(2)])  # killed on the way
    pinecone_stand.server.faults.extend([503] * 4)
    with pytest.raises(RetryLater):
        await _move(sqlite_db, source, target)
    assert (await _move(sqlite_db, source, target))[0] == Moved(4, 1, 0, (), 15, 15)
    await target.close()


async def test_a_second_run_brings_what_changed_and_forgets_what_is_gone(
    sqlite_db: Database, pinecone_stand: PineconeStand
) -> None:
    source, target = _embedded(sqlite_db), pinecone_stand.open()
    await _filled(source, 3)
    await _move(sqlite_db, source, target)
    await source.forget("w", ["d0"])
    await source.replace("w", "d1", [made("d1", 0, readers=["role:manager"])])
    assert (await _move(sqlite_db, source, target))[0] == Moved(1, 1, 1, (), 4, 4)
    await target.close()


async def test_a_document_that_is_not_whole_is_told_and_left(
    sqlite_db: Database, pinecone_stand: PineconeStand
) -> None:
    source, target = _embedded(sqlite_db), pinecone_stand.open()
    await _filled(source, 2)
    done = await move(source, target, "w", {"d0": 3, "d1": 4}, lambda _at, _of: None)
    assert (done.left, done.complete) == (("d1",), False)
    await target.close()


async def test_there_and_back_again_is_the_same(sqlite_db: Database, pinecone_stand: PineconeStand) -> None:
    home, away = _embedded(sqlite_db), pinecone_stand.open()
    await _filled(home, 3)
    await _move(sqlite_db, home, away)
    kept = WithText(sqlite_db, away)
    for number in range(3):
        passages = [made(f"d{number}", at, degrees=number) for at in range(3)]
        await kept.replace("w", f"d{number}", passages)  # leaves the main database without vectors
    assert await home.count("w") == 0
    back = EmbeddedStore(sqlite_db, WordIndex(sqlite_db), embedder="minilm", dimension=DIMENSIONS)
    assert (await _move(sqlite_db, away, back))[0] == Moved(3, 0, 0, (), 9, 9)
    assert len(await back.nearest(sight(), ASKED, 20)) == 9
    await away.close()


async def test_to_weaviate_and_back_again_is_the_same(sqlite_db: Database, weaviate_stand: WeaviateStand) -> None:
    home, away = _embedded(sqlite_db), weaviate_stand.open()
    await _filled(home, 70)  # more than one page
    assert (await _move(sqlite_db, home, away))[0] == Moved(70, 0, 0, (), 210, 210)
    assert (await _move(sqlite_db, home, away))[0] == Moved(0, 70, 0, (), 210, 210)
    assert (await _move(sqlite_db, away, home))[0] == Moved(0, 70, 0, (), 210, 210)
    asked = sight()
    assert [hit.passage_id for hit in await away.nearest(asked, ASKED, 50)] == [
        hit.passage_id for hit in await home.nearest(asked, ASKED, 50)
    ]
    await away.close()


async def test_a_move_to_weaviate_that_broke_off_goes_on_where_it_was(
    sqlite_db: Database, weaviate_stand: WeaviateStand
) -> None:
    source, target = _embedded(sqlite_db), weaviate_stand.open()
    await _filled(source, 5)
    await target.replace("w", "d0", [made("d0", at, degrees=0) for at in range(3)])
    await target.replace("w", "d1", [made("d1", at, degrees=1) for at in range(2)])  # killed on the way
    weaviate_stand.server.refuses = {2}
    with pytest.raises(RetryLater):
        await _move(sqlite_db, source, target)
    weaviate_stand.server.refuses = set()
    assert (await _move(sqlite_db, source, target))[0] == Moved(4, 1, 0, (), 15, 15)
    await target.close()


async def test_beside_the_database_text_and_words_are_found_in_it(
    sqlite_db: Database, pinecone_stand: PineconeStand
) -> None:
    vectors = PineconeStore(
        pinecone_stand.url,
        "pcsk_local",
        embedder="minilm",
        dimensions=DIMENSIONS,
        lexical=WordIndex(sqlite_db),
    )
    await _embedded(sqlite_db).replace("w", "d", [made("d")])  # the document's row, which the library writes
    store = WithText(sqlite_db, vectors)
    await store.replace("w", "d", [made("d", text="A pet deposit of 300 dollars.")])
    assert [hit.passage_id for hit in await store.matching(sight(), "deposit for pets", 5)] == ["d#0"]
    assert await store.matching(sight("user:U1"), "deposit for pets", 5) == []
    async with sqlite_db.reading() as session:
        shown = await shelf.fetch(session, sight(), ["d#0"])
    assert shown["d#0"].passage.text == "A pet deposit of 300 dollars."
    await store.forget("w", ["d"])
    assert (await store.count("w"), await store.matching(sight(), "deposit", 5)) == (0, [])
    await store.close()


@pytest.mark.parametrize("name", ["pinecone", "pgvector", "weaviate"])
async def test_a_store_without_its_settings_says_which(sqlite_db: Database, name: str) -> None:
    with pytest.raises(Fixable) as missing:
        library_store(Settings.model_validate({"knowledge_store": name}), sqlite_db, MiniLm(), WordIndex(sqlite_db))
    assert missing.value.code == "bad_settings"


@pytest.mark.parametrize("name", ["auto", "embedded"])
async def test_without_a_choice_documents_stay_in_the_database(sqlite_db: Database, name: str) -> None:
    assert (
        library_store(
            Settings.model_validate({"knowledge_store": name}), sqlite_db, MiniLm(), WordIndex(sqlite_db)
        ).name
        == "embedded"
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pinecone", {"pinecone_host": "https://x.pinecone.io", "pinecone_api_key": "pcsk_1"}),
        ("weaviate", {"weaviate_url": "https://x.weaviate.cloud", "weaviate_api_key": "key-of-weaviate"}),
    ],
)
async def test_a_store_can_be_opened_by_name(sqlite_db: Database, name: KnowledgeStore, values: dict[str, str]) -> None:
    store = bare_store(name, Settings.model_validate(values), sqlite_db, MiniLm(), WordIndex(sqlite_db))
    assert store.name == name
    await store.close()
