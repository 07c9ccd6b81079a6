"""The lexical side of the search: BM25 over the passages that a person may read, and over them alone.

How rare a word is and how long passages are is counted over what the asking person may read, so that a text they may
not read has no influence on what they get, not even on the order. That rules out a full-text index of the database,
which counts over everything (and takes 100 ms for a question over 100,000 passages, where this takes a few). The words
of a workspace are kept in memory, about 500 bytes a passage.

A passage is scored twice: by its own words, and by those of its whole document. The second tells "the pet policy" from
a page that mentions pets; weights were chosen on one half of the development questions.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.db.engine import Database
from app.db.models.knowledge import KnowledgePassage
from app.knowledge import lexicon, shelf
from app.knowledge.held import HeldPassages, Numbers, Roll
from app.knowledge.passages import Sight
from app.knowledge.stores.base import Hit
from app.knowledge.terms import analyser, unpacked

K1 = 1.2  # how soon a repeated word stops to count, and
B = 0.75  # how much a long text is held against it: the usual values of BM25
OWN = 0.25  # weight of a passage's own words; its document's have the rest

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Postings:
    """The words of a part's passages. Term t occurs in `rows[starts[k]:starts[k + 1]]`, `times` there, where `terms[k]`
    is t; terms are in order, and rows count within the part."""

    lengths: Numbers  # words of each passage
    terms: NDArray[np.uint32]
    starts: NDArray[np.int64]
    rows: Numbers
    times: NDArray[np.uint8]

    def places(self, term: int) -> tuple[Numbers, NDArray[np.uint8]]:
        """The passages that hold a term, and how often."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return self.rows[:0], self.times[:0]
        part = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[part], self.times[part]


@dataclass(frozen=True)
class Words:
    """A workspace's words of one version. `firsts` are the rows at which the parts begin."""

    roll: Roll
    parts: Sequence[Postings]
    firsts: Sequence[int]
    lengths: Numbers  # words of each passage
    document_lengths: NDArray[np.number]

    @classmethod
    def joined(cls, roll: Roll, parts: Sequence[Postings], firsts: Sequence[int]) -> Words:
        """All parts as one."""
        lengths = np.concatenate([np.zeros(0, dtype=np.int32), *(part.lengths for part in parts)])
        return cls(roll, parts, firsts, lengths, np.bincount(roll.owner, lengths, len(roll.documents)))

    def places(self, term: int, seen: NDArray[np.bool_]) -> tuple[Numbers, NDArray[np.uint8]]:
        """The rows among the seen ones that hold a term, and how often."""
        found: list[Numbers] = [np.zeros(0, dtype=np.int32)]
        often: list[NDArray[np.uint8]] = [np.zeros(0, dtype=np.uint8)]
        for part, first in zip(self.parts, self.firsts, strict=False):  # the last of `firsts` is where all end
            rows, times = part.places(term)
            kept = seen[first : first + len(part.lengths)][rows]
            found.append(rows[kept] + np.int32(first))
            often.append(times[kept])
        return np.concatenate(found), np.concatenate(often)


class WordIndex:
    """`app.knowledge.stores.lexical.Lexical` over what the main database holds, SQLite or PostgreSQL."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._held = HeldPassages(db, KnowledgePassage.terms, build=_postings, join=Words.joined)

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        """The visible passages that fit the words of `text` best, best first; scores lie between 0 and 1."""
        asked = list(analyser().counts([" ".join(lexicon.words_of(text))])[0])
        if not asked:
            return []
        words = await self._held.now(sight.workspace_id)
        async with self._db.reading() as session:
            visible = await shelf.visible_documents(session, sight)
        return await asyncio.to_thread(best, words, visible, asked, limit)

    async def rarity(self, sight: Sight, asked: Sequence[str]) -> dict[str, float]:
        """How telling each word is among what the sight sees (BM25's idf): high for a word that few passages hold,
        highest for one that none does. Words are given and returned as they are written."""
        words = await self._held.now(sight.workspace_id)
        async with self._db.reading() as session:
            seen = words.roll.seen(await shelf.visible_documents(session, sight))[words.roll.owner]
        many = int(seen.sum())
        stems = analyser().counts(asked)
        holding = {
            word: min((len(words.places(term, seen)[0]) for term in terms), default=0)
            for word, terms in zip(asked, stems, strict=True)
        }
        return {word: math.log1p((many - held + 0.5) / (held + 0.5)) for word, held in holding.items()}


def best(words: Words, visible: Iterable[str], asked: Sequence[int], limit: int) -> list[Hit]:
    """The `limit` best of the visible documents' passages for the terms that are asked."""
    roll = words.roll
    seen_documents = roll.seen(visible)
    seen = seen_documents[roll.owner]
    if not seen.any():
        return []
    own = _Scores(words.lengths, seen)
    whole = _Scores(words.document_lengths, seen_documents)
    for term in asked:
        rows, times = words.places(term, seen)
        if not len(rows):
            continue
        own.add(rows, times)
        counted = np.bincount(roll.owner[rows], times, len(roll.documents))
        documents = np.flatnonzero(counted)
        whole.add(documents, counted[documents])
    found = np.flatnonzero(own.scores)
    if not len(found):
        return []
    scores = OWN * own.scores[found] / own.scores.max()
    scores += (1 - OWN) * whole.scores[roll.owner[found]] / whole.scores.max()
    return roll.best(found, scores, limit)


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


def _postings(kept: Sequence[bytes]) -> Postings:
    terms, times, sizes = unpacked(kept)
    rows = np.repeat(np.arange(len(kept), dtype=np.int32), sizes)
    lengths = np.bincount(rows, times, len(kept)).astype(np.int32)
    order = np.argsort(terms, kind="stable")
    terms = terms[order]
    firsts = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]]) if len(terms) else np.zeros(0, dtype=np.int64)
    return Postings(lengths, terms[firsts], np.append(firsts, len(terms)), rows[order], times[order])
