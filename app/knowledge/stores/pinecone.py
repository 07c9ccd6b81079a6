"""Passages in a Pinecone index, one namespace for each workspace and embedder.

Pinecone is eventually consistent: after every write this store asks, as a search would, until the write is seen. A
passage overwrites the one with its number in place, and what a shorter version leaves over is deleted last, so a
reader never finds a document gone. Pinecone has no lock: writers of one document take turns inside this process only.
Words are the main database's own BM25 (lexical.py).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from app.domain.errors import Fixable, NotAllowed, RetryLater, SophiaError
from app.knowledge.passages import Embedded, Sight
from app.knowledge.stores.base import Hit, StoreHealth, StorePage
from app.knowledge.stores.lexical import Lexical
from app.knowledge.stores.pinecone_records import (
    MOST_VALUES,
    embedded_of,
    filters_of,
    names_in,
    namespace_of,
    record_of,
    version_of,
)

if TYPE_CHECKING:
    from pinecone import AsyncIndex

TIMEOUT = 15.0  # seconds for one request
MOST_AT_ONCE = 500  # vectors of one upsert; Pinecone takes 1,000
MOST_BYTES = 1_800_000  # of one upsert; Pinecone takes 2 MB
MOST_FOUND = 10_000  # topK
FOR_TIES = 50  # more than asked for, so that equal scores are told apart by name and not by chance
LISTED = 100  # ids of one page
LONGEST_QUERY = 6_000  # characters of ids in one fetch, which carries them in its address
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2, 3.2)  # seconds between two looks for a write


class PineconeStore:
    """See PassageStore. `host` is the index's own address; `embedder` the id of the model that made the vectors and
    `dimensions` their length. `pause` waits so many seconds."""

    name = "pinecone"

    def __init__(
        self,
        host: str,
        api_key: str,
        *,
        embedder: str,
        dimensions: int,
        lexical: Lexical,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._host = host
        self._api_key = api_key
        self._embedder = embedder
        self._dimensions = dimensions
        self._lexical = lexical
        self._pause = pause
        self._opened: AsyncIndex | None = None
        self._writing = WeakValueDictionary[tuple[str, str], asyncio.Lock]()

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        for one in passages:
            self._fits(one.vector)
            if one.passage.document_id != document_id:
                raise ValueError(f"passage {one.passage.id} does not belong to {document_id}")
        version = version_of(passages)
        records = [record_of(one, version) for one in passages]
        wanted = {record["id"] for record in records}
        turn = self._writing.setdefault((workspace_id, document_id), asyncio.Lock())
        async with turn:
            with _asking():
                for batch in _batches(records):
                    await self._index.upsert(vectors=batch, namespace=self._namespace(workspace_id))
            await self._delete(workspace_id, {"document": {"$eq": document_id}, **_left_over(passages)})
            await self._until_seen(workspace_id, document_id, version, wanted)

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        for start in range(0, len(document_ids), MOST_VALUES):
            named = {"document": {"$in": list(document_ids[start : start + MOST_VALUES])}}
            await self._delete(workspace_id, named)
            await self._until(lambda named=named: self._finds(workspace_id, named, 0), set())

    async def nearest(self, sight: Sight, vector: Sequence[float], limit: int) -> list[Hit]:
        self._fits(vector)
        hits: list[Hit] = []
        with _asking():
            for seen in filters_of(sight):
                answer = await self._index.query(
                    vector=list(vector),
                    top_k=min(limit + FOR_TIES, MOST_FOUND),
                    namespace=self._namespace(sight.workspace_id),
                    filter=seen,
                )
                for match in answer.matches:
                    document_id, passage_id = names_in(match.id)
                    hits.append(Hit(passage_id, document_id, match.score))
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        return await self._lexical.matching(sight, text, limit)

    async def page(self, workspace_id: str, cursor: str = "", limit: int = 200) -> StorePage:
        ids: list[str] = []
        with _asking():
            while len(ids) < limit:
                listed = await self._index.list_paginated(
                    limit=min(LISTED, limit - len(ids)),
                    pagination_token=cursor or None,
                    namespace=self._namespace(workspace_id),
                )
                ids += [item.id for item in listed.vectors if item.id]
                cursor = (listed.pagination.next if listed.pagination else None) or ""
                if not cursor:
                    break
            return StorePage(tuple(await self._fetched(workspace_id, ids)), cursor)

    async def count(self, workspace_id: str) -> int:
        with _asking():
            stats = await self._index.describe_index_stats()
        mine = stats.namespaces.get(self._namespace(workspace_id))
        return mine.vector_count if mine else 0

    async def check(self) -> StoreHealth:
        try:
            with _asking():
                stats = await self._index.describe_index_stats()
        except SophiaError as failed:
            refused = isinstance(failed, NotAllowed | Fixable)
            return StoreHealth("refused" if refused else "unreachable", failed.for_people)
        if stats.dimension != self._dimensions:
            return StoreHealth(
                "refused",
                f"The Pinecone index holds vectors of {stats.dimension} numbers and the embedder makes "
                f"{self._dimensions}. Make an index of dimension {self._dimensions} with the metric cosine.",
            )
        return StoreHealth("ok", "Passages are kept in Pinecone.")

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    @property
    def _index(self) -> AsyncIndex:
        if self._opened is None:
            from pinecone import AsyncIndex  # noqa: PLC0415 - half a second that only its users need

            self._opened = AsyncIndex(host=self._host, api_key=self._api_key, timeout=TIMEOUT)
        return self._opened

    def _namespace(self, workspace_id: str) -> str:
        return namespace_of(workspace_id, self._embedder)

    async def _delete(self, workspace_id: str, matching: dict[str, Any]) -> None:
        from pinecone import NotFoundError  # noqa: PLC0415

        try:
            with _asking(NotFoundError):
                await self._index.delete(filter=matching, namespace=self._namespace(workspace_id))
        except NotFoundError:
            pass  # a namespace comes into being with its first record; a missing index shows at the next request

    async def _until_seen(self, workspace_id: str, document_id: str, version: str, wanted: set[str]) -> None:
        """Returns when a search finds exactly these records of the document, in this version."""
        new = {"document": {"$eq": document_id}, "version": {"$eq": version}}
        old = {"document": {"$eq": document_id}, "version": {"$ne": version}}
        await self._until(lambda: self._finds(workspace_id, new, len(wanted)), wanted)
        await self._until(lambda: self._finds(workspace_id, old, 0), set())

    async def _until(self, found: Callable[[], Awaitable[set[str]]], wanted: set[str]) -> None:
        """Looks until what is found is what is wanted. Raises RetryLater after about 13 s."""
        for pause in (*PAUSES, None):
            if await found() == wanted:
                return
            if pause is not None:
                await self._pause(pause)
        raise RetryLater(
            "Pinecone has taken the change but does not show it yet.",
            next_step="Please try the same again in a minute.",
            code="store_behind",
        )

    async def _finds(self, workspace_id: str, matching: dict[str, Any], expected: int) -> set[str]:
        """The records that a search finds under the filter; of more than 10,000 expected ones it looks in parts."""
        parts: list[dict[str, Any]] = [matching]
        if expected >= MOST_FOUND:
            starts = range(0, expected, MOST_FOUND)
            parts = [{**matching, "number": {"$gte": at, "$lt": at + MOST_FOUND}} for at in starts]
            parts.append({**matching, "number": {"$gte": starts[-1] + MOST_FOUND}})
        asked = [1.0] + [0.0] * (self._dimensions - 1)
        found: set[str] = set()
        with _asking():
            for part in parts:
                answer = await self._index.query(
                    vector=asked,
                    top_k=min(expected + 1, MOST_FOUND),
                    namespace=self._namespace(workspace_id),
                    filter=part,
                )
                found |= {match.id for match in answer.matches}
        return found

    async def _fetched(self, workspace_id: str, ids: Sequence[str]) -> list[Embedded]:
        found: list[Embedded] = []
        for group in _short_enough(ids):
            answer = await self._index.fetch(ids=group, namespace=self._namespace(workspace_id))
            records = (answer.vectors[one] for one in group if one in answer.vectors)  # it may have gone meanwhile
            found += [embedded_of(record.values, record.metadata or {}) for record in records]
        return found

    def _fits(self, vector: Sequence[float]) -> None:
        if len(vector) != self._dimensions:
            raise Fixable(
                f"A vector has {len(vector)} numbers, and these documents were read with {self._dimensions}.",
                next_step="Set the embedding model back, or ingest the documents again with the new one.",
                code="wrong_dimension",
            )


def _left_over(passages: Sequence[Embedded]) -> dict[str, Any]:
    """The filter for passages of an older version that the new one did not overwrite."""
    numbers = sorted(one.passage.number for one in passages)
    if numbers == list(range(len(numbers))):
        return {"number": {"$gte": len(numbers)}}
    return {"number": {"$nin": numbers}}


def _batches(records: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for record in records:
        weight = len(json.dumps(record, ensure_ascii=False).encode())
        if batch and (len(batch) == MOST_AT_ONCE or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += weight
    if batch:
        yield batch


def _short_enough(ids: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for one in ids:
        if sum(map(len, group)) + len(one) > LONGEST_QUERY:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


@contextmanager
def _asking(*let_through: type[Exception]) -> Generator[None]:
    """Turns what the SDK raises into its consequence."""
    from pinecone import errors  # noqa: PLC0415

    try:
        yield
    except let_through:
        raise
    except (errors.UnauthorizedError, errors.ForbiddenError, errors.PaymentRequiredError) as failed:
        raise NotAllowed(
            "Pinecone does not let me read or change the documents.",
            next_step="An administrator can check PINECONE_API_KEY, its rights and the account.",
            code="store_refused",
        ) from failed
    except errors.NotFoundError as failed:
        raise Fixable(
            "There is no Pinecone index at that address.",
            next_step="Copy the index's host from Pinecone's console to PINECONE_HOST.",
            code="no_such_index",
        ) from failed
    except (
        errors.RateLimitError,
        errors.ServiceError,
        errors.PineconeTimeoutError,
        errors.PineconeConnectionError,
        errors.ResponseParsingError,
    ) as failed:
        raise RetryLater(
            "Pinecone does not answer as it should.",
            next_step="Please try again in a moment.",
            code="store_unreachable",
            detail=f"{type(failed).__name__}",
        ) from failed
