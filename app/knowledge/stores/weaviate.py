"""Passages in Weaviate: one collection for each embedder, one tenant in it for each workspace.

The index is flat, so that a search compares the question with every passage that its filter leaves (ADR 0036). A
passage takes the place of the one with its number, and what a shorter version leaves over is deleted last, so a reader
never finds a document gone. Weaviate has no lock: writers of one document take turns inside this process only. Words
are the main database's own BM25 (lexical.py), and the fusion of both is ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from app.domain.errors import Fixable, NotAllowed, RetryLater, SophiaError
from app.knowledge.passages import Embedded, Sight
from app.knowledge.stores.base import Hit, StoreHealth, StorePage
from app.knowledge.stores.lexical import Lexical
from app.knowledge.stores.weaviate_cluster import WeaviateCluster, code_of
from app.knowledge.stores.weaviate_collection import create, wrong_settings
from app.knowledge.stores.weaviate_records import (
    SHOWN,
    VECTOR,
    collection_of,
    embedded_of,
    filters_of,
    filters_on,
    left_over,
    names_in,
    object_id,
    properties_of,
    tenant_of,
    version_of,
)

if TYPE_CHECKING:
    from weaviate.collections import CollectionAsync
    from weaviate.collections.classes.filters import FilterReturn

    Objects = CollectionAsync[dict[str, Any], None]

MOST_AT_ONCE = 200  # objects of one insert
MOST_BYTES = 8_000_000  # of text in one insert; Weaviate takes 100 MB and old ones 10 MB
MOST_FOUND = 10_000  # QUERY_MAXIMUM_RESULTS, of a search and of one deletion
FOR_TIES = 50  # more than asked for, so that equal scores are told apart by name and not by chance
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2, 3.2)  # seconds between two looks for a write


class WeaviateStore:
    """See PassageStore. `embedder` is the id of the model that made the vectors and `dimensions` their length.
    `pause` waits so many seconds."""

    name = "weaviate"

    def __init__(
        self,
        cluster: WeaviateCluster,
        *,
        embedder: str,
        dimensions: int,
        lexical: Lexical,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._cluster = cluster
        self._collection = collection_of(embedder)
        self._dimensions = dimensions
        self._lexical = lexical
        self._pause = pause
        self._tenants: set[str] = set()  # that are known to be there
        self._making = asyncio.Lock()
        self._writing = WeakValueDictionary[tuple[str, str], asyncio.Lock]()

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        for one in passages:
            self._fits(one.vector)
            if one.passage.document_id != document_id:
                raise ValueError(f"passage {one.passage.id} does not belong to {document_id}")
        turn = self._writing.setdefault((workspace_id, document_id), asyncio.Lock())
        async with turn:
            objects = await self._objects(workspace_id, make=bool(passages))
            if objects is None:
                return  # nothing to write, and nothing was there
            version = version_of(passages)
            for batch in _batches(passages):
                await self._insert(objects, batch, version)
            await self._delete(objects, left_over(document_id, passages))
            wanted = {(str(object_id(one.passage)), version) for one in passages}
            (document,) = filters_on([document_id])
            await self._until_seen(objects, document, wanted)

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        objects = await self._objects(workspace_id)
        if objects is None:
            return
        for named in filters_on(document_ids):
            await self._delete(objects, named)
            await self._until_seen(objects, named, set())

    async def nearest(self, sight: Sight, vector: Sequence[float], limit: int) -> list[Hit]:
        from weaviate.classes.query import MetadataQuery  # noqa: PLC0415

        self._fits(vector)
        objects = await self._objects(sight.workspace_id)
        if objects is None:
            return []
        hits: list[Hit] = []
        for seen in filters_of(sight):
            async with self._cluster.asking():
                answer = await objects.query.near_vector(
                    near_vector=list(vector),
                    target_vector=VECTOR,
                    limit=min(limit + FOR_TIES, MOST_FOUND),
                    filters=seen,
                    return_metadata=MetadataQuery(distance=True),
                    return_properties=SHOWN,
                )
            for found in answer.objects:
                document_id, passage_id = names_in(found.properties)
                hits.append(Hit(passage_id, document_id, 1 - (found.metadata.distance or 0.0)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        return await self._lexical.matching(sight, text, limit)

    async def page(self, workspace_id: str, cursor: str = "", limit: int = 200) -> StorePage:
        objects = await self._objects(workspace_id)
        if objects is None:
            return StorePage(())
        async with self._cluster.asking():
            answer = await objects.query.fetch_objects(
                limit=limit + 1,  # one more tells whether this page is the last
                after=cursor or None,
                include_vector=True,
            )
        shown = answer.objects[:limit]
        passages = tuple(embedded_of(_vector(one.vector), one.properties) for one in shown)
        return StorePage(passages, str(shown[-1].uuid) if len(answer.objects) > limit else "")

    async def count(self, workspace_id: str) -> int:
        objects = await self._objects(workspace_id)
        if objects is None:
            return 0
        async with self._cluster.asking():
            return (await objects.aggregate.over_all(total_count=True)).total_count or 0

    async def check(self) -> StoreHealth:
        try:
            wrong = await self._looked_at()
        except SophiaError as failed:
            refused = isinstance(failed, NotAllowed | Fixable)
            return StoreHealth("refused" if refused else "unreachable", failed.for_people)
        return StoreHealth("refused", wrong) if wrong else StoreHealth("ok", "Passages are kept in Weaviate.")

    async def close(self) -> None:
        await self._cluster.close()

    async def _looked_at(self) -> str:
        """Asks over both of Weaviate's protocols; what is wrong with the collection, when it is there."""
        from weaviate.exceptions import WeaviateTenantGetError  # noqa: PLC0415

        async with self._cluster.asking():
            client = await self._cluster.client()
            there = await client.collections.exists(self._collection)
            collection = client.collections.use(self._collection)
            if there and (wrong := wrong_settings(await collection.config.get())):
                return wrong
            try:
                await collection.tenants.get_by_names([tenant_of("")])
            except WeaviateTenantGetError as failed:
                # What is not made yet has no tenants; the answer shows that gRPC gets through.
                if there or code_of(failed) not in ("UNKNOWN", "NOT_FOUND", "INVALID_ARGUMENT"):
                    raise
        return ""

    async def _objects(self, workspace_id: str, *, make: bool = False) -> Objects | None:
        """The workspace's passages; None when nothing was ever written there and it is not to be made."""
        from weaviate.classes.config import ConsistencyLevel  # noqa: PLC0415

        tenant = tenant_of(workspace_id)
        async with self._cluster.asking():
            client = await self._cluster.client()
            collection = client.collections.use(self._collection)
            if tenant not in self._tenants:
                there = await client.collections.exists(self._collection)
                if not (there and await collection.tenants.exists(tenant)):
                    if not make:
                        return None
                    async with self._making:
                        await create(client, self._collection)
                        await collection.tenants.create([tenant])
                self._tenants.add(tenant)
        return collection.with_tenant(tenant).with_consistency_level(ConsistencyLevel.ONE)

    async def _insert(self, objects: Objects, batch: Sequence[Embedded], version: str) -> None:
        from weaviate.classes.config import ConsistencyLevel  # noqa: PLC0415
        from weaviate.classes.data import DataObject  # noqa: PLC0415

        written = [
            DataObject(properties_of(one, version), object_id(one.passage), {VECTOR: list(one.vector)}) for one in batch
        ]
        async with self._cluster.asking():
            # Every replica has a write before it returns, so whichever one answers a search has it.
            if (await objects.with_consistency_level(ConsistencyLevel.ALL).data.insert_many(written)).has_errors:
                raise _not_taken()

    async def _delete(self, objects: Objects, matching: FilterReturn) -> None:
        from weaviate.classes.config import ConsistencyLevel  # noqa: PLC0415

        everywhere = objects.with_consistency_level(ConsistencyLevel.ALL)
        while True:
            async with self._cluster.asking():
                done = await everywhere.data.delete_many(where=matching)
            if done.failed:
                raise _not_taken()
            if done.matches < MOST_FOUND:
                return

    async def _until_seen(self, objects: Objects, matching: FilterReturn, wanted: set[tuple[str, str]]) -> None:
        """Returns when a search finds exactly these objects in these versions: Weaviate may index vectors late
        (ASYNC_INDEXING). Raises RetryLater after about 13 s."""
        for pause in (*PAUSES, None):
            if await self._found(objects, matching, len(wanted)) == wanted:
                return
            if pause is not None:
                await self._pause(pause)
        raise RetryLater(
            "Weaviate has taken the change but does not show it yet.",
            next_step="Please try the same again in a minute.",
            code="store_behind",
        )

    async def _found(self, objects: Objects, matching: FilterReturn, expected: int) -> set[tuple[str, str]]:
        """The objects that a search finds, with their versions; of more than it may give it looks in parts."""
        from weaviate.classes.query import Filter  # noqa: PLC0415

        parts = [matching]
        if expected >= MOST_FOUND:
            number, starts = Filter.by_property("number"), range(0, expected, MOST_FOUND)
            parts = [matching & number.greater_or_equal(at) & number.less_than(at + MOST_FOUND) for at in starts]
            parts.append(matching & number.greater_or_equal(starts[-1] + MOST_FOUND))
        found: set[tuple[str, str]] = set()
        for part in parts:
            async with self._cluster.asking():
                answer = await objects.query.near_vector(
                    near_vector=[1.0] + [0.0] * (self._dimensions - 1),
                    target_vector=VECTOR,
                    limit=min(expected + 1, MOST_FOUND),
                    filters=part,
                    return_properties=["version"],
                )
            found |= {(str(one.uuid), str(one.properties["version"])) for one in answer.objects}
        return found

    def _fits(self, vector: Sequence[float]) -> None:
        if len(vector) != self._dimensions:
            raise Fixable(
                f"A vector has {len(vector)} numbers, and these documents were read with {self._dimensions}.",
                next_step="Set the embedding model back, or ingest the documents again with the new one.",
                code="wrong_dimension",
            )


def _batches(passages: Sequence[Embedded]) -> Iterator[list[Embedded]]:
    batch: list[Embedded] = []
    size = 0
    for one in passages:
        weight = len(one.passage.searched.encode())
        if batch and (len(batch) == MOST_AT_ONCE or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += weight
    if batch:
        yield batch


def _vector(named: dict[str, Any]) -> list[float]:
    return named[VECTOR]


def _not_taken() -> RetryLater:
    return RetryLater(
        "Weaviate did not take all of the passages.",
        next_step="Please try the same again; an administrator finds the reason in Weaviate's log.",
        code="store_partly_written",
    )
