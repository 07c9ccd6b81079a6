"""Entrata's connector against its stand-in, over a real socket, with a small part of the demo portfolio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import uvicorn

from app.domain.clock import FixedClock
from app.http.outbound import Outbound
from app.integrations.base import Connector
from app.integrations.entrata import CONNECTOR
from app.sandbox.entrata.server import EntrataServer
from app.sandbox.entrata.store import EntrataStore
from app.sandbox.portfolio.portfolio import Community, Portfolio
from tests.http.patience import Patience

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 18)
HOME = 10_001
KEY, ORG = "test-key-1", "acme"
UNITS = 12


@cache
def small_community(property_id: int) -> Community:
    """A community with its first units only, and what belongs to them."""
    whole = Portfolio(7, TODAY, size=2).community(property_id)
    units = whole.units[:UNITS]
    here = {unit.id for unit in units}
    leases = tuple(lease for lease in whole.leases if lease.unit_id in here)
    terms, people = {lease.id for lease in leases}, {lease.resident_id for lease in leases}
    return replace(
        whole,
        property=replace(whole.property, unit_count=len(units)),
        units=units,
        leases=leases,
        residents=tuple(resident for resident in whole.residents if resident.id in people),
        ledger=tuple(entry for entry in whole.ledger if entry.lease_id in terms),
        work_orders=tuple(order for order in whole.work_orders if order.unit_id in here),
        households=tuple(one for one in whole.households if one.terms[-1].unit_id in here),
    )


class SmallStore(EntrataStore):
    """A store of two small communities."""

    def __init__(self, data: Path, clock: FixedClock) -> None:
        super().__init__(data, clock, seed=7, today=TODAY, size=2, community=small_community)


@dataclass
class Stand:
    """The running stand-in and a connector opened on it. `waits` are the pauses the client took."""

    server: EntrataServer
    connector: Connector
    outbound: Outbound
    clock: FixedClock
    url: str
    patience: Patience


def settings(url: str, key: str = KEY) -> dict[str, str]:
    return {"ENTRATA_API_KEY": key, "ENTRATA_ORG": ORG, "ENTRATA_BASE_URL": url}


@asynccontextmanager
async def standing(data: Path) -> AsyncGenerator[Stand]:
    clock = FixedClock(NOW)
    store = SmallStore(data, clock)
    server = EntrataServer(store, ORG, KEY)
    running = uvicorn.Server(uvicorn.Config(server.asgi(), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))  # calls made before it serves wait in its backlog
    task = asyncio.create_task(running.serve(sockets=[listening]))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    patience = Patience()
    outbound = Outbound(clock, sleep=patience.sleep, monotonic=patience.monotonic, chance=lambda: 0.0)
    try:
        yield Stand(server, CONNECTOR.open(settings(url), outbound, clock), outbound, clock, url, patience)
    finally:
        await outbound.close()
        running.should_exit = True
        await task
        store.close()
