"""The REST side: what the SDK asks of the schema, the tenants and the cluster itself (openapi-specs/schema.json)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.weaviate.refusal import Refused

if TYPE_CHECKING:
    from app.sandbox.weaviate.server import WeaviateServer

VERSION = "1.36.0"
MOST_BYTES = 104_858_000  # of a gRPC message

Work = Callable[[Request], Awaitable[Any]]


class Rest:
    """The paths of one server."""

    def __init__(self, server: WeaviateServer) -> None:
        self._server = server
        self._cluster = server.cluster

    def app(self) -> Starlette:
        schema = "/v1/schema/{className}"
        return Starlette(
            routes=[
                Route("/v1/.well-known/ready", _nothing),
                Route("/v1/.well-known/live", _nothing),
                self._route("/v1/meta", "GET", self._meta),
                self._route("/v1/schema", "GET", self._all),
                self._route("/v1/schema", "POST", self._create),
                self._route(schema, "GET", self._one),
                self._route(schema, "DELETE", self._drop),
                self._route(f"{schema}/tenants", "GET", self._tenants),
                self._route(f"{schema}/tenants", "POST", self._add_tenants),
                self._route(f"{schema}/tenants/{{tenantName}}", "GET", self._tenant),
                self._route(f"{schema}/tenants/{{tenantName}}", "HEAD", self._tenant),
            ]
        )

    def _route(self, path: str, method: str, work: Work) -> Route:
        async def endpoint(request: Request) -> Response:
            if said := self._server.unauthorized(request.headers.get("authorization", "")):
                return _json({"code": 401, "message": said}, 401)
            if self._server.faults:
                return _wrong("failed on demand", self._server.faults.popleft())
            body = await request.body()
            self._server.saw(method.lower(), path, orjson.loads(body) if body else None)
            try:
                return _json(await work(request))
            except Refused as no:
                return _wrong(no.message, no.status)

        return Route(path, endpoint, methods=[method])

    async def _meta(self, request: Request) -> Any:
        version = self._server.version
        return {
            "hostname": str(request.base_url),
            "version": version,
            "modules": {},
            "grpcMaxMessageSize": MOST_BYTES,
        }

    async def _all(self, _request: Request) -> Any:
        return {"classes": [one.described for one in self._cluster.collections.values()]}

    async def _create(self, request: Request) -> Any:
        return self._cluster.create(await request.json()).described

    async def _one(self, request: Request) -> Any:
        return self._found(request).described

    async def _drop(self, request: Request) -> Any:
        self._cluster.drop(request.path_params["className"])

    async def _tenants(self, request: Request) -> Any:
        return [_shown(name) for name in self._cluster.tenants[self._found(request).name]]

    async def _add_tenants(self, request: Request) -> Any:
        names = [one["name"] for one in await request.json()]
        self._cluster.add_tenants(request.path_params["className"], names)
        return [_shown(name) for name in names]

    async def _tenant(self, request: Request) -> Any:
        name = request.path_params["tenantName"]
        if name not in self._cluster.tenants[self._found(request).name]:
            raise Refused("tenant not found", status=404)
        return _shown(name)

    def _found(self, request: Request) -> Any:
        name = request.path_params["className"]
        if name not in self._cluster.collections:
            raise Refused(f"class {name} not found", status=404)
        return self._cluster.collections[name]


def _shown(tenant: str) -> dict[str, str]:
    return {"name": tenant, "activityStatus": "HOT"}


async def _nothing(_request: Request) -> Response:
    return Response()


def _wrong(message: str, status: int) -> Response:
    return _json({"error": [{"message": message}]}, status)


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
