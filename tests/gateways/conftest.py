"""Providers over real sockets: llmock speaks OpenAI's and Anthropic's protocols, a scripted server the rest."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from tests.gateways.standins import Providers


@pytest.fixture
def llm() -> Iterator[LLMock]:
    """A server of its own for each test: SDK connection pools belong to one event loop and one address."""
    with LLMockServer() as server:
        yield LLMock(server)


@pytest.fixture
async def providers(llm: LLMock) -> AsyncIterator[Providers]:
    made = Providers(openai=llm.base_url("openai"), anthropic=llm.base_url("anthropic"))
    yield made
    for models in made.made:
        await models.aclose()


class Wire:
    """A server that answers every request with the bytes it was given, then closes the connection."""

    def __init__(self) -> None:
        self.url = ""
        self.requests = 0
        self.answer = b""
        self.hang = False
        self.hung_up = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        await reader.readexactly(length)
        self.requests += 1
        if self.hang:
            await reader.read()
            self.hung_up.set()
        writer.write(self.answer)
        await writer.drain()
        writer.close()

    def says(self, body: str, *, content_type: str = "text/event-stream") -> None:
        """A 200 whose body ends with the connection."""
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n"
        self.answer = (head + body).encode()


@asynccontextmanager
async def _wire() -> AsyncIterator[Wire]:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with _wire() as made:
        yield made


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[str]:
    """The address of a Redis of the caller's own; skips the test where none is installed."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if b"eady to accept" in line:
            break
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    await process.wait()


@pytest.fixture
async def redis_address(tmp_path: Path) -> AsyncIterator[str]:
    async with redis_server(tmp_path) as address:
        yield address
