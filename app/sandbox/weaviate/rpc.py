"""The gRPC side: batches, deletions, searches, counts and the list of tenants (grpc/proto/v1/weaviate.proto)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import grpc
from weaviate.proto.v1 import (
    aggregate_pb2,
    batch_delete_pb2,
    batch_pb2,
    search_get_pb2,
    tenants_pb2,
    weaviate_pb2_grpc,
)

from app.sandbox.weaviate import wire
from app.sandbox.weaviate.filters import Fits, fits
from app.sandbox.weaviate.refusal import Refused
from app.sandbox.weaviate.schema import Collection

if TYPE_CHECKING:
    from app.sandbox.weaviate.server import WeaviateServer

MOST_FOUND = 10_000  # QUERY_MAXIMUM_RESULTS
SEARCH_FIELDS = {
    "collection",
    "tenant",
    "consistency_level",
    "properties",
    "metadata",
    "limit",
    "after",
    "filters",
    "near_vector",
    "uses_123_api",
    "uses_125_api",
    "uses_127_api",
}


class Rpc(weaviate_pb2_grpc.WeaviateServicer):
    """The calls of one server."""

    def __init__(self, server: WeaviateServer) -> None:
        self._server = server
        self._cluster = server.cluster

    async def Search(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's own names
        return await self._answer("Search", request, context, self._search)

    async def BatchObjects(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._answer("BatchObjects", request, context, self._batch)

    async def BatchDelete(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._answer("BatchDelete", request, context, self._delete)

    async def TenantsGet(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._answer("TenantsGet", request, context, self._tenants)

    async def Aggregate(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._answer("Aggregate", request, context, self._aggregate)

    async def _answer(self, name: str, request: Any, context: Any, work: Callable[[Any], Any]) -> Any:
        given = dict(context.invocation_metadata()).get("authorization", "")
        if said := self._server.unauthorized(given):
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, said)
        if self._server.rpc_faults:
            await context.abort(self._server.rpc_faults.popleft(), "failed on demand")
        self._server.saw("rpc", name, request)
        try:
            return work(request)
        except Refused as no:
            await context.abort(grpc.StatusCode.UNKNOWN, no.message)

    def _search(self, request: search_get_pb2.SearchRequest) -> search_get_pb2.SearchReply:
        if unknown := [one.name for one, _ in request.ListFields() if one.name not in SEARCH_FIELDS]:
            raise Refused(f"this stand-in searches without {unknown[0]}")
        collection = self._cluster.collection(request.collection)
        tenant = self._cluster.tenant(request.collection, request.tenant)
        limit = request.limit or 10
        if limit > MOST_FOUND:
            raise Refused("invalid pagination params: query maximum results exceeded")
        condition = _condition(collection, request)
        if not request.HasField("near_vector"):
            if condition is not None:
                raise Refused("this stand-in lists without filters")
            listed = tenant.after(UUID(request.after) if request.after else None, limit)
            return _reply(collection, request, [(one, None) for one in listed])
        if request.after:
            raise Refused("invalid 'after' filter: after cannot be combined with near vector")
        near = request.near_vector
        if set(near.targets.target_vectors) - {collection.vector}:
            raise Refused(f"class {collection.name} does not have named vector {near.targets.target_vectors[0]}")
        found = tenant.nearest(wire.vector_of(collection, near.vectors), limit, condition)
        return _reply(collection, request, list(found))

    def _batch(self, request: batch_pb2.BatchObjectsRequest) -> batch_pb2.BatchObjectsReply:
        reply = batch_pb2.BatchObjectsReply(took=0.001)
        for index, one in enumerate(request.objects):
            try:
                if index in self._server.refuses:
                    raise Refused("store is read-only due to: disk usage too high")
                collection = self._cluster.collection(one.collection)
                tenant = self._cluster.tenant(one.collection, one.tenant)
                properties = wire.properties_of(collection, one.properties)
                tenant.put(wire.id_of(one.uuid), properties, wire.vector_of(collection, one.vectors))
            except Refused as no:
                reply.errors.append(batch_pb2.BatchObjectsReply.BatchError(index=index, error=no.message))
        return reply

    def _delete(self, request: batch_delete_pb2.BatchDeleteRequest) -> batch_delete_pb2.BatchDeleteReply:
        collection = self._cluster.collection(request.collection)
        tenant = self._cluster.tenant(request.collection, request.tenant)
        if not request.HasField("filters"):
            raise Refused("failed to parse filters: no filters in batch delete request")
        if request.dry_run or request.verbose:
            raise Refused("this stand-in deletes without dry_run and verbose only")
        gone = tenant.delete(fits(collection, request.filters), MOST_FOUND)
        return batch_delete_pb2.BatchDeleteReply(took=0.001, matches=gone, successful=gone, failed=0)

    def _tenants(self, request: tenants_pb2.TenantsGetRequest) -> tenants_pb2.TenantsGetReply:
        self._cluster.collection(request.collection)
        known = self._cluster.tenants[request.collection]
        names = [one for one in request.names.values if one in known] if request.HasField("names") else list(known)
        status = tenants_pb2.TENANT_ACTIVITY_STATUS_HOT
        return tenants_pb2.TenantsGetReply(
            tenants=[tenants_pb2.Tenant(name=one, activity_status=status) for one in names]
        )

    def _aggregate(self, request: aggregate_pb2.AggregateRequest) -> aggregate_pb2.AggregateReply:
        known = {"collection", "tenant", "objects_count"}
        if unknown := [one.name for one, _ in request.ListFields() if one.name not in known]:
            raise Refused(f"this stand-in aggregates without {unknown[0]}")
        tenant = self._cluster.tenant(request.collection, request.tenant)
        single = aggregate_pb2.AggregateReply.Single(objects_count=len(tenant))
        return aggregate_pb2.AggregateReply(took=0.001, single_result=single)


def _condition(collection: Collection, request: search_get_pb2.SearchRequest) -> Fits | None:
    return fits(collection, request.filters) if request.HasField("filters") else None


def _reply(collection: Collection, request: search_get_pb2.SearchRequest, found: list[Any]) -> Any:
    results = [wire.result_of(collection, held, request, distance) for held, distance in found]
    return search_get_pb2.SearchReply(took=0.001, results=results)
