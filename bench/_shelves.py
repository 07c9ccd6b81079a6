"""A large workspace of passages for measuring: real words, clustered vectors, 2 % of which a person may read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import insert

from app.db.engine import Database
from app.db.models.knowledge import KnowledgeDocument, KnowledgePassage, KnowledgeReader, KnowledgeVersion
from app.knowledge.terms import analyser, packed
from bench._rights import NOW

WORKSPACE = "T1"
READER = 7
TOKEN = f"role:{READER}"
READERS = 50  # each document has one of as many readers: 2 % are visible to one
PASSAGES = 10  # of a document
AT_ONCE = 5_000
VOCABULARY = 30_000


async def fill(db: Database, passages: int, *, embedder: str, dimension: int, seed: int = 5) -> Any:
    """Writes the passages; returns their vectors, (passages, dimension) float16, in the order of their numbers."""
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    centres = numbers.standard_normal((200, dimension)).astype(np.float32)
    texts = _texts(chance)
    made: list[Any] = []
    for start in range(0, passages, AT_ONCE):
        many = min(AT_ONCE, passages - start)
        vectors = centres[numbers.integers(0, 200, many)] + 0.7 * numbers.standard_normal((many, dimension))
        kept = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("<f2")
        made.append(kept)
        terms = analyser().counts([next(texts) for _ in range(many)])
        places = [divmod(start + at, PASSAGES) for at in range(many)]
        rows = [
            {
                "workspace_id": WORKSPACE, "document_id": _name(document), "number": number, "section": 0,
                "header": "", "text": "", "vector": vector.tobytes(), "terms": packed(counts),
            }
            for (document, number), vector, counts in zip(places, kept, terms, strict=True)
        ]  # fmt: skip
        async with db.transaction() as session:
            await session.execute(insert(KnowledgePassage), rows)
    async with db.transaction() as session:
        documents = range(-(-passages // PASSAGES))
        await session.execute(
            insert(KnowledgeReader),
            [{"workspace_id": WORKSPACE, "document_id": _name(n), "token": f"role:{n % READERS}"} for n in documents],
        )
        await session.execute(
            insert(KnowledgeDocument),
            [
                {
                    "workspace_id": WORKSPACE, "id": _name(n), "title": "t", "kind": "file", "content_hash": "h",
                    "dated": NOW, "ingested_at": NOW, "embedder": embedder, "passages": PASSAGES,
                }
                for n in documents
            ],
        )  # fmt: skip
        await session.execute(insert(KnowledgeVersion), [{"workspace_id": WORKSPACE, "number": 1}])
    return np.concatenate(made)


@dataclass(frozen=True)
class Questions:
    """What all stores are asked: `vectors` (questions, dimension) float32, and for each in `best` the numbers of the
    ten truly nearest passages that `TOKEN` may see."""

    vectors: Any
    best: Any


def questions(passages: Any, many: int, seed: int = 9) -> Questions:
    """Directions near passages, as a question is near to what answers it."""
    numbers = np.random.default_rng(seed)
    seen = np.flatnonzero(np.arange(len(passages)) // PASSAGES % READERS == READER)
    near = passages[numbers.integers(len(passages), size=many)].astype(np.float32)
    asked = near + 0.02 * numbers.standard_normal(near.shape).astype(np.float32)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    scores = asked @ passages[seen].astype(np.float32).T
    return Questions(asked, seen[np.argsort(-scores, axis=1)[:, :10]])


def _name(number: int) -> str:
    return f"file:handbook/page-{number:07}.md"


def number_of(passage_id: str) -> int:
    """The place of a passage among the vectors that `fill` returned."""
    document, _, number = passage_id.rpartition("#")
    return int(document[-10:-3]) * PASSAGES + int(number)


def question(chance: random.Random) -> str:
    """Seven words, most of them frequent, as in a person's question."""
    return " ".join(_word(chance) for _ in range(7))


def _texts(chance: random.Random) -> Iterator[str]:
    while True:
        yield " ".join(_word(chance) for _ in range(150))


def _word(chance: random.Random) -> str:
    """A word as often as words of its rank are in a language (Zipf's law)."""
    return f"w{int(VOCABULARY ** chance.random())}"
