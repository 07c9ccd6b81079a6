"""Which store keeps the passages: KNOWLEDGE_STORE, or another one to move to."""

from __future__ import annotations

from app.db.engine import Database
from app.domain.errors import Fixable
from app.knowledge.embedders.base import Embedder
from app.knowledge.stores.base import PassageStore
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.stores.with_text import WithText
from app.knowledge.word_index import WordIndex
from app.settings import KnowledgeStore, Settings


def library_store(settings: Settings, db: Database, embedder: Embedder, words: WordIndex) -> PassageStore:
    """The store that documents are taken into and found in. Raises Fixable when its settings are missing."""
    name = "embedded" if settings.knowledge_store == "auto" else settings.knowledge_store
    store = bare_store(name, settings, db, embedder, words)
    return store if isinstance(store, EmbeddedStore) else WithText(db, store)


def bare_store(
    name: KnowledgeStore, settings: Settings, db: Database, embedder: Embedder, words: WordIndex
) -> PassageStore:
    """A store by its name, without the text that the main database holds. Raises Fixable as above."""
    if name == "pgvector":
        from app.knowledge.stores.pgvector import PgvectorStore  # noqa: PLC0415 - only its users wait for its libraries

        if db.is_sqlite:
            raise _missing(name, "DATABASE_URL of a PostgreSQL with pgvector")
        return PgvectorStore(db, embedder=embedder.id, dimensions=embedder.dimension, lexical=words)
    if name == "pinecone":
        from app.knowledge.stores.pinecone import PineconeStore  # noqa: PLC0415

        if not (settings.pinecone_host and settings.pinecone_api_key):
            raise _missing(name, "PINECONE_API_KEY and PINECONE_HOST")
        return PineconeStore(
            settings.pinecone_host,
            settings.pinecone_api_key.get_secret_value(),
            embedder=embedder.id,
            dimensions=embedder.dimension,
            lexical=words,
        )
    if name == "weaviate":
        from app.knowledge.stores.weaviate import WeaviateStore  # noqa: PLC0415
        from app.knowledge.stores.weaviate_cluster import ClusterAddress, WeaviateCluster  # noqa: PLC0415

        if not (settings.weaviate_url and settings.weaviate_api_key):
            raise _missing(name, "WEAVIATE_URL and WEAVIATE_API_KEY")
        address = ClusterAddress(settings.weaviate_url, settings.weaviate_grpc_url or "")
        return WeaviateStore(
            WeaviateCluster(address, settings.weaviate_api_key.get_secret_value()),
            embedder=embedder.id,
            dimensions=embedder.dimension,
            lexical=words,
        )
    return EmbeddedStore(db, words, embedder=embedder.id, dimension=embedder.dimension)


def _missing(name: str, variables: str) -> Fixable:
    return Fixable(
        f"The store {name} needs {variables}.",
        next_step="docs/knowledge-stores.md says where to find them; without KNOWLEDGE_STORE the embedded one is used.",
        code="bad_settings",
    )
