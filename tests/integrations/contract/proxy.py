"""A proxy on loopback in front of a stand-in that breaks chosen exchanges: instead of the work, or after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.http.scripted import Answer

Fault = Callable[[bytes], Answer] | bytes | None
"""Raw bytes (None: nothing) to answer with while the stand-in is not asked, or what becomes of its raw answer."""


def dropped(whole: bytes) -> Answer:
    """The stand-in does the work; its answer is lost."""
    return None


def cut(whole: bytes) -> Answer:
    """The answer breaks off in the middle of its body."""
    head, _, body = whole.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) // 2]


def rewritten(change: Callable[[Any], Any]) -> Callable[[bytes], Answer]:
    """The JSON body is what `change` returns for it."""

    def fault(whole: bytes) -> Answer:
        head, _, body = whole.partition(b"\r\n\r\n")
        made = orjson.dumps(change(orjson.loads(body)))
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        return b"\r\n".join([*kept, b"Content-Length: %d" % len(made), b"", b""]) + made

    return fault


@dataclass
class FaultProxy:
    """`faults` happen to the requests that hold `target`, one each; the last one stays when `lasting`. `seen` are
    those requests; `slips` are mistakes of the faults themselves, which must not pass for the vendor's."""

    upstream: str
    target: bytes
    faults: list[Fault] = field(default_factory=list[Fault])
    lasting: bool = False
    seen: list[bytes] = field(default_factory=list[bytes])
    slips: list[Exception] = field(default_factory=list[Exception])
    url: str = ""

    async def exchange(self, raw: bytes) -> Answer:
        if self.target not in raw:
            return await self._forwarded(raw)
        self.seen.append(raw)
        if not self.faults:
            return await self._forwarded(raw)
        fault = self.faults[0] if self.lasting and len(self.faults) == 1 else self.faults.pop(0)
        if not callable(fault):
            return fault
        try:
            return fault(await self._forwarded(raw))
        except Exception as slip:
            self.slips.append(slip)
            raise

    async def _forwarded(self, raw: bytes) -> bytes:
        """The stand-in's whole answer; it is asked to close, uncompressed, so that the answer ends where it ends."""
        head, _, body = raw.partition(b"\r\n\r\n")
        left_out = (b"connection:", b"accept-encoding:")
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(left_out)]
        port = urlsplit(self.upstream).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\r\n".join([*kept, b"Connection: close", b"", b""]) + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def proxied(upstream: str, target: bytes) -> AsyncGenerator[FaultProxy]:
    proxy = FaultProxy(upstream, target)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        body = await reader.readexactly(int(lengths[0].partition(b":")[2])) if lengths else b""
        given = await proxy.exchange(head + body)
        if given is not None:
            writer.write(given)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield proxy
