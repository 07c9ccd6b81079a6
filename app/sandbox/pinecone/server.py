"""The HTTP side of the stand-in: the paths of Pinecone's data plane that passages need."""

from __future__ import annotations

import base64
import hmac
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.sandbox.pinecone import filters
from app.sandbox.pinecone.records import Index, Record
from app.sandbox.pinecone.refusal import Refused

MOST_VECTORS, MOST_BYTES, MOST_METADATA, LONGEST_ID = 1000, 2 * 1024 * 1024, 40 * 1024, 512
MOST_FOUND, MOST_FOUND_WHOLE, MOST_LISTED = 10_000, 1000, 100


@dataclass(frozen=True)
class Asked:
    """A request that came, for tests that compare it with the service's description."""

    method: str
    path: str
    query: list[tuple[str, str]]
    body: dict[str, Any]


@dataclass
class PineconeServer:
    """One index and its key. `faults` holds HTTP statuses with which the next requests fail."""

    index: Index
    api_key: str
    faults: deque[int] = field(default_factory=deque[int])
    asked: list[Asked] = field(default_factory=list[Asked])

    def asgi(self) -> Starlette:
        return Starlette(
            routes=[
                self._post("/vectors/upsert", self._upsert, {"vectors", "namespace"}),
                self._post("/vectors/delete", self._delete, {"ids", "deleteAll", "filter", "namespace"}),
                self._post(
                    "/query",
                    self._query,
                    {"vector", "id", "topK", "namespace", "filter", "includeValues", "includeMetadata"},
                ),
                self._post("/describe_index_stats", self._stats, {"filter"}),
                self._route("/vectors/fetch", "GET", self._fetch),
                self._route("/vectors/list", "GET", self._list),
            ]
        )

    def _post(self, path: str, work: Callable[[dict[str, Any]], dict[str, Any]], known: set[str]) -> Route:
        async def answer(request: Request) -> dict[str, Any]:
            raw = await request.body()
            if len(raw) > MOST_BYTES:
                raise Refused("Request size exceeds the maximum supported size of 2097152 bytes", code=11)
            body: dict[str, Any] = orjson.loads(raw)
            self.asked.append(Asked("post", path, [], body))
            if unknown := sorted(set(body) - known):
                raise Refused(f"Cannot find field: {unknown[0]} in message")
            return work(body)

        return self._route(path, "POST", answer)

    def _route(self, path: str, method: str, work: Callable[[Request], Awaitable[dict[str, Any]]]) -> Route:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get("Api-Key", "")
            if not hmac.compare_digest(given.encode(), self.api_key.encode()):
                return PlainTextResponse("Invalid API Key", 401)
            if "X-Pinecone-Api-Version" not in request.headers:
                return PlainTextResponse("Missing header X-Pinecone-Api-Version", 400)
            if self.faults:
                status = self.faults.popleft()
                return _json({"code": 13, "message": "failed on demand", "details": []}, status)
            if method == "GET":
                self.asked.append(Asked("get", path, list(request.query_params.multi_items()), {}))
            try:
                return _json(await work(request))
            except Refused as no:
                return _json({"code": no.code, "message": no.message, "details": []}, no.status)

        return Route(path, endpoint, methods=[method])

    def _upsert(self, body: dict[str, Any]) -> dict[str, Any]:
        given = body.get("vectors") or []
        if not 1 <= len(given) <= MOST_VECTORS:
            raise Refused(f"The number of vectors must be between 1 and {MOST_VECTORS}")
        records = [self._record(one) for one in given]
        self.index.upsert(body.get("namespace", ""), records)
        return {"upsertedCount": len(records)}

    def _record(self, given: dict[str, Any]) -> Record:
        if unknown := sorted(set(given) - {"id", "values", "sparseValues", "metadata"}):
            raise Refused(f"Cannot find field: {unknown[0]} in message")
        id_ = given.get("id", "")
        if not id_ or len(id_) > LONGEST_ID or not id_.isascii():
            raise Refused(f"Vector ID must be ASCII of 1 to {LONGEST_ID} characters, but got '{id_}'")
        values = self._vector(given.get("values") or [])
        metadata = given.get("metadata") or {}
        if len(orjson.dumps(metadata)) > MOST_METADATA:
            raise Refused("Metadata size exceeds the limit of 40960 bytes per vector")
        for name, value in metadata.items():
            texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
            if name.startswith("$") or not (texts or isinstance(value, str | int | float | bool)):
                raise Refused(
                    f"Metadata value must be a string, number, boolean or list of strings, got '{value}' for '{name}'"
                )
        return Record(id_, np.asarray(values, dtype=np.float32), metadata)

    def _vector(self, values: list[float]) -> list[float]:
        if len(values) != self.index.dimension:
            raise Refused(
                f"Vector dimension {len(values)} does not match the dimension of the index {self.index.dimension}"
            )
        if not any(values) or not all(math.isfinite(one) for one in values):
            raise Refused("Dense vectors must contain at least one non-zero value")
        return values

    def _delete(self, body: dict[str, Any]) -> dict[str, Any]:
        ways = [name for name in ("ids", "deleteAll", "filter") if body.get(name)]
        if len(ways) != 1:
            raise Refused("Exactly one of ids, deleteAll or filter must be given")
        ids = set(body.get("ids") or [])
        condition = body.get("filter")
        if condition is not None:
            filters.check(condition)

        def goes(one: Record) -> bool:
            return bool(body.get("deleteAll")) or one.id in ids or filters.fits(condition or {"id": ""}, one.metadata)

        self.index.delete(body.get("namespace", ""), goes)
        return {}

    def _query(self, body: dict[str, Any]) -> dict[str, Any]:
        whole = body.get("includeValues") or body.get("includeMetadata")
        limit = body.get("topK", 0)
        if not 1 <= limit <= (MOST_FOUND_WHOLE if whole else MOST_FOUND):
            raise Refused(f"topK must be between 1 and {MOST_FOUND}, or {MOST_FOUND_WHOLE} with values or metadata")
        condition = body.get("filter")
        if condition is not None:
            filters.check(condition)
        namespace = body.get("namespace", "")
        found = self.index.nearest(namespace, self._vector(body.get("vector") or []), limit, condition)
        matches = [
            {"id": one.id, "score": score, "values": []}
            | ({"metadata": one.metadata} if body.get("includeMetadata") else {})
            | ({"values": one.values.tolist()} if body.get("includeValues") else {})
            for one, score in found
        ]
        return {"matches": matches, "namespace": namespace, "usage": {"readUnits": 1}}

    def _stats(self, _body: dict[str, Any]) -> dict[str, Any]:
        counts = {name: len(held) for name, held in self.index.read_all().items() if held}
        return {
            "namespaces": {name: {"vectorCount": count} for name, count in counts.items()},
            "dimension": self.index.dimension,
            "indexFullness": 0,
            "totalVectorCount": sum(counts.values()),
            "metric": "cosine",
            "vectorType": "dense",
        }

    async def _fetch(self, request: Request) -> dict[str, Any]:
        namespace = request.query_params.get("namespace", "")
        held = self.index.read(namespace)
        found = {id_: held[id_] for id_ in request.query_params.getlist("ids") if id_ in held}
        return {
            "vectors": {
                id_: {"id": id_, "values": one.values.tolist(), "metadata": one.metadata} for id_, one in found.items()
            },
            "namespace": namespace,
            "usage": {"readUnits": 1},
        }

    async def _list(self, request: Request) -> dict[str, Any]:
        query = request.query_params
        limit = int(query.get("limit", MOST_LISTED))
        if not 1 <= limit <= MOST_LISTED:
            raise Refused(f"limit must be between 1 and {MOST_LISTED}")
        after = base64.urlsafe_b64decode(query.get("paginationToken", "")).decode()
        namespace = query.get("namespace", "")
        ids = sorted(
            one for one in self.index.read(namespace) if one > after and one.startswith(query.get("prefix", ""))
        )
        body: dict[str, Any] = {"vectors": [{"id": one} for one in ids[:limit]], "namespace": namespace}
        if len(ids) > limit:
            body["pagination"] = {"next": base64.urlsafe_b64encode(ids[limit - 1].encode()).decode()}
        return body | {"usage": {"readUnits": 1}}


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
