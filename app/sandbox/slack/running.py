"""A local workspace inside a running event loop, on a free port: what tests and the demo command start."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from types import TracebackType
from typing import Self

import uvicorn
from fastapi import FastAPI

from app.sandbox.outbox import Outbox
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.server import create_app, server
from app.sandbox.slack.workspace import LocalWorkspace


class LocalSlack:
    """`async with LocalSlack() as slack:` serves a workspace; `slack.api_url` is slack_sdk's base_url."""

    def __init__(self, config: SandboxConfig | None = None, port: int = 0, host: str = "127.0.0.1") -> None:
        self.config = config or SandboxConfig()
        self.app: FastAPI = create_app(self.config)
        self.workspace: LocalWorkspace = self.app.state.workspace
        self.outbox: Outbox = self.app.state.outbox
        self._host, self._port = host, port
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        """What `AsyncWebClient(base_url=…)` takes."""
        return f"{self.url}/api/"

    async def __aenter__(self) -> Self:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, self._port))
        self._port = listener.getsockname()[1]
        running = server(self.app, self._host, self._port)
        # The host's own signal handling stays in place.
        running.capture_signals = _no_signals
        self._server = running
        self._task = asyncio.create_task(running.serve(sockets=[listener]))
        while not running.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self.workspace.socket_mode.close_all()
            await self._task


@contextlib.contextmanager
def _no_signals() -> Generator[None, None, None]:
    yield
