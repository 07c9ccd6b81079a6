"""A question to the passages that answer it, among those the person may see.

Both sides are asked (vectors for the meaning, BM25 for the words); each side's scores, as parts of its highest, are
added with weights, chosen on one half of the development questions (docs/adr/0012-how-passages-are-found.md).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from app.db.engine import Database
from app.domain.errors import RetryLater, SophiaError
from app.knowledge import lexicon, shelf
from app.knowledge.backdrop import Backdrop
from app.knowledge.embedders.base import Embedder, Vector, WordWise
from app.knowledge.passages import Passage, Sight
from app.knowledge.reranking import Reranker
from app.knowledge.shelf import Shelved
from app.knowledge.stores.base import Hit, PassageStore
from app.knowledge.support import Support
from app.knowledge.word_index import WordIndex

CANDIDATES = 200  # of each side
DENSE = 0.6  # weight of the vectors; the words have the rest
STANDS_OUT, SHARED = 0.8, 0.25
"""How much of its nearness to usual questions is taken off a passage's cosine, and the weight of the shared words
beside it, where an embedder knows no single words. What is enough belongs to the embedder."""
WORDS_ENOUGH = 0.7  # part of the telling words, when there is nothing else to go by
CLOSE = 0.7  # part of the best cosine, or joined score, that a further passage must have
NEAR = 0.4  # cosine from which a page is near enough to be named
SHOWN = 5
RERANKED = 30  # passages that a reranker sees
ALIKE = 0.05  # a difference of scores that says nothing
OUTDATED = 0.6  # what is left of the score of an older version when the newer one was found too
_VERSION = re.compile(r"\([^()]*\)|\b(?:19|20)\d\d\b|\bv(?:ersion)? ?\d+(?:\.\d+)*\b|[^\w\s]")

_log = structlog.get_logger(__name__)


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
    them answers the question, and then `near` are the titles of up to two that are about something like it. `readers`
    are the reader tokens that all documents named here have in common; None when none is named. `words_only`
    says for people why the meaning could not be looked at: the embedder or the vectors were out of reach, or a budget
    is used up; '' where it was."""

    documents: int
    found: tuple[Found, ...] = ()
    near: tuple[str, ...] = ()
    readers: frozenset[str] | None = None
    words_only: str = ""


@dataclass(frozen=True)
class _Seen:
    """Candidates, best first; how near the question is to `usual` ones (0 where nobody asks that), None where its
    meaning could not be looked at, and then why; and how telling its words are."""

    found: list[Found]
    usual: float | None
    rarity: Mapping[str, float]
    words_only: str


class Search:
    """`store` and `embedder` belong together: a store never holds vectors of another embedder."""

    def __init__(
        self, db: Database, store: PassageStore, embedder: Embedder, words: WordIndex, reranker: Reranker | None = None
    ) -> None:
        self._db = db
        self._store = store
        self._embedder = embedder
        self._words = words
        self._reranker = reranker
        self._backdrop = Backdrop(embedder)
        self._support = Support(embedder) if isinstance(embedder, WordWise) else None

    async def find(self, sight: Sight, question: str, limit: int = SHOWN) -> Findings:
        """The passages that answer the question, with the sections they stand in. Raises SophiaErrors."""
        async with self._db.reading() as session:
            documents = await shelf.count_visible(session, sight)
        if documents == 0:
            return Findings(0)
        seen = await self._candidates(sight, question, limit)
        found = seen.found
        if not await self._answers(question, seen):
            near = _near(found)
            named = [one for one in found if one.shelved.document.title in near]
            return Findings(documents, near=near, readers=_common_readers(named), words_only=seen.words_only)
        found = _newest_first(_close_to_the_best(found))[:limit]
        async with self._db.reading() as session:
            sections = [await shelf.section_of(session, sight, one.shelved.passage) for one in found]
        whole = tuple(replace(one, section=section) for one, section in zip(found, sections, strict=True))
        return Findings(documents, whole, readers=_common_readers(found), words_only=seen.words_only)

    async def evidence(self, sight: Sight, question: str) -> float:
        """How much speaks for the best passages as an answer, which an embedder's floor is compared with. Raises
        RetryLater where the meaning can't be looked at."""
        seen = await self._candidates(sight, question, SHOWN)
        if seen.usual is None:
            raise RetryLater(seen.words_only, next_step="Please try again later.")
        return await self._evidence(question, seen, seen.usual)

    async def _answers(self, question: str, seen: _Seen) -> bool:
        """Whether what was found answers the question at all. Without the meaning, or where nobody knows what is near
        (there is no floor), most of the telling words must stand in it."""
        floor = self._embedder.floor
        if seen.usual is None or floor is None:
            return _shared(seen.found, seen.rarity) >= WORDS_ENOUGH
        return await self._evidence(question, seen, seen.usual) >= floor

    async def _evidence(self, question: str, seen: _Seen, usual: float) -> float:
        """The support that each word of the question has; where the embedder knows no single words, how far the best
        passage stands out from `usual` questions, the farther the less of the telling words must stand in it."""
        if self._support is not None:
            return await self._support.of(question, [one.shelved.passage.searched for one in seen.found])
        nearest = max((one.cosine for one in seen.found[:3]), default=0.0)
        return nearest - STANDS_OUT * usual + SHARED * _shared(seen.found, seen.rarity)

    async def _candidates(self, sight: Sight, question: str, limit: int) -> _Seen:
        """Twice `limit` passages, best first."""
        words_only = ""
        try:
            vector = await self._embedder.question(question)
            usual = 0.0 if self._support is not None else await self._backdrop.nearness(vector)
            ranked, cosines = await self._ranked(sight, question, vector, CANDIDATES)
        except SophiaError as failed:
            _log.warning("searched_by_words_only", code=failed.code, detail=str(failed))
            usual, cosines, words_only = None, dict[str, float](), failed.sentence
            ranked = fused((), await self._store.matching(sight, question, CANDIDATES))
        rarity = await self._words.rarity(sight, lexicon.words_of(question))
        best = ranked[: limit * 2 if self._reranker is None else RERANKED]
        async with self._db.reading() as session:
            text = await shelf.fetch(session, sight, [hit.passage_id for hit in best])
        found = [
            Found(text[hit.passage_id], hit.score, cosines.get(hit.passage_id, 0.0))
            for hit in best
            if hit.passage_id in text
        ]
        return _Seen((await self._reordered(question, found))[: limit * 2], usual, rarity, words_only)

    async def _reordered(self, question: str, found: list[Found]) -> list[Found]:
        """Best first as the reranker judges; as they were when there is none or it does not answer."""
        if self._reranker is None or not found:
            return found
        try:
            judged = await self._reranker.relevance(question, [one.shelved.passage.searched for one in found])
        except SophiaError as failed:
            _log.warning("reranker_failed", code=failed.code, detail=str(failed))
            return found
        scored = [replace(one, score=score) for one, score in zip(found, judged, strict=True)]
        return sorted(scored, key=lambda one: -one.score)

    async def ranked(self, sight: Sight, question: str, limit: int = CANDIDATES) -> tuple[list[Hit], dict[str, float]]:
        """All candidates by their joined score, best first, and the cosines by passage id."""
        return await self._ranked(sight, question, await self._embedder.question(question), limit)

    async def _ranked(
        self, sight: Sight, question: str, vector: Vector, limit: int
    ) -> tuple[list[Hit], dict[str, float]]:
        dense, words = await asyncio.gather(
            self._store.nearest(sight, vector, limit), self._store.matching(sight, question, limit)
        )
        return fused(dense, words), {hit.passage_id: hit.score for hit in dense}


def fused(dense: Sequence[Hit], words: Sequence[Hit], weight: float = DENSE) -> list[Hit]:
    """One list of both sides: each side's scores as parts of its highest. What the vectors did not find is at most as
    near as the last they found; what the words did not find holds none of them."""
    document = {hit.passage_id: hit.document_id for hit in (*dense, *words)}
    near, last = _parts(dense)
    worded, _ = _parts(words)
    joined = {one: weight * near.get(one, last) + (1 - weight) * worded.get(one, 0.0) for one in document}
    ordered = sorted(joined.items(), key=lambda item: (-item[1], item[0]))
    return [Hit(passage, document[passage], score) for passage, score in ordered]


def _parts(hits: Sequence[Hit]) -> tuple[dict[str, float], float]:
    """Scores by passage, the highest being 1, and the lowest of them."""
    highest = max((hit.score for hit in hits), default=0.0)
    if highest <= 0:
        return {}, 0.0
    parts = {hit.passage_id: hit.score / highest for hit in hits}
    return parts, min(parts.values())


def _shared(found: Sequence[Found], rarity: Mapping[str, float]) -> float:
    """The part of the question's telling words that stands in the best passages."""
    text = " ".join(one.shelved.passage.searched for one in found[:3]).lower()
    told = sum(weight for word, weight in rarity.items() if lexicon.stem_of(word) in text)
    return told / (sum(rarity.values()) or 1.0)


def _close_to_the_best(found: Sequence[Found]) -> list[Found]:
    """What stands far behind the best passage in both ways is not shown beside it; in words, where only they are."""
    best = max(one.cosine for one in found)
    if best <= 0:
        return [one for one in found if one.score >= CLOSE * found[0].score]
    return [one for one in found if one.cosine >= CLOSE * best or one.score >= CLOSE]


def _common_readers(found: Sequence[Found]) -> frozenset[str] | None:
    readers = [one.shelved.document.readers for one in found]
    return frozenset.intersection(*readers) if readers else None


def _near(found: Sequence[Found]) -> tuple[str, ...]:
    titles = (one.shelved.document.title for one in found if one.cosine >= NEAR)
    return tuple(dict.fromkeys(titles))[:2]


def _newest_first(found: Sequence[Found]) -> list[Found]:
    """Passages of almost equal score: the newer document first. Older versions of a document that is among them come
    after everything of the newest one: they are there to be told apart, not to lead."""
    newest: dict[str, datetime] = {}
    for one in found:
        family, dated = family_of(one.shelved.document.title), one.shelved.document.dated
        newest[family] = max(dated, newest.get(family, dated))

    def order(one: Found) -> tuple[float, float, float]:
        document = one.shelved.document
        outdated = document.dated < newest[family_of(document.title)]
        return (-round(one.score * (OUTDATED if outdated else 1) / ALIKE), -document.dated.timestamp(), -one.score)

    return sorted(found, key=order)


def family_of(title: str) -> str:
    """What all versions of a document are called: the title without years, version numbers and remarks in brackets."""
    return " ".join(_VERSION.sub(" ", title.lower()).split())
