"""The embedded store: vectors in the main database, searched exactly over the rows that the person may see.

Filter first, score after: with a filter that leaves few rows, exact is faster than any index and misses nothing. The
vectors of a workspace are kept in memory as float16 (77 MB for 100,000 passages).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ColumnElement, func, select

from app.db.engine import Database
from app.db.models.knowledge import KnowledgeDocument, KnowledgePassage, KnowledgeReader
from app.domain.errors import Fixable
from app.knowledge import shelf
from app.knowledge.held import HeldPassages, Roll
from app.knowledge.passages import DocumentKind, Embedded, Passage, Sight
from app.knowledge.stores.base import Hit, StoreHealth, StorePage
from app.knowledge.word_index import WordIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class _Vectors:
    """A workspace's vectors of one version, (passages, dimension) in each part. `firsts` are the rows at which
    the parts begin, and behind them how many rows there are."""

    roll: Roll
    parts: Sequence[NDArray[np.float16]]
    firsts: Sequence[int]

    def scores(self, rows: NDArray[np.integer], question: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosines of rows that are in order."""
        found = [np.zeros(0, dtype=np.float32)]
        edges = np.searchsorted(rows, self.firsts)
        for part, first, begin, end in zip(self.parts, self.firsts, edges, edges[1:], strict=False):
            found.append(part[rows[begin:end] - first].astype(np.float32) @ question)
        return np.concatenate(found)


class EmbeddedStore:
    """`app.knowledge.stores.base.PassageStore` on the main database, SQLite or PostgreSQL."""

    name = "embedded"

    def __init__(self, db: Database, words: WordIndex, *, embedder: str, dimension: int) -> None:
        self._db = db
        self._embedder = embedder
        self._dimension = dimension
        self._words = words
        self._vectors = HeldPassages(
            db,
            KnowledgePassage.vector,
            build=partial(_matrix, dimension=dimension),
            join=_Vectors,
            fits=func.length(KnowledgePassage.vector) == 2 * dimension,
        )

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        packed = [self._packed(one.vector) for one in passages]
        async with self._db.transaction() as session:
            await shelf.put_passages(session, workspace_id, document_id, [one.passage for one in passages], packed)

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        async with self._db.transaction() as session:
            await shelf.drop_passages(session, workspace_id, document_ids)

    async def nearest(self, sight: Sight, vector: Sequence[float], limit: int) -> list[Hit]:
        question = np.asarray(vector, dtype=np.float32)
        if question.shape != (self._dimension,):
            raise _wrong_length(len(question), self._dimension)
        vectors = await self._vectors.now(sight.workspace_id)
        async with self._db.reading() as session:
            visible = await shelf.visible_documents(session, sight, self._embedder)
        return await asyncio.to_thread(_nearest, vectors, visible, question, limit)

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        return await self._words.matching(sight, text, limit)

    async def page(self, workspace_id: str, cursor: str = "", limit: int = 200) -> StorePage:
        async with self._db.reading() as session:
            rows = (
                await session.scalars(
                    select(KnowledgePassage)
                    .where(self._held(workspace_id), KnowledgePassage.row > int(cursor or 0))
                    .order_by(KnowledgePassage.row)
                    .limit(limit)
                )
            ).all()
            owners = sorted({row.document_id for row in rows})
            documents = await shelf.known(session, workspace_id, owners)
            readers = await session.execute(
                select(KnowledgeReader.document_id, KnowledgeReader.token).where(
                    KnowledgeReader.workspace_id == workspace_id, KnowledgeReader.document_id.in_(owners)
                )
            )
        tokens: dict[str, set[str]] = {}
        for document_id, token in readers:
            tokens.setdefault(document_id, set()).add(token)
        found = [
            _embedded(row, documents[row.document_id], frozenset(tokens.get(row.document_id, ())))
            for row in rows
            if row.document_id in documents
        ]
        return StorePage(tuple(found), str(rows[-1].row) if len(rows) == limit else "")

    async def count(self, workspace_id: str) -> int:
        async with self._db.reading() as session:
            counted = await session.scalar(
                select(func.count()).select_from(KnowledgePassage).where(self._held(workspace_id))
            )
        return counted or 0

    async def check(self) -> StoreHealth:
        return StoreHealth("ok", "Documents live in Sophia's own database.")

    async def close(self) -> None:
        self._vectors.clear()

    def _held(self, workspace_id: str) -> ColumnElement[bool]:
        """Passages of documents that are whole, with a vector of our embedder. A document moved elsewhere has none."""
        ours = select(KnowledgeDocument.id).where(
            KnowledgeDocument.workspace_id == workspace_id, KnowledgeDocument.embedder == self._embedder
        )
        return (
            (KnowledgePassage.workspace_id == workspace_id)
            & (func.length(KnowledgePassage.vector) == 2 * self._dimension)
            & KnowledgePassage.document_id.in_(ours)
        )

    def _packed(self, vector: Sequence[float]) -> bytes:
        if len(vector) != self._dimension:
            raise _wrong_length(len(vector), self._dimension)
        return np.asarray(vector, dtype="<f2").tobytes()


def _matrix(kept: Sequence[bytes], dimension: int) -> NDArray[np.float16]:
    return np.frombuffer(b"".join(kept), dtype="<f2").reshape(len(kept), dimension)


def _nearest(vectors: _Vectors, visible: set[str], question: NDArray[np.float32], limit: int) -> list[Hit]:
    roll = vectors.roll
    rows = np.flatnonzero(roll.seen(visible)[roll.owner])
    return roll.best(rows, vectors.scores(rows, question), limit)


def _embedded(row: KnowledgePassage, document: KnowledgeDocument, readers: frozenset[str]) -> Embedded:
    passage = Passage(row.document_id, row.number, row.section, row.header, row.text, row.page, row.anchor)
    vector = tuple(np.frombuffer(row.vector, dtype="<f2").astype(np.float32).tolist())
    return Embedded(passage, vector, readers, DocumentKind(document.kind), document.dated)


def _wrong_length(given: int, wanted: int) -> Fixable:
    return Fixable(
        f"This store holds vectors of {wanted} numbers and was given one of {given}.",
        next_step="The documents must be read again after the embedder was changed: sophia ingest --again.",
        code="wrong_dimension",
    )
