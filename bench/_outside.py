"""What stands outside a measured Sophia, in a process of its own: Slack's Web API as far as a turn calls it, and a
model that speaks OpenAI's streaming protocol, waits before each message, calls one tool and says what the tool said.

https://docs.slack.dev/apis/web-api · https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from typing import Any

from aiohttp import web

BOT = {"ok": True, "user_id": "U0SOPHIA", "bot_id": "B0SOPHIA", "team": "Bench", "url": "http://127.0.0.1/"}
ENDS = ("chat.stopStream", "chat.postMessage", "chat.update")
TOOL, ARGUMENTS = "get_occupancy", {"property": "Maple Grove"}


class Outside:
    """Slack and the model. `ended` resolves when the whole answer of a channel's turn has arrived at Slack."""

    def __init__(self, workspace_id: str, model_seconds: float) -> None:
        self._workspace_id = workspace_id
        self._model_seconds = model_seconds
        self._ended: dict[str, asyncio.Future[float]] = {}
        self._stamps = itertools.count(1)
        self.calls: Counter[str] = Counter()

    def app(self) -> web.Application:
        made = web.Application(client_max_size=10_000_000)
        made.router.add_post("/api/{method}", self._slack)
        made.router.add_post("/v1/chat/completions", self._model)
        return made

    def expect(self, channel: str) -> asyncio.Future[float]:
        """The moment (perf_counter) at which the answer of this channel was whole."""
        self._ended[channel] = asyncio.get_running_loop().create_future()
        return self._ended[channel]

    async def _slack(self, request: web.Request) -> web.Response:
        now, method = time.perf_counter(), request.match_info["method"]
        self.calls[method] += 1
        if method == "auth.test":
            return web.json_response({**BOT, "team_id": self._workspace_id})
        said = await _body(request)
        channel = str(said.get("channel") or said.get("channel_id") or "")
        if method in ENDS and said.get("session_status") != "processing":
            waiting = self._ended.get(channel)
            if waiting is not None and not waiting.done():
                waiting.set_result(now)
        return web.json_response({"ok": True, "channel": channel, "ts": f"1800000000.{next(self._stamps):06d}"})

    async def _model(self, request: web.Request) -> web.StreamResponse:
        self.calls["model"] += 1
        asked = await request.json()
        await asyncio.sleep(self._model_seconds)
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        last = asked["messages"][-1]
        deltas = _words(last) if last["role"] == "tool" else _call()
        finish = "stop" if last["role"] == "tool" else "tool_calls"
        events = [_event({"delta": delta, "finish_reason": None}) for delta in deltas]
        events.append(_event({"delta": {}, "finish_reason": finish}))
        events.append(_event(None))
        await answer.write(b"".join(events) + b"data: [DONE]\n\n")
        await answer.write_eof()
        return answer


def _call() -> list[dict[str, Any]]:
    function = {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}
    return [{"role": "assistant", "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": function}]}]


def _words(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The tool's own sentence, a few words at a time as providers send them."""
    words = str(json.loads(told["content"])["text"]).split(" ")
    return [{"role": "assistant", "content": " ".join(words[at : at + 4]) + " "} for at in range(0, len(words), 4)]


def _event(choice: dict[str, Any] | None) -> bytes:
    chunk: dict[str, Any] = {
        "id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1, "model": "bench",
        "choices": [] if choice is None else [{"index": 0, **choice}],
    }  # fmt: skip
    if choice is None:
        chunk["usage"] = {"prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return dict(await request.post())
