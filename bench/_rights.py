"""Random rights over random passages: does anybody find what they may not read, and everybody all they may?"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from app.db.engine import Database
from app.knowledge import shelf
from app.knowledge.passages import Document, DocumentKind, Embedded, Passage, Sight
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex

WORKSPACES = ("T1", "T2")
TOKENS = ("everyone", *(f"role:{n}" for n in range(6)), *(f"channel:{n}" for n in range(6)), "user:1", "user:2")
WORDS = tuple(f"word{n}" for n in range(60))
DIMENSION = 16
EMBEDDER = "bench"
NOW = datetime(2026, 3, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Crossings:
    """What random searches brought. `recall` is the part of the ten truly nearest visible passages that was found."""

    queries: int
    forbidden: int
    recall: float


async def cross(db: Database, *, documents: int, queries: int, seed: int = 7) -> Crossings:
    """Fills a migrated database with documents of random readers and searches it with random rights."""
    chance = random.Random(seed)
    numbers = np.random.default_rng(seed)
    words = WordIndex(db)
    store = EmbeddedStore(db, words, embedder=EMBEDDER, dimension=DIMENSION)
    readers: dict[tuple[str, str], frozenset[str]] = {}
    vectors: dict[str, dict[str, Any]] = {workspace: {} for workspace in WORKSPACES}
    for number in range(documents):
        workspace = chance.choice(WORKSPACES)
        document = f"d{number}"
        tokens = frozenset(chance.sample(TOKENS, chance.randint(1, 3)))
        readers[workspace, document] = tokens
        passages: list[Embedded] = []
        for place in range(chance.randint(1, 4)):
            vector = numbers.standard_normal(DIMENSION).astype(np.float32)
            vector /= np.linalg.norm(vector)
            passage = Passage(document, place, 0, "", " ".join(chance.choices(WORDS, k=12)))
            vectors[workspace][passage.id] = vector.astype(np.float16).astype(np.float32)
            passages.append(Embedded(passage, tuple(vector.tolist()), tokens, DocumentKind.FILE, NOW))
        await store.replace(workspace, document, passages)
        kept = Document(workspace, document, document, DocumentKind.FILE, "h", NOW, tokens)
        async with db.transaction() as session:
            await shelf.put_document(session, kept, passages=len(passages), embedder=EMBEDDER, now=NOW)
    forbidden, found, wanted = 0, 0, 0
    for _ in range(queries):
        sight = Sight(chance.choice(WORKSPACES), frozenset(chance.sample(TOKENS, chance.randint(1, 4))))
        asked = numbers.standard_normal(DIMENSION).astype(np.float32)
        nearest = await store.nearest(sight, asked.tolist(), 10)
        worded = await store.matching(sight, " ".join(chance.choices(WORDS, k=3)), 10)
        allowed = {
            name: float(vector @ asked)
            for name, vector in vectors[sight.workspace_id].items()
            if sight.sees(readers[sight.workspace_id, name.partition("#")[0]])
        }
        forbidden += sum(hit.passage_id not in allowed for hit in (*nearest, *worded))
        best = set(sorted(allowed, key=lambda name: (-allowed[name], name))[:10])
        found += len(best & {hit.passage_id for hit in nearest})
        wanted += len(best)
    return Crossings(queries, forbidden, found / wanted)
