"""A question to the passages that answer it, among those the person may see.

Both sides are asked (vectors for the meaning, BM25 for the words), each side's scores are stretched to 0…1 over what
either found, and added with weights. Weights and floor were chosen on one half of the development questions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.db.engine import Database
from app.knowledge import lexicon, shelf
from app.knowledge.embedders.base import Embedder
from app.knowledge.passages import Passage, Sight
from app.knowledge.shelf import Shelved
from app.knowledge.stores.base import Hit, PassageStore

CANDIDATES = 200  # of each side
DENSE = 0.7  # weight of the vectors; the words have the rest
FLOOR = 0.35  # cosine below which the best passage does not answer the question
SURE = 0.5  # cosine from which it does, whatever words it uses
SHARED = 0.5  # between the two: the part of the question's telling words that must stand in the best passages
SHOWN = 5


@dataclass(frozen=True)
class Found:
    """One passage that answers: how well (0…1 within this search), its cosine, and the section around it."""

    shelved: Shelved
    score: float
    cosine: float
    section: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What a search brought, best first. `documents` is how many the person may read; `found` is empty when none of
    them answers the question."""

    documents: int
    found: tuple[Found, ...] = ()


class Search:
    """`store` and `embedder` belong together: a store never holds vectors of another embedder."""

    def __init__(self, db: Database, store: PassageStore, embedder: Embedder) -> None:
        self._db = db
        self._store = store
        self._embedder = embedder

    async def find(self, sight: Sight, question: str, limit: int = SHOWN) -> Findings:
        """The passages that answer the question, with the sections they stand in. Raises SophiaErrors."""
        async with self._db.reading() as session:
            documents = await shelf.count_visible(session, sight)
        if documents == 0:
            return Findings(0)
        ranked, cosines = await self.ranked(sight, question)
        async with self._db.reading() as session:
            text = await shelf.fetch(session, sight, [hit.passage_id for hit in ranked[: limit * 2]])
            found = [
                Found(text[hit.passage_id], hit.score, cosines.get(hit.passage_id, 0.0))
                for hit in ranked[: limit * 2]
                if hit.passage_id in text
            ]
            if not _answers(question, found):
                return Findings(documents)
            found = _newest_first(found)[:limit]
            sections = [await shelf.section_of(session, sight, one.shelved.passage) for one in found]
        return Findings(
            documents, tuple(replace(one, section=section) for one, section in zip(found, sections, strict=True))
        )

    async def ranked(self, sight: Sight, question: str, limit: int = CANDIDATES) -> tuple[list[Hit], dict[str, float]]:
        """All candidates by their joined score, best first, and the cosines by passage id."""
        vector = await self._embedder.question(question)
        dense, words = await asyncio.gather(
            self._store.nearest(sight, vector, limit), self._store.matching(sight, question, limit)
        )
        return fused(dense, words), {hit.passage_id: hit.score for hit in dense}


def fused(dense: Sequence[Hit], words: Sequence[Hit], weight: float = DENSE) -> list[Hit]:
    """One list of both sides: each side's scores stretched to 0…1, what a side did not find counts as its lowest."""
    joined: dict[str, float] = {}
    document = {hit.passage_id: hit.document_id for hit in (*dense, *words)}
    for hits, share in ((dense, weight), (words, 1 - weight)):
        if not hits:
            continue
        lowest, highest = min(hit.score for hit in hits), max(hit.score for hit in hits)
        span = highest - lowest or 1.0
        for hit in hits:
            joined[hit.passage_id] = joined.get(hit.passage_id, 0.0) + share * (hit.score - lowest) / span
    ordered = sorted(joined.items(), key=lambda item: (-item[1], item[0]))
    return [Hit(passage, document[passage], score) for passage, score in ordered]


def _answers(question: str, found: Sequence[Found]) -> bool:
    """Whether the best of what was found is about the question at all."""
    best = max((one.cosine for one in found[:3]), default=0.0)
    if best >= SURE:
        return True
    if best < FLOOR:
        return False
    asked = lexicon.words_of(question)
    text = " ".join(one.shelved.passage.searched for one in found[:3]).lower()
    shared = sum(lexicon.stem_of(word) in text for word in asked)
    return bool(asked) and shared / len(asked) >= SHARED


def _newest_first(found: Sequence[Found]) -> list[Found]:
    """Passages of almost equal score: the newer document first, so that a superseded page does not lead."""
    return sorted(found, key=lambda one: (-round(one.score, 1), -one.shelved.document.dated.timestamp(), -one.score))
