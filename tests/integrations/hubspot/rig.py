"""HubSpot's connector against its stand-in, over a real socket, with the business side of the demo portfolio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import uvicorn

from app.http.outbound import Outbound
from app.integrations.base import Connector
from app.integrations.hubspot import CONNECTOR
from app.sandbox.accounts import HubSpotAccount
from app.sandbox.hubspot.limits import Limits
from app.sandbox.hubspot.seed import Seeded, seeded
from app.sandbox.hubspot.server import HubSpotServer
from app.sandbox.hubspot.store import HubSpotStore
from app.sandbox.hubspot.webhooks import Webhooks
from app.sandbox.portfolio.portfolio import Portfolio

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 18)
ACCOUNT = HubSpotAccount()


@dataclass
class HandClock:
    """Time that passes when it is told to; waiting lets it pass too. `waits` are the pauses in seconds."""

    at: datetime = NOW
    waits: list[float] = field(default_factory=list[float])

    def now(self) -> datetime:
        return self.at

    def go(self, **time: float) -> None:
        self.at += timedelta(**time)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.go(seconds=seconds)

    def monotonic(self) -> float:
        return self.at.timestamp()


@cache
def seeds(day: date) -> Seeded:
    return seeded(Portfolio(7, day, size=1))


@dataclass
class Stand:
    """The running stand-in and a connector opened on it."""

    server: HubSpotServer
    connector: Connector
    outbound: Outbound
    clock: HandClock
    url: str

    @property
    def store(self) -> HubSpotStore:
        return self.server.store

    def opened(self, **more: str) -> Connector:
        """Another connection, with other settings."""
        return CONNECTOR.open(settings(self.url, **more), self.outbound, self.clock)


def settings(url: str, token: str = ACCOUNT.token, **more: str) -> dict[str, str]:
    return {"HUBSPOT_API_KEY": token, "HUBSPOT_BASE_URL": url, "TIMEZONE": "America/Chicago", **more}


@asynccontextmanager
async def serving(data: Path, clock: HandClock) -> AsyncGenerator[tuple[HubSpotServer, str]]:
    """The stand-in and its address. It takes any number of calls: limits have tests of their own."""
    server = HubSpotServer(
        HubSpotStore(data, clock, seeds, TODAY),
        ACCOUNT.token,
        Webhooks(clock, client_secret=ACCOUNT.client_secret, portal_id=ACCOUNT.portal_id),
        limits=Limits(ten_seconds=100_000, searches=100_000),
    )
    running = uvicorn.Server(uvicorn.Config(server.asgi(), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))  # calls made before it serves wait in its backlog
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield server, f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        running.should_exit = True
        await task
        server.store.close()


@asynccontextmanager
async def standing(data: Path) -> AsyncGenerator[Stand]:
    clock = HandClock()
    outbound = Outbound(clock, sleep=clock.sleep, monotonic=clock.monotonic, chance=lambda: 0.0)
    async with serving(data, clock) as (server, url):
        try:
            yield Stand(server, CONNECTOR.open(settings(url), outbound, clock), outbound, clock, url)
        finally:
            await outbound.close()
