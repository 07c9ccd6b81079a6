"""A stand-in for Replicate over a socket, as strict as the real one: it refuses what Replicate refuses.

https://replicate.com/docs/reference/http · https://replicate.com/docs/reference/streaming
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "r8_own"
MODEL = "meta/meta-llama-3-70b-instruct"
VERSION = "5c7854e8"
KNOWN_INPUTS = {"prompt", "system_prompt", "max_tokens", "stop_sequences", "temperature"}
TEXT = ("All ", "is\nwell ", "at Maple Grove.")


def sse(event: str, data: str) -> str:
    return f"event: {event}\nid: 1:0\n" + "".join(f"data: {line}\n" for line in data.split("\n")) + "\n"


WHOLE = "".join(sse("output", text) for text in TEXT) + sse("done", "{}")


@dataclass
class Replicate:
    """Predictions of one model. `stream` is what its event stream sends; None: this model cannot stream. `then`: what
    follows ("close", "hang"). `fails`: status and body of every creation."""

    url: str = ""
    stream: str | None = WHOLE
    then: str = "close"
    fails: tuple[int, dict[str, Any], dict[str, str]] | None = None
    ends_as: str = "succeeded"
    error: str | None = None
    metrics: dict[str, Any] = field(default_factory=lambda: {"input_token_count": 12, "output_token_count": 7})
    stream_url: str = ""
    created: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    paths: list[str] = field(default_factory=list[str])
    cancelled: list[str] = field(default_factory=list[str])
    cancelling: asyncio.Event = field(default_factory=asyncio.Event)
    looked: int = 0

    def app(self) -> web.Application:
        made = web.Application()
        made.router.add_post("/v1/models/{owner}/{name}/predictions", self._create)
        made.router.add_post("/v1/predictions", self._create)
        made.router.add_get("/v1/predictions/{id}", self._get)
        made.router.add_post("/v1/predictions/{id}/cancel", self._cancel)
        made.router.add_get("/v1/stream/{id}", self._stream)
        return made

    async def _create(self, request: web.Request) -> web.Response:
        if refused := self._unauthorised(request):
            return refused
        self.paths.append(request.path)
        if self.fails:
            status, body, headers = self.fails
            return web.json_response(body, status=status, headers=headers)
        body = await request.json()
        if "owner" in request.match_info and "/".join(request.match_info.values()) != MODEL:
            return _problem(404, "The requested resource could not be found.")
        if "owner" not in request.match_info and body.get("version") != VERSION:
            return _problem(422, "Invalid version or not permitted")
        given = body.get("input")
        if not isinstance(given, dict) or not isinstance(given.get("prompt"), str) or set(given) - KNOWN_INPUTS:
            return _problem(422, "- input: Additional property is not allowed")
        if not isinstance(body.get("stream", False), bool) or set(body) - {"input", "stream", "version", "webhook"}:
            return _problem(422, "- stream: Invalid type")
        self.created.append(body)
        return web.json_response(self._prediction("starting", None), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        if refused := self._unauthorised(request):
            return refused
        if request.match_info["id"] != "p1":
            return _problem(404, "The requested resource could not be found.")
        self.looked += 1
        if self.stream is None and self.looked < len(TEXT):
            return web.json_response(self._prediction("processing", list(TEXT[: self.looked])))
        return web.json_response(self._prediction(self.ends_as, list(TEXT)))

    async def _cancel(self, request: web.Request) -> web.Response:
        if refused := self._unauthorised(request):
            return refused
        self.cancelled.append(request.match_info["id"])
        self.cancelling.set()
        return web.json_response(self._prediction("canceled", None))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if refused := self._unauthorised(request):
            return refused
        if request.headers.get("Accept") != "text/event-stream":
            return _problem(406, "not an event stream")
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write((self.stream or "").encode())
        if self.then == "hang":
            await self.cancelling.wait()
        if self.then == "reset" and request.transport is not None:
            request.transport.abort()
        return answer

    def _prediction(self, status: str, output: list[str] | None) -> dict[str, Any]:
        urls = {"get": f"{self.url}/predictions/p1", "cancel": f"{self.url}/predictions/p1/cancel"}
        if self.stream is not None:
            urls["stream"] = self.stream_url or f"{self.url}/stream/p1"
        return {
            "id": "p1",
            "model": MODEL,
            "status": status,
            "output": output,
            "error": self.error,
            "urls": urls,
            "metrics": self.metrics if status == "succeeded" else {},
        }

    def _unauthorised(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return _problem(401, "You did not pass a valid authentication token")


def _problem(status: int, detail: str) -> web.Response:
    return web.json_response({"detail": detail, "status": status}, status=status)


@asynccontextmanager
async def running() -> AsyncIterator[Replicate]:
    made = Replicate()
    runner = web.AppRunner(made.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield made
    finally:
        made.cancelling.set()
        await runner.cleanup()


def error(detail: str) -> str:
    return sse("error", json.dumps({"detail": detail}))
