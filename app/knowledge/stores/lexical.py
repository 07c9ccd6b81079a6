"""The word side of stores that have none of their own: the main database's BM25 over the same passages.

PostgreSQL's own ranking finds far less than BM25, and Pinecone ranks vectors only, so both hand `matching` to it.
"""

from __future__ import annotations

from typing import Protocol

from app.db.engine import Database
from app.knowledge import lexicon
from app.knowledge.passages import Sight
from app.knowledge.stores.base import Hit


class Lexical(Protocol):
    """Finds passages by their words. It reads what the main database holds and keeps nothing that a store must tell
    it."""

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        """As `PassageStore.matching`."""
        ...


class DatabaseWords:
    """`Lexical` over the main database (app/knowledge/lexicon.py)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        async with self._db.reading() as session:
            return await lexicon.matching(session, sight, text, limit)
