"""Nothing that a person may not read comes back from a search, whatever is asked and whatever rights there are."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence

import pytest

from app.db.engine import Database
from app.domain.clock import FixedClock
from app.knowledge.embedders.base import Vector
from app.knowledge.library import Library
from app.knowledge.passages import EVERYONE, Sight
from app.knowledge.search import Search
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex
from tests.knowledge.shelves import NOW, ReadingHere, page

TOKENS = (
    EVERYONE,
    "role:leasing",
    "role:executive",
    "property:maple",
    "property:*",
    "channel:C1",
    "user:U1",
    "user:U2",
)
WORDS = "pets dogs cats fee deposit lease unit parking pool keys mold rent notice bonus guest quiet".split()
DOCUMENTS = 60


class AnyWords:
    """Vectors that depend on the words alone and cost nothing: whom a passage is shown to is not up to its meaning."""

    id = "any-words"
    dimension = 16
    floor: float | None = -10.0  # anything answers: here only rights decide what is shown

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        return [await self.question(text) for text in texts]

    async def question(self, text: str) -> Vector:
        sums = [1e-6] * self.dimension
        for word in text.lower().split():
            sums[hashlib.sha256(word.strip(".:").encode()).digest()[0] % self.dimension] += 1
        length = math.sqrt(sum(part * part for part in sums))
        return tuple(part / length for part in sums)

    async def close(self) -> None:
        return None


@pytest.mark.parametrize("questions", [2_000])
async def test_random_questions_over_random_rights_bring_nothing_forbidden(sqlite_db: Database, questions: int) -> None:
    chance = random.Random(20260318)
    embedder, words = AnyWords(), WordIndex(sqlite_db)
    store = EmbeddedStore(sqlite_db, words, embedder=embedder.id, dimension=embedder.dimension)
    library = Library(sqlite_db, store, embedder, ReadingHere(), FixedClock(NOW))
    readers: dict[tuple[str, str], frozenset[str]] = {}
    for number in range(DOCUMENTS):
        workspace, name = chance.choice(("T1", "T2")), f"Page {number}.md"
        allowed = chance.sample(TOKENS, chance.randint(1, 3))
        text = f"# Page {number}\n\n" + " ".join(chance.choices(WORDS, k=40))
        await library.take_in(workspace, page(name, text, *allowed))
        readers[workspace, f"file:{name}"] = frozenset(allowed)
    search, shown = Search(sqlite_db, store, embedder, words), 0
    for _ in range(questions):
        sight = Sight(chance.choice(("T1", "T2")), frozenset(chance.sample(TOKENS, chance.randint(1, 3))))
        findings = await search.find(sight, " ".join(chance.choices(WORDS, k=chance.randint(1, 5))))
        visible = {name for (place, name), who in readers.items() if place == sight.workspace_id and sight.sees(who)}
        assert findings.documents == len(visible)
        for found in findings.found:
            shown += 1
            assert found.shelved.document.id in visible
            assert {passage.document_id for passage in found.section} <= visible
        assert {f"file:{title}.md" for title in findings.near} <= visible
    assert shown > questions  # the questions did find things
