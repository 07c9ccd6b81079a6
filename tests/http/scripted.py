"""A server on loopback that answers from a script, byte for byte, so that broken answers can be given too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = bytes | None
"""Raw bytes to send before closing; None closes without a byte."""


def answer(status: int, body: bytes = b"{}", *headers: str, length: int | None = None) -> bytes:
    """A raw HTTP/1.1 answer. `length` may lie about the body."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    lines += headers or ["Content-Type: application/json"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Scripted:
    """`script` answers one request each; the last one is repeated. `seen` holds the raw requests."""

    script: list[Answer]
    seen: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def scripted(*script: Answer, on_request: Callable[[bytes], None] | None = None) -> AsyncGenerator[Scripted]:
    server = Scripted(list(script))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        raw = head + await reader.readexactly(length)
        given = server.script[min(len(server.seen), len(server.script) - 1)]
        server.seen.append(raw)
        if on_request is not None:
            on_request(raw)
        if given is not None:
            writer.write(given)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
