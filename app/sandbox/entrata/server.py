"""The HTTP side of the stand-in: `POST /ext/orgs/{org}/v1/{resource}` and, for tests, `POST /_faults`."""

from __future__ import annotations

import asyncio
import hmac
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.sandbox.entrata.faults import Fault, Faults
from app.sandbox.entrata.method import Method
from app.sandbox.entrata.methods import METHODS
from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import Paging, Refused, Request, checked

LARGEST_PAGE = 500


@dataclass
class EntrataServer:
    """One organization's API over a store. `asgi` is the application."""

    store: EntrataStore
    org: str
    api_key: str
    faults: Faults = field(default_factory=Faults)
    calls: list[str] = field(default_factory=list[str])  # method names in the order in which they came
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def asgi(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/ext/orgs/{org}/v1/{resource}", self._call, methods=["POST"]),
                Route("/_faults", self._set_fault, methods=["POST"]),
            ]
        )

    async def _set_fault(self, http: HttpRequest) -> Response:
        asked = await http.json()
        self.faults.add(
            asked["method"], asked["kind"], times=asked.get("times", 1), retry_after=asked.get("retry_after", "")
        )
        return JSONResponse({"waiting": len(self.faults.waiting)})

    async def _call(self, http: HttpRequest) -> Response:
        key = http.headers.get("X-Api-Key", "")
        if not hmac.compare_digest(key.encode(), self.api_key.encode()):
            return _json({"response": {"error": {"code": 401, "message": "Invalid API key."}}}, 401)
        if http.path_params["org"] != self.org:
            return _json(
                {"response": {"error": {"code": 403, "message": "The key has no access to this client."}}}, 403
            )
        request_id = ""
        try:
            envelope = _envelope(await http.body())
            request_id = str(envelope.get("requestId", ""))
            name, method = _method(envelope, http.path_params["resource"])
            self.calls.append(name)
            fault = self.faults.take(name)
            early = await _early(fault)
            if early is not None:
                return early
            params = checked(envelope["method"].get("params"), method.params)
            request = Request(params, _paging(http, method))
            # In a thread: making a community takes a moment, and the demo's page may live in the same process.
            async with self._writing if name.startswith(("send", "update")) else nullcontext():
                answer = await asyncio.to_thread(self._answer, method, request, http, request_id)
        except Refused as refused:
            error = {"code": refused.code, "message": refused.message}
            return _json({"response": {"requestId": request_id, "error": error}})
        return _late(fault, answer)

    def _answer(self, method: Method, request: Request, http: HttpRequest, request_id: str) -> Response:
        made = method.handler(self.store, request)
        body: dict[str, Any] = {"requestId": request_id}
        if method.code is not None:
            body["code"] = method.code
        body["result"] = made.result
        headers: dict[str, str] = {"X-RateLimit-Limit-Minute": "600", "X-RateLimit-Remaining-Minute": "599"}
        paging = request.paging
        if paging.links and paging.size and paging.number * paging.size < made.total:
            following = http.url.include_query_params(page_no=paging.number + 1, per_page=paging.size)
            last = http.url.include_query_params(page_no=-(-made.total // paging.size), per_page=paging.size)
            headers["Link"] = f'<{following}>; rel="next", <{last}>; rel="last"'
        return _json({"response": body} if method.wrapped else body, headers=headers)


def _envelope(raw: bytes) -> dict[str, Any]:
    try:
        envelope = orjson.loads(raw)
    except ValueError:
        raise Refused(100, "Request is not valid JSON.") from None
    if not isinstance(envelope, dict) or not isinstance(envelope.get("method"), dict):
        raise Refused(101, "Request has no method.")
    if envelope.get("auth") != {"type": "apikey"}:
        raise Refused(102, "Authentication type must be apikey.")
    return envelope


def _method(envelope: dict[str, Any], resource: str) -> tuple[str, Method]:
    name = str(envelope["method"].get("name", ""))
    method = METHODS.get(name)
    if method is None or method.resource != resource:
        raise Refused(103, f"Method {name} is not available for {resource}.")
    if envelope["method"].get("version", method.versions[0]) not in method.versions:
        raise Refused(108, f"Version is not available for {name}.")
    return name, method


def _paging(http: HttpRequest, method: Method) -> Paging:
    query = http.query_params
    if not method.pages or "per_page" not in query:
        return Paging()
    number, size = query.get("page_no", "1"), query["per_page"]
    if not number.isdecimal() or not size.isdecimal() or int(number) < 1 or not 1 <= int(size) <= LARGEST_PAGE:
        raise Refused(109, "page_no or per_page is not valid.")
    return Paging(int(number), int(size), http.headers.get("X-Send-Pagination-Links") == "1")


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


async def _early(fault: Fault | None) -> Response | None:
    """What happens instead of the work."""
    if fault is None:
        return None
    kind, _, value = fault.kind.partition(":")
    if kind == "delay":
        await asyncio.sleep(float(value))
    if kind == "status":
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        return _json({"message": "failed on demand"}, int(value), headers)
    if kind == "wrong_type":
        return Response("<html><body>Maintenance</body></html>", media_type="text/html")
    if kind == "error":
        return _json({"response": {"error": {"code": 500, "message": "Internal error."}}})
    return None


def _late(fault: Fault | None, answer: Response) -> Response:
    """What happens to the answer after the work."""
    if fault is None or fault.kind not in ("drop_answer", "cut_answer"):
        return answer
    body = bytes(answer.body)
    return _Broken(body[: len(body) // 2] if fault.kind == "cut_answer" else b"", len(body) + 1)


class _Broken(Response):
    """Promises more bytes than it sends: the server breaks the connection."""

    def __init__(self, sent: bytes, promised: int) -> None:
        super().__init__(b"")
        self._sent, self._promised = sent, promised

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(self._promised).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._sent, "more_body": False})
