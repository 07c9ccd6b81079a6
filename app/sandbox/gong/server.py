"""The HTTP side of the stand-in: calls, users and workspaces of Gong's API v2, and the page a call's `url` opens."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.accounts import GONG_ACCESS_KEY, GONG_ACCESS_SECRET
from app.sandbox.gong import answers
from app.sandbox.gong.limits import Cursors, Limits
from app.sandbox.gong.page import call_page
from app.sandbox.gong.store import WORKSPACE_ID, GongStore, Recording
from app.sandbox.gong.wire import (
    CALL_FILTER,
    NO_CALLS,
    CallFilter,
    Refused,
    checked_body,
    checked_filter,
    checked_selector,
)

T = TypeVar("T")
PAGE = 100
Handler = Callable[[Request], Awaitable[dict[str, Any]]]


@dataclass
class GongServer:
    """One company's API over a store. `asgi` is the application. `calls` are the paths asked for, in order;
    `refused` counts the requests that were too many."""

    store: GongStore
    key: str = GONG_ACCESS_KEY
    secret: str = GONG_ACCESS_SECRET
    page_size: int = PAGE
    limits: Limits = field(default_factory=lambda: Limits(time.monotonic))
    cursors: Cursors = field(default_factory=lambda: Cursors(time.monotonic))
    calls: list[str] = field(default_factory=list[str])
    refused: int = 0
    _requests: count[int] = field(default_factory=lambda: count(1))

    def asgi(self) -> Starlette:
        routes: dict[tuple[str, str], Handler] = {
            ("GET", "/v2/calls"): self._light,
            ("POST", "/v2/calls/extensive"): self._extensive,
            ("POST", "/v2/calls/transcript"): self._transcripts,
            ("GET", "/v2/calls/{id}"): self._one,
            ("GET", "/v2/users"): self._users,
            ("GET", "/v2/workspaces"): self._workspaces,
        }
        api = [Route(path, self._guarded(handler), methods=[method]) for (method, path), handler in routes.items()]
        return Starlette(routes=[*api, Route("/call", self._page)])

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            request_id = f"4al0{next(self._requests):012d}"
            try:
                self._known(request)
                self.limits.take()
                self.calls.append(request.scope["path"].removeprefix(request.scope.get("root_path", "")))
                # In a thread: making the portfolio takes a moment, and the demo's page may live in the same process.
                await asyncio.to_thread(lambda: self.store.recordings)
                return _json(200, {"requestId": request_id, **await handler(request)})
            except Refused as refused:
                self.refused += refused.status == 429
                headers = {"Retry-After": str(refused.wait)} if refused.wait else None
                return _json(refused.status, {"requestId": request_id, "errors": [refused.text]}, headers)

        return endpoint

    def _known(self, request: Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            login = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            login = b""
        if scheme != "Basic" or not hmac.compare_digest(login, f"{self.key}:{self.secret}".encode()):
            raise Refused(401, "Invalid access key or access key secret")

    async def _light(self, request: Request) -> dict[str, Any]:
        query = _query(request, {"fromDateTime", "toDateTime", "workspaceId", "cursor"})
        for name in ("fromDateTime", "toDateTime"):
            if name not in query:
                raise Refused(400, f"{name} is required")
        cursor = query.pop("cursor", "")
        found = self._found(checked_filter(query, CALL_FILTER))
        page, records = self._paged(found, repr(("calls", sorted(query.items()))), cursor)
        return {"records": records, "calls": [answers.basic(call, self.store) for call in page]}

    async def _one(self, request: Request) -> dict[str, Any]:
        call = self.store.recordings.get(request.path_params["id"])
        if call is None:
            raise Refused(404, "Call ID was not found")
        return {"call": answers.basic(call, self.store)}

    async def _extensive(self, request: Request) -> dict[str, Any]:
        body = checked_body(await _body(request), frozenset({"cursor", "filter", "contentSelector"}))
        found = self._found(checked_filter(body["filter"], CALL_FILTER | {"primaryUserIds"}))
        selector = checked_selector(body.get("contentSelector"))
        asked = repr(("extensive", body["filter"], body.get("contentSelector")))
        page, records = self._paged(found, asked, body.get("cursor", ""))
        return {"records": records, "calls": [answers.rich(call, self.store, selector) for call in page]}

    async def _transcripts(self, request: Request) -> dict[str, Any]:
        body = checked_body(await _body(request), frozenset({"cursor", "filter"}))
        found = [call for call in self._found(checked_filter(body["filter"], CALL_FILTER)) if call.said]
        if not found:
            raise Refused(404, NO_CALLS)
        page, records = self._paged(found, repr(("transcript", body["filter"])), body.get("cursor", ""))
        return {"records": records, "callTranscripts": [answers.transcript(call) for call in page]}

    async def _users(self, request: Request) -> dict[str, Any]:
        query = _query(request, {"cursor", "includeAvatars"})
        page, records = self._paged(self.store.users, "users", query.get("cursor", ""))
        return {"records": records, "users": [answers.user(one) for one in page]}

    async def _workspaces(self, request: Request) -> dict[str, Any]:
        _query(request, set())
        return {"workspaces": [{"id": WORKSPACE_ID, "name": "Sales", "description": "All recorded calls"}]}

    async def _page(self, request: Request) -> Response:
        return call_page(self.store.recordings.get(request.query_params.get("id", "")))

    def _found(self, wanted: CallFilter) -> list[Recording]:
        """The calls that fit, oldest first. Raises Refused when there are none, as Gong does."""
        found = [call for call in self.store.recordings.values() if _fits(call, wanted)]
        if not found:
            raise Refused(404, NO_CALLS)
        return sorted(found, key=lambda call: (call.started, call.id))

    def _paged(self, found: Sequence[T], request: str, cursor: str) -> tuple[Sequence[T], dict[str, Any]]:
        """One page and what `records` says of it."""
        offset = self.cursors.place(request, cursor)
        page = found[offset : offset + self.page_size]
        records: dict[str, Any] = {
            "totalRecords": len(found),
            "currentPageSize": len(page),
            "currentPageNumber": offset // self.page_size,
        }
        if offset + len(page) < len(found):
            records["cursor"] = self.cursors.give(request, offset + len(page))
        return page, records


def _fits(call: Recording, wanted: CallFilter) -> bool:
    return (
        (wanted.start is None or call.started >= wanted.start)
        and (wanted.end is None or call.started < wanted.end)
        and wanted.workspace_id in ("", WORKSPACE_ID)
        and (wanted.call_ids is None or call.id in wanted.call_ids)
        and (wanted.host_ids is None or call.host.user_id in wanted.host_ids)
    )


def _query(request: Request, allowed: set[str]) -> dict[str, Any]:
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        raise Refused(400, f"Unrecognized parameter {unknown[0]}")
    return dict(request.query_params)


async def _body(request: Request) -> Any:
    if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise Refused(400, "Content-Type must be application/json")
    try:
        return orjson.loads(await request.body())
    except ValueError:
        raise Refused(400, "Request body is not valid JSON") from None


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
