"""The HTTP side of the stand-in: who may ask, how often, and what becomes of a repeated write."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.accounts import AppFolioAccount
from app.sandbox.appfolio.database import LISTS, add_note, change_work_order, create_work_order, listed
from app.sandbox.appfolio.limits import DATABASE, REPORTS, Limits
from app.sandbox.appfolio.reports import REPORTS as ALL_REPORTS
from app.sandbox.appfolio.store import AppFolioStore
from app.sandbox.appfolio.webhooks import Webhooks
from app.sandbox.appfolio.wire import Refused

LINK_LIFE = timedelta(minutes=30)
ROWS_A_PAGE = 5_000


@dataclass(frozen=True)
class _Result:
    """A report that was run: its pages can be fetched for a while."""

    rows: list[dict[str, Any]]
    ends: datetime


@dataclass
class AppFolioServer:
    """Both APIs of one account over a store. `asgi` is the application; `calls` are what was asked, in order."""

    store: AppFolioStore
    account: AppFolioAccount = field(default_factory=AppFolioAccount)
    reports: Limits = field(default_factory=lambda: Limits(REPORTS))
    database: Limits = field(default_factory=lambda: Limits(DATABASE))
    rows_a_page: int = ROWS_A_PAGE
    webhooks: Webhooks = field(init=False)
    calls: list[str] = field(default_factory=list[str])
    _results: dict[str, _Result] = field(default_factory=dict[str, _Result])
    _busy: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self.webhooks = Webhooks(self.store.clock, self.account.database[0])

    def asgi(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/jwks.json", self._keys, methods=["GET"]),
                Route("/api/v2/reports/{name}.json", self._report, methods=["POST"]),
                Route("/api/v2/reports/{name}.json", self._page, methods=["GET"]),
                Route("/api/v0/work_orders", self._create, methods=["POST"]),
                Route("/api/v0/work_orders/{id}", self._change, methods=["PATCH"]),
                Route("/api/v0/work_orders/{id}/notes", self._note, methods=["POST"]),
                Route("/api/v0/{kind}", self._list, methods=["GET"]),
                Route("/{rest:path}", self._nothing, methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
            ]
        )

    async def _nothing(self, http: Request) -> Response:
        return _answer({"status": 404, "error": "Not Found"}, 404)

    async def _keys(self, http: Request) -> Response:
        self.calls.append("keys")
        return _answer(self.webhooks.published, 200)

    async def _report(self, http: Request) -> Response:
        async def run() -> Any:
            self._reporting(http)
            self.reports.take()
            name = http.path_params["name"]
            self.calls.append(name)
            report = ALL_REPORTS.get(name)
            if report is None:
                raise Refused(404, "Not Found")
            filters = report.checked(_json(await http.body()))
            # In a thread: making a community takes a moment, and the demo's page may live in the same process.
            rows = await asyncio.to_thread(report.rows, self.store, filters)
            if filters.get("paginate_results") is False:
                return rows
            key = str(uuid4())
            self._results[key] = _Result(rows, self.store.clock.now() + LINK_LIFE)
            return self._paged(http, key, 1)

        return await _answered(run)

    async def _page(self, http: Request) -> Response:
        async def fetch() -> Any:
            self._reporting(http)
            self.calls.append(f"{http.path_params['name']} page")
            page = http.query_params.get("page", "")
            return self._paged(http, http.query_params.get("metadata_id", ""), int(page) if page.isdecimal() else 0)

        return await _answered(fetch)

    def _paged(self, http: Request, key: str, page: int) -> dict[str, Any]:
        found = self._results.get(key)
        if found is None or found.ends < self.store.clock.now() or page < 1:
            raise Refused(404, "The report's link has expired")
        shown = found.rows[(page - 1) * self.rows_a_page : page * self.rows_a_page]
        more = page * self.rows_a_page < len(found.rows)
        link = f"{http.url.scheme}://{http.url.netloc}{http.url.path}?metadata_id={key}&page={page + 1}"
        return {"results": shown, "next_page_url": link if more else None}

    async def _list(self, http: Request) -> Response:
        async def fetch() -> Any:
            self._asking(http)
            kind = http.path_params["kind"]
            self.calls.append(kind)
            if kind not in LISTS:
                raise Refused(404, "Not Found")
            return await asyncio.to_thread(listed, self.store, kind, dict(http.query_params))

        return await _answered(fetch)

    async def _create(self, http: Request) -> Response:
        return await self._once(http, "create_work_order", lambda body: create_work_order(self.store, body))

    async def _note(self, http: Request) -> Response:
        return await self._once(http, "add_note", lambda body: add_note(self.store, http.path_params["id"], body))

    async def _change(self, http: Request) -> Response:
        """A PATCH takes no idempotency key; while one is under way, another one of the same record fails."""

        async def change() -> Any:
            self._asking(http)
            self.calls.append("change_work_order")
            key = f"patch {http.path_params['id']}"
            if key in self._busy:
                raise Refused(409, "The record is being changed", after=2)
            self._busy.add(key)
            try:
                body = _object(await http.body())
                made = await asyncio.to_thread(change_work_order, self.store, http.path_params["id"], body)
                self.webhooks.heard("work_order_updates", http.path_params["id"])
                return made
            finally:
                self._busy.discard(key)

        return self._telling(await _answered(change))

    def _telling(self, answer: Response) -> Response:
        """The answer; once it is sent, those who want to know are told."""
        if self.webhooks.waiting:
            answer.background = BackgroundTask(self.webhooks.deliver)
        return answer

    async def _once(self, http: Request, name: str, work: Callable[[dict[str, Any]], Any]) -> Response:
        """A write under its Idempotency-Key: the same again is the same answer, another body is refused."""
        replayed = False

        async def write() -> Any:
            nonlocal replayed
            self._asking(http)
            raw = await http.body()
            key = http.headers.get("Idempotency-Key")
            if key is None:
                self.calls.append(name)
                return await asyncio.to_thread(work, _object(raw))
            if not (1 <= len(key) <= 256 and key.isascii() and key.isprintable()):
                raise Refused(400, "Idempotency-Key must be 1 to 256 printable ASCII characters")
            fingerprint = hashlib.sha256(f"{http.method} {http.url.path}\n".encode() + raw).hexdigest()
            known = self.store.answered(key)
            if known is not None and known[0] != fingerprint:
                raise Refused(422, "Idempotency-Key was used with another body")
            if known is not None:
                replayed = True
                return orjson.loads(known[1])
            if key in self._busy:
                raise Refused(409, "A request with this Idempotency-Key is in flight", after=2)
            self._busy.add(key)
            try:
                self.calls.append(name)
                made = await asyncio.to_thread(work, _object(raw))
                self.store.remember(key, fingerprint, orjson.dumps(made))
                self.webhooks.heard("work_order_updates", http.path_params.get("id") or made["Id"])
            finally:
                self._busy.discard(key)
            return made

        answer = await _answered(write)
        if replayed:
            answer.headers["Idempotent-Replayed"] = "true"
        return self._telling(answer)

    def _reporting(self, http: Request) -> None:
        if not _is(http, self.account.reports):
            raise Refused(401, "Bad credentials")

    def _asking(self, http: Request) -> None:
        """Raises Refused when the caller is not the account's developer, or asks too often."""
        if "X-AppFolio-Developer-ID" not in http.headers:
            raise Refused(400, "Required header missing: X-AppFolio-Developer-ID")
        if not _is(http, self.account.database):
            raise Refused(401, "Invalid credential", code="701")
        if http.headers["X-AppFolio-Developer-ID"] != self.account.developer_id:
            raise Refused(403, "The developer has no access to this account")
        self.database.take()


def _is(http: Request, account: tuple[str, str]) -> bool:
    expected = "Basic " + base64.b64encode(":".join(account).encode()).decode()
    return hmac.compare_digest(http.headers.get("Authorization", "").encode(), expected.encode())


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw or b"{}")
    except ValueError:
        raise Refused(400, "The body is not JSON") from None


def _object(raw: bytes) -> dict[str, Any]:
    body = _json(raw)
    if not isinstance(body, dict):
        raise Refused(400, "The body must be an object")
    return body


async def _answered(work: Callable[[], Any]) -> Response:
    try:
        return _answer(await work(), 200)
    except Refused as refused:
        headers = {"Retry-After": str(refused.after)} if refused.after is not None else {}
        return _answer({"code": refused.code, "message": refused.message}, refused.status, headers)


def _answer(body: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    made = {"X-Request-Id": str(uuid4()), **(headers or {})}
    return Response(orjson.dumps(body), status, made, media_type="application/json")
