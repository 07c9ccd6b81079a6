"""Slack's Web API over a real socket, with every request kept and checked against Slack's own schemas; a test scripts
failures method by method. For what the local workspace cannot do: go away, answer late, refuse."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.channels.slack_schemas import check, check_blocks

SCHEMAS = {
    "chat.postMessage",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "agents.sessions.setStatus",
    "assistant.threads.setStatus",
}
STRUCTURES = ("blocks", "chunks", "metadata")
FLAGS = ("unfurl_links", "unfurl_media")


class SlackStub:
    """`failures["chat.postMessage"]` is a list of what the next calls get: an error code, ("lost", 200) for a call
    that takes effect but whose answer is lost, an HTTP status, or ("ratelimited", seconds)."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failures: dict[str, list[Any]] = defaultdict(list)
        self.messages: dict[str, dict[str, Any]] = {}
        self.arrived = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.client = AsyncWebClient()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/api/{method}", self._call)
        app.router.add_get("/api/{method}", self._call)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.client = AsyncWebClient(token="xoxb-x", base_url=f"http://127.0.0.1:{port}/api/", retry_handlers=[])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def named(self, method: str) -> list[dict[str, Any]]:
        """The arguments of every call of one method."""
        return [arguments for name, arguments in self.calls if name == method]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await self._arguments(request)
        self.calls.append((method, arguments))
        self.arrived.set()
        self._check(method, arguments)
        failure = self.failures[method].pop(0) if self.failures[method] else None
        if isinstance(failure, int):
            return web.Response(status=failure, text="upstream trouble")
        if isinstance(failure, str):
            return web.json_response({"ok": False, "error": failure})
        if isinstance(failure, tuple) and failure[0] == "ratelimited":
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": str(failure[1])})
        answer = self._effect(method, arguments)
        if failure is not None and request.transport is not None:
            request.transport.close()
        return web.json_response({"ok": True, **answer})

    async def _arguments(self, request: web.Request) -> dict[str, Any]:
        text = await request.text()
        fields = json.loads(text) if text.startswith("{") else dict(parse_qsl(text) or request.query.items())
        for name in STRUCTURES:
            if isinstance(fields.get(name), str):
                fields[name] = json.loads(fields[name])
        for name in FLAGS:
            if fields.get(name) in ("0", "1"):
                fields[name] = fields[name] == "1"
        return fields

    def _check(self, method: str, arguments: dict[str, Any]) -> None:
        blocks = arguments.get("blocks") or []
        check_blocks(self._shared, blocks)
        if method in SCHEMAS and not any(block["type"] == "data_visualization" for block in blocks):
            check(self._shared, f"requests/{method}.json", arguments)

    def _effect(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "chat.postMessage" | "chat.startStream":
                ts = f"1700000000.{len(self.messages) + 1:06d}"
                self.messages[ts] = {"ts": ts, "user": "UBOT", "bot_id": "B1", **_content(arguments)}
                return {"ts": ts, "channel": arguments["channel"]}
            case "chat.appendStream" | "chat.stopStream":
                self._append(self.messages[arguments["ts"]], arguments)
                return {"ts": arguments["ts"]}
            case "chat.update":
                self.messages[arguments["ts"]].update({"streamed": "", "metadata": None} | _content(arguments))
                return {"ts": arguments["ts"]}
            case "conversations.replies":  # oldest first, page by page
                first, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 1000)
                found = list(self.messages.values())
                more = str(first + limit) if first + limit < len(found) else ""
                return {"messages": found[first : first + limit], "response_metadata": {"next_cursor": more}}
            case "conversations.history":
                return {"messages": list(self.messages.values())}
            case _:
                return {}

    @staticmethod
    def _append(message: dict[str, Any], arguments: dict[str, Any]) -> None:
        message["streamed"] += _content(arguments)["streamed"]
        message["blocks"] = [*message["blocks"], *(arguments.get("blocks") or [])]
        message["metadata"] = arguments.get("metadata") or message["metadata"]


def _content(arguments: dict[str, Any]) -> dict[str, Any]:
    streamed = "".join(chunk.get("text", "") for chunk in arguments.get("chunks") or [])
    return {
        "text": arguments.get("text", ""),
        "blocks": arguments.get("blocks") or [],
        "metadata": arguments.get("metadata"),
        "streamed": streamed,
    }
