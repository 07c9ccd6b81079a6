"""The HTTP side of the stand-in."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.hubspot import associations, objects
from app.sandbox.hubspot.limits import Limits
from app.sandbox.hubspot.properties import PROPERTIES
from app.sandbox.hubspot.search import search
from app.sandbox.hubspot.store import HubSpotStore
from app.sandbox.hubspot.webhooks import Webhooks
from app.sandbox.hubspot.wire import Refused, answer, body_of, type_of, whole_number

Handler = Callable[[Request], Awaitable[Response]]
ALL_SCOPES: Final = frozenset(
    {
        *(f"crm.objects.{kind}.{way}" for kind in ("companies", "contacts", "deals") for way in ("read", "write")),
        "crm.objects.owners.read",
        "crm.schemas.deals.read",
    }
)


@dataclass
class HubSpotServer:
    """One account's API over a store, for one private app. `calls` are the requests' method and path as they came."""

    store: HubSpotStore
    token: str
    webhooks: Webhooks
    scopes: frozenset[str] = ALL_SCOPES
    limits: Limits = field(default_factory=Limits)
    calls: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.store.tell = self.webhooks.heard

    def asgi(self) -> Starlette:
        v3, v4 = "/crm/v3/objects/{type}", "/crm/v4/objects/{type}/{id}/associations"
        return Starlette(
            routes=[
                self._route(v3, self._list, "GET"),
                self._route(v3, self._create, "POST"),
                self._route(f"{v3}/search", self._search, "POST"),
                self._route(f"{v3}/batch/{{action}}", self._batch, "POST"),
                self._route(f"{v3}/{{id}}", self._read, "GET"),
                self._route(f"{v3}/{{id}}", self._change, "PATCH"),
                self._route(f"{v3}/{{id}}", self._archive, "DELETE"),
                self._route(f"{v4}/{{to}}", self._associations, "GET"),
                self._route(f"{v4}/default/{{to}}/{{to_id}}", self._associate, "PUT"),
                self._route("/crm/v4/associations/{type}/{to}/batch/read", self._batch_associations, "POST"),
                self._route("/crm/v3/owners", self._owners, "GET"),
                self._route("/crm/v3/pipelines/{type}", self._pipelines, "GET"),
                self._route("/crm/v3/properties/{type}", self._properties, "GET"),
            ]
        )

    def _route(self, path: str, handler: Handler, method: str) -> Route:
        async def guarded(http: Request) -> Response:
            self.calls.append(f"{http.method} {http.url.path}")
            headers: dict[str, str] = {}
            try:
                self._known(http)
                headers = self.limits.take(self.store.clock.now(), search=http.url.path.endswith("/search"))
                made = await handler(http)
            except Refused as refused:
                made = answer(refused.body(), refused.status)
            made.headers.update(headers)
            if self.webhooks.waiting:
                made.background = BackgroundTask(self.webhooks.deliver)
            return made

        return Route(path, guarded, methods=[method])

    def _known(self, http: Request) -> None:
        given = http.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")

    def _may(self, scope: str) -> None:
        if scope in self.scopes:
            return
        missing = {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": [scope]},
        }
        message = "This app hasn't been granted all required scopes to make this call."
        raise Refused(403, "MISSING_SCOPES", message, [missing])

    def _object(self, http: Request, way: str) -> str:
        """The request's object type, if the token may use it. Notes and tasks go with contacts."""
        kind = type_of(http.path_params["type"])
        self._may(f"crm.objects.{'contacts' if kind in ('notes', 'tasks') else kind}.{way}")
        return kind

    async def _list(self, http: Request) -> Response:
        return answer(objects.listed(self.store, self._object(http, "read"), http.query_params))

    async def _read(self, http: Request) -> Response:
        kind = self._object(http, "read")
        return answer(objects.read(self.store, kind, http.path_params["id"], http.query_params))

    async def _search(self, http: Request) -> Response:
        return answer(search(self.store, self._object(http, "read"), await body_of(http)))

    async def _create(self, http: Request) -> Response:
        return answer(objects.create(self.store, self._object(http, "write"), await body_of(http)), 201)

    async def _change(self, http: Request) -> Response:
        kind = self._object(http, "write")
        return answer(objects.change(self.store, kind, http.path_params["id"], await body_of(http)))

    async def _archive(self, http: Request) -> Response:
        objects.archive(self.store, self._object(http, "write"), http.path_params["id"])
        return answer(None, 204)

    async def _batch(self, http: Request) -> Response:
        action = http.path_params["action"]
        kind = self._object(http, "read" if action == "read" else "write")
        return answer(*objects.batch(self.store, kind, action, await body_of(http)))

    async def _associations(self, http: Request) -> Response:
        kind, other = self._object(http, "read"), type_of(http.path_params["to"])
        return answer(associations.of_one(self.store, kind, http.path_params["id"], other))

    async def _associate(self, http: Request) -> Response:
        kind, other = self._object(http, "write"), type_of(http.path_params["to"])
        ends = http.path_params["id"], other, http.path_params["to_id"]
        return answer(associations.put_default(self.store, kind, *ends))

    async def _batch_associations(self, http: Request) -> Response:
        kind, other = self._object(http, "read"), type_of(http.path_params["to"])
        return answer(*associations.batch_read(self.store, kind, other, await body_of(http)))

    async def _owners(self, http: Request) -> Response:
        self._may("crm.objects.owners.read")
        limit = whole_number(http.query_params.get("limit"), 100, 1, 500, "limit")
        start = whole_number(http.query_params.get("after"), 0, 0, 10**9, "after")
        gone = http.query_params.get("archived") == "true"
        found = [one for one in self.store.owners if one["archived"] == gone]
        if email := http.query_params.get("email"):
            found = [one for one in found if one["email"].lower() == email.lower()]
        made: dict[str, Any] = {"results": found[start : start + limit]}
        if start + limit < len(found):
            made["paging"] = {"next": {"after": str(start + limit)}}
        return answer(made)

    async def _pipelines(self, http: Request) -> Response:
        self._may("crm.schemas.deals.read")
        return answer({"results": list(self.store.pipelines) if type_of(http.path_params["type"]) == "deals" else []})

    async def _properties(self, http: Request) -> Response:
        kind = self._object(http, "read")
        return answer({"results": [one.described() for one in PROPERTIES[kind].values()]})
