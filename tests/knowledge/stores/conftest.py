"""The stores that the contract runs on: one line each, and the way to open one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import pytest

from app.db.engine import Database
from app.knowledge import shelf
from app.knowledge.passages import Document, DocumentKind, Embedded, Sight
from app.knowledge.stores.base import Hit, PassageStore
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.stores.pgvector import PgvectorStore
from app.knowledge.stores.pinecone import PineconeStore
from app.knowledge.stores.weaviate import WeaviateStore
from app.knowledge.stores.weaviate_cluster import ClusterAddress, WeaviateCluster
from app.knowledge.word_index import WordIndex
from app.sandbox.pinecone.records import Index
from app.sandbox.pinecone.server import PineconeServer
from app.sandbox.weaviate.cluster import Cluster
from app.sandbox.weaviate.server import WeaviateServer
from tests.knowledge.stores.making import DATED, DIMENSIONS
from tests.knowledge.stores.serving import serving

Opening = Callable[..., PassageStore]
"""Opens the store again, as after a restart: `opening(embedder="other", dimensions=4)`."""


class ScriptedWords:
    """Says what it was asked, and answers with one hit."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sight, str, int]] = []

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        self.asked.append((sight, text, limit))
        return [Hit("d#0", "d", 2.5)]


@pytest.fixture
def words() -> ScriptedWords:
    return ScriptedWords()


@pytest.fixture
def pgvector_opening(postgres_db: Database, words: ScriptedWords) -> Opening:
    def opening(*, embedder: str = "minilm", dimensions: int = DIMENSIONS) -> PassageStore:
        return PgvectorStore(postgres_db, embedder=embedder, dimensions=dimensions, lexical=words)

    return opening


class ShelvedStore(EmbeddedStore):
    """The embedded store with the documents' rows, which it reads rights from; the library writes them otherwise."""

    def __init__(self, db: Database, *, embedder: str, dimension: int) -> None:
        super().__init__(db, WordIndex(db), embedder=embedder, dimension=dimension)
        self._rows, self._model = db, embedder

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        await super().replace(workspace_id, document_id, passages)
        readers = frozenset[str]().union(*(one.readers for one in passages))
        kind = passages[0].kind if passages else DocumentKind.FILE
        document = Document(workspace_id, document_id, document_id, kind, "0", DATED, readers)
        async with self._rows.transaction() as session:
            await shelf.put_document(session, document, passages=len(passages), embedder=self._model, now=DATED)

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        async with self._rows.transaction() as session:
            for document_id in document_ids:
                await shelf.drop_document(session, workspace_id, document_id)
        await super().forget(workspace_id, document_ids)


@pytest.fixture
def embedded_opening(sqlite_db: Database) -> Opening:
    def opening(*, embedder: str = "minilm", dimensions: int = DIMENSIONS) -> PassageStore:
        return ShelvedStore(sqlite_db, embedder=embedder, dimension=dimensions)

    return opening


@dataclass
class PineconeStand:
    """The stand-in, where it listens, and how long the store waited for it."""

    server: PineconeServer
    url: str
    words: ScriptedWords
    waits: list[float]

    def open(
        self, *, embedder: str = "minilm", dimensions: int = DIMENSIONS, key: str = "pcsk_local", url: str = ""
    ) -> PineconeStore:
        async def pause(seconds: float) -> None:
            self.waits.append(seconds)

        return PineconeStore(
            url or self.url, key, embedder=embedder, dimensions=dimensions, lexical=self.words, pause=pause
        )


@pytest.fixture
async def pinecone_stand(words: ScriptedWords, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PineconeStand]:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("pinecone._internal.http_client._async_retry_sleep", pause)
    server = PineconeServer(Index(DIMENSIONS, lag=3), "pcsk_local")
    async with serving(server.asgi()) as url:
        yield PineconeStand(server, url, words, waits)


@pytest.fixture
def pinecone_opening(pinecone_stand: PineconeStand) -> Opening:
    return pinecone_stand.open


@dataclass
class WeaviateStand:
    """The stand-in, where it listens, and how long the store waited for it."""

    server: WeaviateServer
    address: ClusterAddress
    words: ScriptedWords
    waits: list[float]

    def open(
        self,
        *,
        embedder: str = "minilm",
        dimensions: int = DIMENSIONS,
        key: str = "weaviate_local",
        address: ClusterAddress | None = None,
        seconds: float = 10.0,
    ) -> WeaviateStore:
        async def pause(seconds: float) -> None:
            self.waits.append(seconds)

        cluster = WeaviateCluster(address or self.address, key, seconds=seconds)
        return WeaviateStore(cluster, embedder=embedder, dimensions=dimensions, lexical=self.words, pause=pause)


@pytest.fixture
async def weaviate_stand(words: ScriptedWords) -> AsyncIterator[WeaviateStand]:
    server = WeaviateServer(Cluster(), "weaviate_local")
    listening, port = server.listening()
    await listening.start()
    async with serving(server.asgi()) as url:
        yield WeaviateStand(server, ClusterAddress(url, f"http://127.0.0.1:{port}"), words, [])
    await listening.stop(None)


@pytest.fixture
def weaviate_opening(weaviate_stand: WeaviateStand) -> Opening:
    return weaviate_stand.open


@pytest.fixture(params=["embedded", pytest.param("pgvector", marks=pytest.mark.postgres), "pinecone", "weaviate"])
def opening(request: pytest.FixtureRequest) -> Opening:
    return request.getfixturevalue(f"{request.param}_opening")


@pytest.fixture
async def store(opening: Opening) -> AsyncIterator[PassageStore]:
    store = opening()
    yield store
    await store.close()
