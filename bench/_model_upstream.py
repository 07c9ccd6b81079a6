"""A model's endpoint in a process of its own, for comparing gateways: OpenAI's chat protocol, streamed and whole, fast
enough never to be what is measured, and broken on demand.

Every first step of a path (`/primary/v1/…`) is an endpoint of its own, which behaves as it was last told:
`POST /set/<endpoint>/<behaviour>`, with one of

    ok            the whole answer              status-503      an error status (`status-429-30` with Retry-After)
    page          a 200 with a page of HTML     error           a 200 whose body is an error
    hang          nothing, ever                 cut-<n>         the connection ends after n characters
    end-<n>       a proper end after n characters, without a finish reason
    mid-<n>       an error in the stream after n characters

`GET /counts` gives the requests of each endpoint. https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any, ClassVar

TEXT = (
    "Maple Grove has 118 of 124 units occupied, which is 95.2 %. Six are vacant: three are being turned, two are ready "
    "to show, and one has a signed lease that begins on Friday."
)
PIECE = 6  # characters in an event
USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 40,
    "total_tokens": 1040,
    "prompt_tokens_details": {"cached_tokens": 800},
    "cost": 0.000114,  # dollars: 200 × 0.15 + 800 × 0.075 + 40 × 0.60, per million
}
MODEL = "gpt-4o-mini"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
ERROR = {"error": {"message": "overloaded", "type": "server_error", "code": "server_error"}}


def framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(body: dict[str, Any] | str) -> bytes:
    return framed(f"data: {body if isinstance(body, str) else json.dumps(body)}\n\n".encode())


def delta(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return event({**_envelope("chat.completion.chunk"), "choices": [choice]})


def spoken(text: str) -> list[bytes]:
    """The events that carry `text`."""
    return [delta(text[at : at + PIECE]) for at in range(0, len(text), PIECE)]


def plain(status: int, body: bytes, kind: str = "application/json", more: str = "") -> bytes:
    return f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{more}content-length: {len(body)}\r\n\r\n".encode() + body


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": MODEL}


FIRST = HEAD + event(
    {
        **_envelope("chat.completion.chunk"),
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}],
    }
)
LAST = (
    delta("", "stop")
    + event({**_envelope("chat.completion.chunk"), "choices": [], "usage": USAGE})
    + event("[DONE]")
    + b"0\r\n\r\n"
)
ANSWER = b"".join(spoken(TEXT)[1:]) + LAST


class Upstream(asyncio.Protocol):
    """One connection. What is told and counted belongs to all of them."""

    told: ClassVar[dict[str, str]] = {}
    counts: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self._buffer = b""
        self._out: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = transport  # pyright: ignore[reportAttributeAccessIssue] - uvloop's is no asyncio.Transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            marker = head.lower().find(b"content-length:")
            length = int(head[marker + 15 :].split(b"\r\n", 1)[0]) if marker >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            self._answer(head.split(b" ", 2)[1].decode().strip("/").split("/"), body)

    def _answer(self, path: list[str], body: bytes) -> None:
        assert self._out is not None
        match path:
            case ["set", endpoint, behaviour]:
                self.told[endpoint] = behaviour
                self._out.write(plain(200, b"{}"))
            case ["counts"]:
                self._out.write(plain(200, json.dumps(self.counts).encode()))
            case [endpoint, *_] if path[-2:] == ["chat", "completions"]:
                self.counts[endpoint] += 1
                self._chat(self.told.get(endpoint, "ok").split("-"), json.loads(body))
            case _:
                self._out.write(plain(404, b"{}"))

    def _chat(self, behaviour: list[str], asked: dict[str, Any]) -> None:
        out = self._out
        assert out is not None
        streams, text = asked.get("stream", False), _left_to_say(asked["messages"])
        match behaviour:
            case ["ok"] if streams and text == TEXT:
                out.write(FIRST + delta(TEXT[:PIECE]))
                out.write(ANSWER)
            case ["ok"] if streams:
                out.write(FIRST + b"".join(spoken(text)) + LAST)
            case ["ok"]:
                message = {"role": "assistant", "content": text}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                whole = {**_envelope("chat.completion"), "choices": [choice], "usage": USAGE}
                out.write(plain(200, json.dumps(whole).encode()))
            case ["status", status, *after]:
                more = f"retry-after: {after[0]}\r\n" if after else ""
                out.write(plain(int(status), json.dumps(ERROR).encode(), more=more))
            case ["page"]:
                out.write(plain(200, b"<html>Bad gateway</html>", "text/html"))
            case ["error"] if streams:
                out.write(HEAD + event(ERROR) + b"0\r\n\r\n")
            case ["error"]:
                out.write(plain(200, json.dumps(ERROR).encode()))
            case ["cut", size]:
                out.write(FIRST + b"".join(spoken(text[: int(size)])))
                out.close()
            case ["end", size]:
                out.write(FIRST + b"".join(spoken(text[: int(size)])) + event("[DONE]") + b"0\r\n\r\n")
            case ["mid", size]:
                out.write(FIRST + b"".join(spoken(text[: int(size)])) + event(ERROR) + b"0\r\n\r\n")
            case _:  # hang
                pass


def _left_to_say(messages: list[dict[str, Any]]) -> str:
    """The whole answer, or what is missing of it for one who was asked to go on after the assistant's last words."""
    said = next((one["content"] for one in reversed(messages[1:]) if one["role"] == "assistant"), "")
    return TEXT[len(said) :] if isinstance(said, str) and TEXT.startswith(said) else TEXT


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> int:
    import uvloop

    uvloop.run(serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
