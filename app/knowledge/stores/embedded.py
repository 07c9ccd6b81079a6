"""The embedded store: vectors in the main database, searched exactly over the rows that the person may see.

Filter first, score after: with a filter that leaves few rows, exact is faster than any index and misses nothing. The
vectors of a workspace are kept in memory as float16 (77 MB for 100,000 passages) until the workspace changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ColumnElement, func, select

from app.db.engine import Database
from app.db.models.knowledge import KnowledgeDocument, KnowledgePassage, KnowledgeReader
from app.domain.errors import Fixable
from app.knowledge import shelf
from app.knowledge.passages import DocumentKind, Embedded, Passage, Sight
from app.knowledge.stores.base import Hit, StoreHealth, StorePage
from app.knowledge.word_index import WordIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORKSPACES_IN_MEMORY = 8


@dataclass(frozen=True)
class _Matrix:
    """A workspace's vectors of one version. `documents[owner[i]]` and `numbers[i]` say which passage row i is."""

    version: int
    vectors: NDArray[np.float16]  # (passages, dimension)
    documents: tuple[str, ...]
    at: Mapping[str, int]  # place of each document
    owner: NDArray[np.int32]
    numbers: NDArray[np.int32]


class EmbeddedStore:
    """`app.knowledge.stores.base.PassageStore` on the main database, SQLite or PostgreSQL."""

    name = "embedded"

    def __init__(self, db: Database, words: WordIndex, *, embedder: str, dimension: int) -> None:
        self._db = db
        self._embedder = embedder
        self._dimension = dimension
        self._words = words
        self._matrices: dict[str, _Matrix] = {}
        self._loading = asyncio.Lock()

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
        async with self._db.reading() as session:
            matrix = await self._matrix(sight.workspace_id)
            visible = await shelf.visible_documents(session, sight, self._embedder)
        return await asyncio.to_thread(_nearest, matrix, visible, question, limit)

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
        self._matrices.clear()

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

    async def _matrix(self, workspace_id: str) -> _Matrix:
        """The workspace's vectors as they are now; loaded once however many ask at the same time."""
        async with self._loading, self._db.reading() as session:
            version = await shelf.version(session, workspace_id)
            known = self._matrices.pop(workspace_id, None)
            if known is None or known.version != version:
                rows = await session.execute(
                    select(KnowledgePassage.document_id, KnowledgePassage.number, KnowledgePassage.vector)
                    .where(
                        KnowledgePassage.workspace_id == workspace_id,
                        func.length(KnowledgePassage.vector) == 2 * self._dimension,
                    )
                    .order_by(KnowledgePassage.document_id, KnowledgePassage.number)
                )
                known = await asyncio.to_thread(_built, version, rows.all(), self._dimension)
            self._matrices[workspace_id] = known
            for oldest in list(self._matrices)[:-WORKSPACES_IN_MEMORY]:
                del self._matrices[oldest]
            return known


def _built(version: int, rows: Sequence[tuple[str, int, bytes]], dimension: int) -> _Matrix:
    documents = tuple(dict.fromkeys(document for document, _, _ in rows))
    at = {document: number for number, document in enumerate(documents)}
    vectors = np.frombuffer(b"".join(vector for _, _, vector in rows), dtype="<f2").reshape(len(rows), dimension)
    owner = np.fromiter((at[document] for document, _, _ in rows), dtype=np.int32, count=len(rows))
    numbers = np.fromiter((number for _, number, _ in rows), dtype=np.int32, count=len(rows))
    return _Matrix(version, vectors, documents, at, owner, numbers)


def _nearest(matrix: _Matrix, visible: set[str], question: NDArray[np.float32], limit: int) -> list[Hit]:
    seen = np.zeros(len(matrix.documents), dtype=np.bool_)
    seen[[matrix.at[document] for document in visible if document in matrix.at]] = True
    if not seen.any():
        return []
    rows = np.flatnonzero(seen[matrix.owner])
    scores = matrix.vectors[rows].astype(np.float32) @ question
    if len(rows) > limit:
        best = np.argpartition(scores, -limit)[-limit:]
        # All that tie with the last one take part, so that equal scores are told apart by their names, not by chance.
        best = np.flatnonzero(scores >= scores[best].min())
        rows, scores = rows[best], scores[best]
    hits = [
        Hit(f"{(document := matrix.documents[matrix.owner[row]])}#{matrix.numbers[row]}", document, float(score))
        for row, score in zip(rows, scores, strict=True)
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]


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
