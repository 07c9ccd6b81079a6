"""A large workspace of passages for measuring: real words, clustered vectors, 2 % of which a person may read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import insert

from app.db.engine import Database
from app.db.models.knowledge import KnowledgeDocument, KnowledgePassage, KnowledgeReader, KnowledgeVersion
from app.knowledge.terms import analyser, packed
from bench._rights import NOW

WORKSPACE = "T1"
TOKEN = "role:7"
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


def _name(number: int) -> str:
    return f"file:handbook/page-{number:07}.md"


def question(chance: random.Random) -> str:
    """Seven words, most of them frequent, as in a person's question."""
    return " ".join(_word(chance) for _ in range(7))


def _texts(chance: random.Random) -> Iterator[str]:
    while True:
        yield " ".join(_word(chance) for _ in range(150))


def _word(chance: random.Random) -> str:
    """A word as often as words of its rank are in a language (Zipf's law)."""
    return f"w{int(VOCABULARY ** chance.random())}"
