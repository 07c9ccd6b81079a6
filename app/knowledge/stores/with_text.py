"""A store of vectors beside the main database: text and words stay in the database, whose rows are what is shown, cited
and searched by words."""

from __future__ import annotations

from collections.abc import Sequence

from app.db.engine import Database
from app.knowledge import shelf
from app.knowledge.passages import Embedded, Sight
from app.knowledge.stores.base import Hit, PassageStore, StoreHealth, StorePage


class WithText:
    """`PassageStore` that writes text to the main database and everything to `vectors`. The database is written last:
    when the other store fails, a document stays as it was."""

    def __init__(self, db: Database, vectors: PassageStore) -> None:
        self._db = db
        self._vectors = vectors
        self.name = vectors.name

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        await self._vectors.replace(workspace_id, document_id, passages)
        async with self._db.transaction() as session:
            await shelf.put_passages(session, workspace_id, document_id, [one.passage for one in passages])

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        async with self._db.transaction() as session:
            await shelf.drop_passages(session, workspace_id, document_ids)
        await self._vectors.forget(workspace_id, document_ids)

    async def nearest(self, sight: Sight, vector: Sequence[float], limit: int) -> list[Hit]:
        return await self._vectors.nearest(sight, vector, limit)

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        return await self._vectors.matching(sight, text, limit)

    async def page(self, workspace_id: str, cursor: str = "", limit: int = 200) -> StorePage:
        return await self._vectors.page(workspace_id, cursor, limit)

    async def count(self, workspace_id: str) -> int:
        return await self._vectors.count(workspace_id)

    async def check(self) -> StoreHealth:
        return await self._vectors.check()

    async def close(self) -> None:
        await self._vectors.close()
