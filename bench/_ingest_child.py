"""Takes documents in, version after version, and prints each one after it was acknowledged. Killed by bench/ingest.py.

Every passage of a document names the document and the version it is of, so that a mixture would be seen. Vectors come
from a hash: what is tried here is what is written, not what is found.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from app.db.engine import Database
from app.domain.clock import FixedClock
from app.knowledge.embedders.base import Vector
from app.knowledge.library import Arriving, Library
from app.knowledge.passages import EVERYONE, DocumentKind
from app.knowledge.reading.base import Block, Section
from app.knowledge.reading.isolated import IsolatedReading
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex

WORKSPACE = "T1"
DOCUMENTS = 12
SECTIONS = 25  # one passage each
NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Hashed:
    """`app.knowledge.embedders.base.Embedder` without a model."""

    id = "hashed"
    dimension = 8

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        digests = (hashlib.sha256(text.encode()).digest() for text in texts)
        return [tuple(byte / 255 for byte in digest[: self.dimension]) for digest in digests]

    async def question(self, text: str) -> Vector:
        return (await self.passages([text]))[0]

    async def close(self) -> None:
        return None


def library(db: Database) -> tuple[Library, EmbeddedStore]:
    embedder = Hashed()
    store = EmbeddedStore(db, WordIndex(db), embedder=embedder.id, dimension=embedder.dimension)
    return Library(db, store, embedder, IsolatedReading(), FixedClock(NOW)), store


def arriving(number: int, version: int) -> Arriving:
    text = f"document {number} version {version}"
    sections = tuple(Section((f"Part {part}",), (Block(f"{text} part {part}"),)) for part in range(SECTIONS))
    name = f"crash:{number}"
    return Arriving(name, name, DocumentKind.NOTE, frozenset({EVERYONE}), NOW, sections=sections)


async def main(database: str, version: int) -> None:
    db = Database(database)
    books, _ = library(db)
    while True:
        for number in range(DOCUMENTS):
            await books.take_in(WORKSPACE, arriving(number, version))
            print(f"{number} {version}", flush=True)
        version += 1


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
