"""What is kept in memory of the passages follows the database, and reads what changed alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from app.db.engine import Database
from app.db.models.knowledge import KnowledgePassage
from app.knowledge import held, shelf
from app.knowledge.held import HeldPassages, Roll
from app.knowledge.passages import Passage

WORKSPACE = "T1"


class Reader:
    """Holds the vectors' bytes, and counts how many were read."""

    def __init__(self, db: Database) -> None:
        self.read = 0
        self.held = HeldPassages(db, KnowledgePassage.vector, build=self._built, join=self._joined)

    def _built(self, kept: Sequence[bytes]) -> Sequence[bytes]:
        self.read += len(kept)
        return kept

    def _joined(self, roll: Roll, parts: Sequence[Sequence[bytes]], firsts: Sequence[int]) -> dict[str, set[str]]:
        """The texts of each document that stands."""
        assert [len(part) for part in parts] == [end - begin for begin, end in pairwise(firsts)]
        rows = [kept for part in parts for kept in part]
        return {
            document: {rows[row].decode() for row, owner in enumerate(roll.owner) if owner == place}
            for document, place in roll.at.items()
        }

    async def now(self) -> dict[str, set[str]]:
        self.read = 0
        return await self.held.now(WORKSPACE)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "PART", 4)
    monkeypatch.setattr(held, "ENOUGH", 6)
    monkeypatch.setattr(held, "MOST_PARTS", 5)


async def put(db: Database, document: str, *texts: str) -> None:
    passages = [Passage(document, number, 0, "", text) for number, text in enumerate(texts)]
    async with db.transaction() as session:
        await shelf.put_passages(session, WORKSPACE, document, passages, [text.encode() for text in texts])


async def drop(db: Database, *documents: str) -> None:
    async with db.transaction() as session:
        await shelf.drop_passages(session, WORKSPACE, documents)


async def test_only_what_changed_is_read_again(db: Database) -> None:
    reader = Reader(db)
    for name in "abcdef":
        await put(db, name, f"{name}1", f"{name}2", f"{name}3")
    assert len(await reader.now()) == 6
    assert reader.read == 18
    assert len(await reader.now()) == 6
    assert reader.read == 0
    await put(db, "c", "new")
    assert (await reader.now())["c"] == {"new"}
    assert reader.read == 1


async def test_a_replaced_documents_old_passages_stand_no_longer(db: Database) -> None:
    reader = Reader(db)
    await put(db, "a", "old 1", "old 2")
    await reader.now()
    await put(db, "a", "new 1")
    assert await reader.now() == {"a": {"new 1"}}
    await put(db, "a", "newest")
    assert await reader.now() == {"a": {"newest"}}


async def test_a_dropped_document_is_gone_at_once_and_may_come_back(db: Database) -> None:
    reader = Reader(db)
    await put(db, "a", "one")
    await put(db, "b", "two")
    await reader.now()
    await drop(db, "a")
    assert await reader.now() == {"b": {"two"}}
    await put(db, "a", "again")
    assert await reader.now() == {"a": {"again"}, "b": {"two"}}


async def test_a_document_longer_than_a_part_is_whole(db: Database) -> None:
    texts = {f"{number}" for number in range(11)}
    await put(db, "long", *texts)
    await put(db, "short", "s")
    assert await Reader(db).now() == {"long": texts, "short": {"s"}}


async def test_it_is_read_anew_when_most_of_it_no_longer_stands(db: Database) -> None:
    reader = Reader(db)
    for name in "abcd":
        await put(db, name, f"{name}1", f"{name}2")
    await reader.now()
    await drop(db, "a", "b", "c")
    assert await reader.now() == {"d": {"d1", "d2"}}
    assert reader.read == 2
    await put(db, "e", "e1")
    await reader.now()
    assert reader.read == 1  # the rest was left alone


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_changes_it_is_what_the_database_holds(db: Database, seed: int) -> None:
    chance, reader, truth = random.Random(seed), Reader(db), dict[str, set[str]]()
    for step in range(40):
        name = chance.choice("abcdefgh")
        if chance.random() < 0.3:
            await drop(db, name)
            truth.pop(name, None)
        else:
            texts = [f"{name} {step} {number}" for number in range(chance.randint(1, 6))]
            await put(db, name, *texts)
            truth[name] = set(texts)
        if chance.random() < 0.7:
            assert await reader.now() == truth
    assert await reader.now() == truth
