"""Runs a judged set through the house's own splitting, embedding, store and search, on a database made for it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import Clock
from app.knowledge.embedders.base import Embedder
from app.knowledge.evaluation.measures import ndcg, recall
from app.knowledge.evaluation.sets import Judged, Question, RetrievalSet
from app.knowledge.library import Arriving, Library
from app.knowledge.passages import EVERYONE, DocumentKind, Sight
from app.knowledge.reading.base import Material
from app.knowledge.reading.isolated import IsolatedReading
from app.knowledge.reading.plain import READER
from app.knowledge.search import Search
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex

WORKSPACE = "eval"
DEPTH = 100  # documents that are looked at for each question

Progress = Callable[[str, int, int], None]
"""Called with what is going on, how much is done and how much there is."""


@dataclass(frozen=True)
class Retrieved:
    """Means over the questions of a set, 0…1; times in seconds of this machine."""

    questions: int
    documents: int
    passages: int
    ndcg_at_10: float
    recall_at_10: float
    recall_at_100: float
    reading_seconds: float
    asking_seconds: float


async def evaluate(judged: RetrievalSet, embedder: Embedder, clock: Clock, progress: Progress) -> Retrieved:
    """Takes the documents in, asks every question, and measures. Documents without text are never found."""
    with tempfile.TemporaryDirectory(prefix="sophia-eval-") as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'eval.db'}")
        reading = IsolatedReading()
        try:
            await upgrade(db)
            words = WordIndex(db)
            store = EmbeddedStore(db, words, embedder=embedder.id, dimension=embedder.dimension)
            began = time.perf_counter()
            passages = await _take_in(Library(db, store, embedder, reading, clock), judged, clock, progress)
            read = time.perf_counter()
            ranked = await _ask(Search(db, store, embedder, words), judged.questions, progress)
            asked = time.perf_counter()
        finally:
            reading.close()
            await db.close()
    answers = [(found, question.grades) for found, question in zip(ranked, judged.questions, strict=True)]
    return Retrieved(
        questions=len(judged.questions),
        documents=len(judged.documents),
        passages=passages,
        ndcg_at_10=fmean(ndcg(found, grades, 10) for found, grades in answers),
        recall_at_10=fmean(recall(found, grades, 10) for found, grades in answers),
        recall_at_100=fmean(recall(found, grades, 100) for found, grades in answers),
        reading_seconds=read - began,
        asking_seconds=asked - read,
    )


async def _take_in(library: Library, judged: RetrievalSet, clock: Clock, progress: Progress) -> int:
    passages = 0
    for number, document in enumerate(judged.documents, start=1):
        passages += (await library.take_in(WORKSPACE, _arriving(document, clock))).passages
        progress("documents", number, len(judged.documents))
    return passages


def _arriving(document: Judged, clock: Clock) -> Arriving:
    """A document of a set is plain text; it needs no process of its own to be read."""
    material = Material(document.id, document.text.encode())
    return Arriving(
        id=document.id,
        title=document.title,
        kind=DocumentKind.FILE,
        readers=frozenset({EVERYONE}),
        dated=clock.now(),
        sections=tuple(READER.sections(material)),
    )


async def _ask(search: Search, questions: tuple[Question, ...], progress: Progress) -> list[list[str]]:
    """For each question the documents in the order of their best passage."""
    sight = Sight(WORKSPACE, frozenset({EVERYONE}))
    found: list[list[str]] = []
    for number, question in enumerate(questions, start=1):
        hits, _ = await search.ranked(sight, question.text)
        found.append(list(dict.fromkeys(hit.document_id for hit in hits))[:DEPTH])
        progress("questions", number, len(questions))
    return found
