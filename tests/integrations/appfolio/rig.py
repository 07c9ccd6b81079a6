"""AppFolio's connector against its stand-in, over a real socket, with a small part of the demo portfolio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvicorn

from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.appfolio import CONNECTOR
from app.integrations.base import Connector
from app.sandbox.accounts import AppFolioAccount
from app.sandbox.appfolio.ids import Kind, uuid_of
from app.sandbox.appfolio.limits import Limits
from app.sandbox.appfolio.server import AppFolioServer
from app.sandbox.appfolio.store import AppFolioStore
from tests.http.patience import Patience
from tests.integrations.entrata.rig import HOME, NOW, TODAY, small_community

ACCOUNT = AppFolioAccount("acme", ("r-id", "r-secret-1"), ("d-id", "d-secret-1"), "dev-1")
OTHER = HOME + 1


def read_model(kind: Kind, number: int | str) -> str:
    """The read-model id of a record of the portfolio."""
    return f"appfolio:{uuid_of(kind, number)}"


def settings(url: str, **other: str) -> dict[str, str]:
    return {
        "APPFOLIO_VHOST": ACCOUNT.vhost,
        "APPFOLIO_CLIENT_ID": ACCOUNT.reports[0],
        "APPFOLIO_API_KEY": ACCOUNT.reports[1],
        "APPFOLIO_DATABASE_CLIENT_ID": ACCOUNT.database[0],
        "APPFOLIO_DATABASE_API_KEY": ACCOUNT.database[1],
        "APPFOLIO_DEVELOPER_ID": ACCOUNT.developer_id,
        "APPFOLIO_REPORTS_URL": url,
        "APPFOLIO_DATABASE_URL": url,
        **other,
    }


@dataclass
class Stand:
    """The running stand-in and a connector opened on it. `patience` holds the pauses the client took; the stand-in's
    limits count its seconds."""

    server: AppFolioServer
    connector: Connector
    outbound: Outbound
    clock: FixedClock
    url: str
    patience: Patience

    @property
    def store(self) -> AppFolioStore:
        return self.server.store


def small_store(data: Path, clock: FixedClock, visible_after: timedelta = timedelta(0)) -> AppFolioStore:
    return AppFolioStore(
        data,
        clock,
        seed=7,
        today=TODAY,
        property_ids=(HOME, OTHER),
        community=small_community,
        visible_after=visible_after,
    )


@asynccontextmanager
async def served(server: AppFolioServer) -> AsyncGenerator[str]:
    """Its address while it runs."""
    running = uvicorn.Server(uvicorn.Config(server.asgi(), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))  # calls made before it serves wait in its backlog
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        running.should_exit = True
        await task
        server.store.close()


@asynccontextmanager
async def standing(
    data: Path, *, visible_after: timedelta = timedelta(0), limited: bool = True
) -> AsyncGenerator[Stand]:
    clock, patience = FixedClock(NOW), Patience()
    server = AppFolioServer(small_store(data, clock, visible_after), ACCOUNT)
    server.reports = Limits(server.reports.windows if limited else (), patience.monotonic)
    server.database = Limits(server.database.windows if limited else (), patience.monotonic)
    outbound = Outbound(clock, sleep=patience.sleep, monotonic=patience.monotonic, chance=lambda: 0.0)
    async with served(server) as url:
        try:
            yield Stand(server, CONNECTOR.open(settings(url), outbound, clock), outbound, clock, url, patience)
        finally:
            await outbound.close()
