"""Passages in the main PostgreSQL, with the pgvector extension.

The table is made by revision 0009 where the extension is available. The scan is exact over the rows that a `Sight`
leaves: with few visible rows it is both faster and more certain than an approximate index, which loses right answers
when a filter is strict. Words are the main database's own BM25 (lexical.py).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from asyncpg import PostgresError
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.db.engine import Database
from app.db.failures import as_retry_later
from app.db.models.base import UtcDateTime
from app.domain.errors import Fixable, NotAllowed, SophiaError
from app.knowledge.passages import DocumentKind, Embedded, Passage, Sight
from app.knowledge.stores.base import Hit, StoreHealth, StorePage
from app.knowledge.stores.lexical import Lexical

# Not on `Base.metadata`: the table exists on some databases only, and SQLite knows neither of its types.
_PASSAGES = Table(
    "passage_vectors",
    MetaData(),
    Column("workspace_id", String(64), primary_key=True),
    Column("embedder", Text, primary_key=True),
    Column("passage_id", Text, primary_key=True),
    Column("document_id", Text),
    Column("number", BigInteger),
    Column("section", BigInteger),
    Column("header", Text),
    Column("text", Text),
    Column("page", BigInteger),
    Column("anchor", Text),
    Column("kind", Text),
    Column("dated", UtcDateTime),
    Column("readers", ARRAY(Text)),
    Column("vector", VECTOR()),
)
_COLUMNS = _PASSAGES.c
_UNDEFINED_TABLE = "42P01"
_BAD_CHARACTER = "22021"
_REFUSED = {"42501", "28000", "28P01"}  # no right, no such user, wrong password
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class PgvectorStore:
    """See PassageStore. `embedder` is the id of the model that made the vectors; `dimensions` their length."""

    name = "pgvector"

    def __init__(self, db: Database, *, embedder: str, dimensions: int, lexical: Lexical) -> None:
        self._db = db
        self._embedder = embedder
        self._dimensions = dimensions
        self._lexical = lexical

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        for one in passages:
            self._fits(one.vector)
            if one.passage.document_id != document_id:
                raise ValueError(f"passage {one.passage.id} does not belong to {document_id}")
        rows = [self._row(workspace_id, one) for one in passages]
        async with _asking(), self._db.transaction() as session:
            # Two writers of one document would each delete what they see and then collide, or both stay.
            await session.execute(_LOCK, {"name": "\n".join((workspace_id, self._embedder, document_id))})
            await session.execute(delete(_PASSAGES).where(self._of(workspace_id), _COLUMNS.document_id == document_id))
            if rows:
                await session.execute(insert(_PASSAGES), rows)

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        async with _asking(), self._db.transaction() as session:
            await session.execute(
                delete(_PASSAGES).where(self._of(workspace_id), _any_of(_COLUMNS.document_id, document_ids))
            )

    async def nearest(self, sight: Sight, vector: Sequence[float], limit: int) -> list[Hit]:
        self._fits(vector)
        distance = _COLUMNS.vector.cosine_distance(list(vector))
        query = (
            select(_COLUMNS.passage_id, _COLUMNS.document_id, (1 - distance).label("score"))
            .where(self._visible(sight))
            .order_by(distance, _COLUMNS.passage_id)
            .limit(limit)
        )
        async with _asking(), self._db.reading() as session:
            return [Hit(row.passage_id, row.document_id, float(row.score)) for row in await session.execute(query)]

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        return await self._lexical.matching(sight, text, limit)

    async def page(self, workspace_id: str, cursor: str = "", limit: int = 200) -> StorePage:
        query = (
            select(_PASSAGES)
            .where(self._of(workspace_id), _COLUMNS.passage_id > cursor)
            .order_by(_COLUMNS.passage_id)
            .limit(limit + 1)  # one more tells whether this page is the last
        )
        async with _asking(), self._db.reading() as session:
            rows = (await session.execute(query)).all()
        passages = tuple(_embedded(row) for row in rows[:limit])
        return StorePage(passages, passages[-1].passage.id if len(rows) > limit else "")

    async def count(self, workspace_id: str) -> int:
        query = select(func.count()).select_from(_PASSAGES).where(self._of(workspace_id))
        async with _asking(), self._db.reading() as session:
            return await session.scalar(query) or 0

    async def check(self) -> StoreHealth:
        try:
            async with _asking(), self._db.reading() as session:
                await session.execute(select(_COLUMNS.passage_id).limit(1))
        except SophiaError as failed:
            refused = isinstance(failed, NotAllowed | Fixable)
            return StoreHealth("refused" if refused else "unreachable", failed.for_people)
        return StoreHealth("ok", "Passages are kept in PostgreSQL with pgvector.")

    async def close(self) -> None:
        """Nothing: the database belongs to whoever handed it over."""

    def _of(self, workspace_id: str) -> ColumnElement[bool]:
        return (_COLUMNS.workspace_id == workspace_id) & (_COLUMNS.embedder == self._embedder)

    def _visible(self, sight: Sight) -> ColumnElement[bool]:
        condition = self._of(sight.workspace_id) & _COLUMNS.readers.overlap(sorted(sight.tokens))
        if sight.documents is not None:
            condition &= _any_of(_COLUMNS.document_id, sorted(sight.documents))
        if sight.kinds:
            condition &= _any_of(_COLUMNS.kind, sorted(sight.kinds))
        return condition

    def _fits(self, vector: Sequence[float]) -> None:
        if len(vector) != self._dimensions:
            raise Fixable(
                f"A vector has {len(vector)} numbers, and these documents were read with {self._dimensions}.",
                next_step="Set the embedding model back, or ingest the documents again with the new one.",
                code="wrong_dimension",
            )

    def _row(self, workspace_id: str, one: Embedded) -> dict[str, Any]:
        passage = one.passage
        return {
            "workspace_id": workspace_id,
            "embedder": self._embedder,
            "passage_id": passage.id,
            "document_id": passage.document_id,
            "number": passage.number,
            "section": passage.section,
            "header": passage.header,
            "text": passage.text,
            "page": passage.page,
            "anchor": passage.anchor,
            "kind": one.kind.value,
            "dated": one.dated,
            "readers": sorted(one.readers),
            "vector": list(one.vector),
        }


def _any_of(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    """`column = ANY(values)`: one parameter however many there are, where IN ends at 32,767."""
    return column == func.any(literal(list(values), ARRAY(Text)))


def _embedded(row: Row[Any]) -> Embedded:
    passage = Passage(row.document_id, row.number, row.section, row.header, row.text, row.page, row.anchor)
    vector = tuple(float(number) for number in row.vector)
    return Embedded(passage, vector, frozenset(row.readers), DocumentKind(row.kind), row.dated)


@asynccontextmanager
async def _asking() -> AsyncGenerator[None]:
    """Turns what the database raises into its consequence."""
    try:
        yield
    except (SQLAlchemyError, PostgresError, OSError) as failed:  # while connecting, the driver's own come through
        meaning = _refusal(_sqlstate(failed)) or as_retry_later(failed)
        if meaning is None:
            raise
        raise meaning from failed


def _sqlstate(failed: BaseException) -> str:
    """PostgreSQL's five-letter code of the failure (its manual's Appendix A); empty when it gave none."""
    said = failed.orig if isinstance(failed, DBAPIError) else failed
    return str(getattr(said, "sqlstate", None) or "")


def _refusal(sqlstate: str) -> SophiaError | None:
    if sqlstate == _UNDEFINED_TABLE:
        return Fixable(
            "This PostgreSQL has no table for passages, because pgvector was missing when Sophia's tables were made.",
            next_step="docs/knowledge-stores.md says how to add both.",
            code="pgvector_missing",
        )
    if sqlstate in _REFUSED:
        return NotAllowed(
            "PostgreSQL does not let me read or change the passages.",
            next_step="An administrator can check the user and password in DATABASE_URL and its rights.",
            code="store_refused",
        )
    if sqlstate == _BAD_CHARACTER:
        return Fixable(
            "A passage holds a NUL character, which PostgreSQL can't store.",
            next_step="Save the document as plain text or PDF again, then ingest it.",
            code="nul_character",
        )
    return None
