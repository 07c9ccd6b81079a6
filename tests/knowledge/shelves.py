"""Real documents for tests: the embedded store and embedder over a test's database, and a few pages to ask about."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from app.db.engine import Database
from app.domain.clock import FixedClock
from app.knowledge.embedders.minilm import MiniLm
from app.knowledge.library import Arriving, Library
from app.knowledge.passages import EVERYONE, DocumentKind
from app.knowledge.reading.base import Material, Unreadable
from app.knowledge.reading.isolated import Contents, IsolatedReading, contents_of
from app.knowledge.search import Search
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


@cache
def embedder() -> MiniLm:
    """One for all tests of a process: loading takes a second."""
    return MiniLm()


class ReadingHere(IsolatedReading):
    """Reads in the test's own process: starting one for each test would take longer than the test."""

    async def read(self, material: Material) -> Contents:
        found = contents_of(material)
        if isinstance(found, Contents):
            return found
        raise Unreadable(found.sentence, next_step=found.next_step, code=found.code)


def store_in(db: Database) -> EmbeddedStore:
    return EmbeddedStore(db, WordIndex(db), embedder=embedder().id, dimension=embedder().dimension)


def documents_in(db: Database) -> Search:
    words = WordIndex(db)
    store = EmbeddedStore(db, words, embedder=embedder().id, dimension=embedder().dimension)
    return Search(db, store, embedder(), words)


def library_in(db: Database, reading: IsolatedReading | None = None) -> Library:
    return Library(db, store_in(db), embedder(), reading or ReadingHere(), FixedClock(NOW))


def page(name: str, text: str, *readers: str, link: str = "") -> Arriving:
    """A Markdown page as it comes in."""
    return Arriving(
        id=f"file:{name}",
        title=name,
        kind=DocumentKind.FILE,
        readers=frozenset(readers or (EVERYONE,)),
        dated=NOW,
        link=link,
        material=Material(name, text.encode()),
    )
