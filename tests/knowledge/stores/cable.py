"""A cable between a client and a loopback server that a test can pull out and plug in again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Cable:
    """Forwards connections to `target` (a loopback port) while it is plugged in."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._plugged = True
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    def pull(self) -> None:
        """Every connection breaks, and new ones are hung up on."""
        self._plugged = False
        for writer in self._open:
            writer.transport.abort()

    def plug(self) -> None:
        """New connections go through again."""
        self._plugged = True

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either end closes it."""
        if not self._plugged:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, far_writer}
        self._open |= ends
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
        self._open -= ends


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def cable_to(port: int) -> AsyncGenerator[Cable]:
    """A cable to the server on this loopback port; its own is `cable.port`."""
    cable = Cable(port)
    server = await asyncio.start_server(cable.accept, "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    try:
        yield cable
    finally:
        cable.pull()
        server.close()
