"""The words of a text as BM25 counts them, and the bytes they are kept in.

SQLite's own tokenizer takes texts apart (`porter unicode61`, sqlite.org/fts5.html#tokenizers), also where the database
is PostgreSQL: one analysis everywhere, so that the same question finds the same passages on both.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

MOST = 255  # times that a word counts in one passage
_TERM = np.dtype("<u4")


class Analyser:
    """Counts stemmed words. Safe to use from several threads, one at a time."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._sqlite = sqlite3.connect(":memory:", check_same_thread=False)
        self._sqlite.execute("CREATE VIRTUAL TABLE texts USING fts5(t, content='', tokenize='porter unicode61')")
        self._sqlite.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, 'instance')")

    def counts(self, texts: Sequence[str]) -> list[dict[int, int]]:
        """For each text how often each term occurs. A term is a number of 32 bits: two words of a language share one
        about once in four billion pairs, and the harm is a passage too many."""
        counted: list[dict[int, int]] = [{} for _ in texts]
        with self._alone:
            self._sqlite.executemany("INSERT INTO texts (rowid, t) VALUES (?, ?)", enumerate(texts, start=1))
            for row, word, times in self._sqlite.execute("SELECT doc, term, count(*) FROM words GROUP BY doc, term"):
                counted[row - 1][zlib.crc32(word.encode())] = times
            self._sqlite.execute("INSERT INTO texts (texts) VALUES ('delete-all')")
        return counted


@cache
def analyser() -> Analyser:
    """One for the process."""
    return Analyser()


def packed(counts: dict[int, int]) -> bytes:
    """All terms, four bytes each, then how often each occurs, one byte each."""
    terms = np.fromiter(counts, dtype=_TERM, count=len(counts))
    times = np.minimum(np.fromiter(counts.values(), dtype=np.int64, count=len(counts)), MOST).astype(np.uint8)
    return terms.tobytes() + times.tobytes()


def unpacked(kept: Sequence[bytes]) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64]]:
    """Terms and times of many passages, one after the other, and how many terms each passage has."""
    sizes = np.fromiter((len(one) // 5 for one in kept), dtype=np.int64, count=len(kept))
    terms = b"".join([one[: len(one) // 5 * 4] for one in kept])
    times = b"".join([one[len(one) // 5 * 4 :] for one in kept])
    return np.frombuffer(terms, dtype=_TERM), np.frombuffer(times, dtype=np.uint8), sizes
