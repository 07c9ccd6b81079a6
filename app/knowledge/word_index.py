"""The lexical side of the search: BM25 over the passages that a person may read, and over them alone.

How rare a word is and how long passages are is counted over what the asking person may read, so that a text they may
not read has no influence on what they get, not even on the order. That rules out a full-text index of the database,
which counts over everything (and takes 100 ms for a question over 100,000 passages, where this takes a few). The words
of a workspace are kept in memory, about 500 bytes a passage, until the workspace changes.

A passage is scored twice: by its own words, and by those of its whole document. The second tells "the pet policy" from
a page that mentions pets; weights were chosen on one half of the development questions.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.knowledge import KnowledgePassage
from app.knowledge import lexicon, shelf
from app.knowledge.passages import Sight
from app.knowledge.stores.base import Hit
from app.knowledge.terms import analyser, unpacked

WORKSPACES_IN_MEMORY = 8
K1 = 1.2  # how soon a repeated word stops to count, and
B = 0.75  # how much a long text is held against it: the usual values of BM25
OWN = 0.25  # weight of a passage's own words; its document's have the rest

Numbers = NDArray[np.int32]
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Words:
    """A workspace's words of one version. Passage i is number `numbers[i]` of `documents[owner[i]]`. Term t occurs in
    `rows[starts[k]:starts[k + 1]]`, `times` there, where `terms[k]` is t; terms are in order."""

    version: int
    documents: tuple[str, ...]
    at: Mapping[str, int]  # place of each document
    owner: Numbers
    numbers: Numbers
    lengths: Numbers  # words of each passage
    terms: NDArray[np.uint32]
    starts: NDArray[np.int64]
    rows: Numbers
    times: NDArray[np.uint8]

    def seen(self, visible: Iterable[str]) -> NDArray[np.bool_]:
        """Which of the documents are among the visible ones."""
        seen = np.zeros(len(self.documents), dtype=np.bool_)
        seen[[self.at[document] for document in visible if document in self.at]] = True
        return seen

    def places(self, term: int) -> tuple[Numbers, NDArray[np.uint8]]:
        """The passages that hold a term, and how often."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return self.rows[:0], self.times[:0]
        part = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[part], self.times[part]


class WordIndex:
    """`app.knowledge.stores.lexical.Lexical` over what the main database holds, SQLite or PostgreSQL."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: OrderedDict[str, Words] = OrderedDict()
        self._loading = asyncio.Lock()

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        """The visible passages that fit the words of `text` best, best first; scores lie between 0 and 1."""
        asked = list(analyser().counts([" ".join(lexicon.words_of(text))])[0])
        if not asked:
            return []
        words = await self._words(sight.workspace_id)
        async with self._db.reading() as session:
            visible = await shelf.visible_documents(session, sight)
        return await asyncio.to_thread(best, words, visible, asked, limit)

    async def rarity(self, sight: Sight, asked: Sequence[str]) -> dict[str, float]:
        """How telling each word is among what the sight sees (BM25's idf): high for a word that few passages hold,
        highest for one that none does. Words are given and returned as they are written."""
        words = await self._words(sight.workspace_id)
        async with self._db.reading() as session:
            seen = words.seen(await shelf.visible_documents(session, sight))[words.owner]
        many = int(seen.sum())
        stems = analyser().counts(asked)
        holding = {
            word: min((int(seen[words.places(term)[0]].sum()) for term in terms), default=0)
            for word, terms in zip(asked, stems, strict=True)
        }
        return {word: math.log1p((many - held + 0.5) / (held + 0.5)) for word, held in holding.items()}

    async def _words(self, workspace_id: str) -> Words:
        """The workspace's words as they are now; loaded once however many ask at the same time."""
        async with self._loading, self._db.reading() as session:
            version = await shelf.version(session, workspace_id)
            known = self._known.get(workspace_id)
            if known is None or known.version != version:
                found = await session.execute(
                    select(KnowledgePassage.document_id, KnowledgePassage.number, KnowledgePassage.terms)
                    .where(KnowledgePassage.workspace_id == workspace_id)
                    .order_by(KnowledgePassage.document_id, KnowledgePassage.number)
                )
                known = await asyncio.to_thread(_built, version, found.all())
            self._known[workspace_id] = known
            self._known.move_to_end(workspace_id)
            while len(self._known) > WORKSPACES_IN_MEMORY:
                self._known.popitem(last=False)
            return known


def best(words: Words, visible: Iterable[str], asked: Sequence[int], limit: int) -> list[Hit]:
    """The `limit` best of the visible documents' passages for the terms that are asked."""
    seen_documents = words.seen(visible)
    seen = seen_documents[words.owner]
    if not seen.any():
        return []
    own = _Scores(words.lengths, seen)
    whole = _Scores(np.bincount(words.owner, words.lengths, len(words.documents)), seen_documents)
    for term in asked:
        rows, times = words.places(term)
        kept = seen[rows]
        rows, times = rows[kept], times[kept]
        if not len(rows):
            continue
        own.add(rows, times)
        counted = np.bincount(words.owner[rows], times, len(words.documents))
        documents = np.flatnonzero(counted)
        whole.add(documents, counted[documents])
    found = np.flatnonzero(own.scores)
    if not len(found):
        return []
    scores = OWN * own.scores[found] / own.scores.max()
    scores += (1 - OWN) * whole.scores[words.owner[found]] / whole.scores.max()
    if len(found) > limit:  # all that tie with the last one take part: names tell them apart, not chance
        kept = scores >= np.partition(scores, -limit)[-limit]
        found, scores = found[kept], scores[kept]
    hits = [
        Hit(f"{(document := words.documents[words.owner[row]])}#{words.numbers[row]}", document, float(score))
        for row, score in zip(found, scores, strict=True)
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]


class _Scores:
    """BM25 of texts, those that are seen, term by term."""

    def __init__(self, lengths: NDArray[np.generic], seen: NDArray[np.bool_]) -> None:
        self._many = int(seen.sum())
        self._mean = max(float(lengths[seen].mean()), 1.0)
        self._lengths = lengths
        self.scores: Scores = np.zeros(len(lengths), dtype=np.float32)

    def add(self, texts: NDArray[np.integer], times: NDArray[np.generic]) -> None:
        """`texts` hold one more term, each `times` often."""
        rarity = np.log1p((self._many - len(texts) + 0.5) / (len(texts) + 0.5))
        often = times.astype(np.float32)
        relative = self._lengths[texts].astype(np.float32) / self._mean
        self.scores[texts] += rarity * often * (K1 + 1) / (often + K1 * (1 - B + B * relative))


def _built(version: int, found: Sequence[tuple[str, int, bytes]]) -> Words:
    documents = tuple(dict.fromkeys(document for document, _, _ in found))
    at = {document: number for number, document in enumerate(documents)}
    terms, times, sizes = unpacked([kept for _, _, kept in found])
    rows = np.repeat(np.arange(len(found), dtype=np.int32), sizes)
    lengths = np.bincount(rows, times, len(found)).astype(np.int32)
    order = np.argsort(terms, kind="stable")
    terms = terms[order]
    firsts = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]]) if len(terms) else np.zeros(0, dtype=np.int64)
    return Words(
        version,
        documents,
        at,
        owner=np.fromiter((at[document] for document, _, _ in found), dtype=np.int32, count=len(found)),
        numbers=np.fromiter((number for _, number, _ in found), dtype=np.int32, count=len(found)),
        lengths=lengths,
        terms=terms[firsts],
        starts=np.append(firsts, len(terms)),
        rows=rows[order],
        times=times[order],
    )
