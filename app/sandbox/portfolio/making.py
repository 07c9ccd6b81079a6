"""Makes the rows of one community while those of the last one are being written.

A small portfolio is made in a thread. A large one is made in processes of their own, as Python would otherwise make
rows and write them in turns. Only finished rows cross over, never more than a few communities at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from multiprocessing import get_context

from app.sandbox.portfolio.bulk import Batch, stored_by
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.portfolio.property_rows import Target, community_rows
from app.sandbox.portfolio.register_rows import (
    RegisterTarget,
    call_rows,
    community_register_rows,
    crm_rows,
    office_rows,
    vendor_rows,
)

LARGE = 60  # communities from which a process is worth its start
AHEAD = 2

Made = tuple[int, list[Batch]]


@dataclass(frozen=True)
class Order:
    """What rows are wanted: for which workspace, from which property system, as of when, for which database. `synced`:
    those too that a connected system would bring. `elsewhere` and `vendors_elsewhere`: read-model ids of communities of
    other systems and of the vendors there."""

    workspace_id: str
    source: str
    as_of: datetime
    dialect: str
    synced: bool = True
    elsewhere: Mapping[int, str] = field(default_factory=dict[int, str])
    vendors_elsewhere: Mapping[int, str] = field(default_factory=dict[int, str])

    @property
    def _register(self) -> RegisterTarget:
        return RegisterTarget(self.workspace_id, self.source, self.as_of, self.elsewhere, self.vendors_elsewhere)

    def company(self, portfolio: Portfolio) -> list[Batch]:
        """The company-wide rows."""
        if not self.synced:
            return []
        target, stored = self._register, stored_by(self.dialect)
        register = portfolio.company_register()
        return [batch for rows in (vendor_rows, crm_rows, call_rows) for batch in rows(target, stored, register)]

    def community(self, portfolio: Portfolio, property_id: int) -> Made:
        """One community's rows, all made."""
        stored = stored_by(self.dialect)
        community = portfolio.community(property_id)
        register = portfolio.register_of(community)
        batches = [*community_register_rows(self._register, stored, register)]
        if self.synced:
            batches.extend(office_rows(self._register, stored, register))
            batches.extend(community_rows(Target(self.workspace_id, self.source, self.as_of), stored, community))
        return property_id, [Batch(batch.table, batch.columns, list(batch.rows)) for batch in batches]


@asynccontextmanager
async def made_ahead(portfolio: Portfolio, order: Order) -> AsyncGenerator[AsyncIterator[Made]]:
    """All communities' rows in order. Leaving the block early stops the making."""
    pool = _pool(large=portfolio.size >= LARGE)
    try:
        yield _in_turn(pool, portfolio, order)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(*, large: bool) -> Executor:
    return ProcessPoolExecutor(1, get_context("spawn")) if large else ThreadPoolExecutor(1)


async def _in_turn(pool: Executor, portfolio: Portfolio, order: Order) -> AsyncIterator[Made]:
    loop = asyncio.get_running_loop()
    coming: deque[asyncio.Future[Made]] = deque()
    for prop in portfolio.properties:
        coming.append(
            loop.run_in_executor(pool, _make, portfolio.seed, portfolio.today, portfolio.size, order, prop.id)
        )
        if len(coming) > AHEAD:
            yield await coming.popleft()
    while coming:
        yield await coming.popleft()


def _make(seed: int, today: date, size: int, order: Order, property_id: int) -> Made:
    """Runs in the thread or process; only small values and finished rows cross its border."""
    return order.community(_portfolio(seed, today, size), property_id)


@cache
def _portfolio(seed: int, today: date, size: int) -> Portfolio:
    return Portfolio(seed, today, size)
