"""Gong's connector against its stand-in, over a real socket, with the demo portfolio's calls."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import uvicorn

from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.base import Connector
from app.integrations.gong import CONNECTOR
from app.sandbox.gong.limits import Limits
from app.sandbox.gong.server import GongServer
from app.sandbox.gong.store import GongStore
from app.sandbox.portfolio.portfolio import CompanyRegister, Portfolio
from app.sandbox.slack.config import SandboxConfig
from tests.http.patience import Patience

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 18)
KEY, SECRET = "test-access-key", "test-access-key-secret"


@cache
def register() -> CompanyRegister:
    return Portfolio(7, TODAY, size=2).company_register()


class OneRegister(GongStore):
    """A store that makes the portfolio's register once for all tests."""

    _register = property(lambda self: register())  # type: ignore[assignment]


def a_store() -> GongStore:
    return OneRegister(Portfolio(7, TODAY, size=2), SandboxConfig().workspace, address="https://app.gong.io")


def settings(url: str, *, per_second: int = 1_000) -> dict[str, str]:
    return {
        "GONG_ACCESS_KEY": KEY,
        "GONG_ACCESS_KEY_SECRET": SECRET,
        "GONG_BASE_URL": url,
        "GONG_CALLS_PER_SECOND": str(per_second),
    }


@dataclass
class Stand:
    """The running stand-in and a connector opened on it, with one time for both."""

    server: GongServer
    connector: Connector
    outbound: Outbound
    clock: FixedClock
    url: str
    patience: Patience

    @property
    def store(self) -> GongStore:
        return self.server.store


def unlimited() -> Limits:
    return Limits(Patience().monotonic, per_second=0, per_day=0)


@asynccontextmanager
async def served(server: GongServer) -> AsyncGenerator[str]:
    """The stand-in on a port of its own; gives its address."""
    running = uvicorn.Server(uvicorn.Config(server.asgi(), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))  # calls made before it serves wait in its backlog
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        running.should_exit = True
        await task


@asynccontextmanager
async def standing(
    page_size: int = 100, *, per_second: int = 1_000, limits: Limits | None = None
) -> AsyncGenerator[Stand]:
    """`per_second`: how many calls the connector believes to be allowed."""
    clock, patience = FixedClock(NOW), Patience()
    server = GongServer(a_store(), KEY, SECRET, page_size=page_size, limits=limits or unlimited())
    server.limits.time = server.cursors.time = patience.monotonic
    outbound = Outbound(clock, sleep=patience.sleep, monotonic=patience.monotonic, chance=lambda: 0.0)
    async with served(server) as url:
        connector = CONNECTOR.open(settings(url, per_second=per_second), outbound, clock)
        try:
            yield Stand(server, connector, outbound, clock, url, patience)
        finally:
            await outbound.close()
