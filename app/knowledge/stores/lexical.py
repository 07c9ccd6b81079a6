"""The word side of stores that have none of their own: BM25 over what the main database holds (word_index.py).

PostgreSQL's own ranking finds far less than BM25, Pinecone ranks vectors only, and Weaviate's BM25 knows no stems, so
all hand `matching` to it (app/knowledge/word_index.py).
"""

from __future__ import annotations

from typing import Protocol

from app.knowledge.passages import Sight
from app.knowledge.stores.base import Hit


class Lexical(Protocol):
    """Finds passages by their words. It reads what the main database holds and keeps nothing that a store must tell
    it."""

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        """As `PassageStore.matching`."""
        ...
