"""Who used how many tokens of which model at what cost: one row per attempt.

What an attempt costs is decided in money/ledger.py. Recording never delays or fails a turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.upsert import insert_for
from app.domain.clock import Clock, Ids

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class ModelUse:
    """One attempt. `input_tokens` includes the cached and cache-write ones, `output_tokens` the reasoning ones."""

    turn_id: str
    workspace_id: str
    user_id: str
    channel: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    task: str = ""
    tool: str = ""
    gateway: str = ""
    outcome: str = ""
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    counted_here: bool = False
    hedge: bool = False
    cost_microdollars: int = 0
    fee_microdollars: int = 0
    priced_microdollars: int | None = None
    reported_microdollars: int | None = None
    total_ms: int = 0


class UsageSink(Protocol):
    """Takes note of model use; must not block and must not raise."""

    def record(self, use: ModelUse) -> None: ...


class UsageRecorder:
    """Writes usage to `usage_records` in the background: what came within `linger` seconds in one transaction."""

    def __init__(self, db: Database, clock: Clock, ids: Ids, *, linger: float = 0.5) -> None:
        self._db = db
        self._clock = clock
        self._ids = ids
        self._linger = linger
        self._waiting: list[dict[str, Any]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def record(self, use: ModelUse) -> None:
        now = self._clock.now()
        row = (
            vars(use)
            | {  # flat, and `asdict` copies deeply for ten times the price
                "id": self._ids.new("use"),
                "day": now.date(),
                "turn_id": use.turn_id[:80],
                "channel": use.channel[:64],
                "tool": use.tool[:80],
                "model": use.model[:80],
                "created_at": now,
            }
        )
        self._waiting.append(row)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def settle(self) -> None:
        """Returns when everything recorded so far is written; called at shutdown."""
        self._closing.set()
        while self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])
        self._closing.clear()

    async def _write_soon(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._linger):
                    await self._closing.wait()
            rows, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                await self._store(rows)
            except (SQLAlchemyError, OSError) as failed:
                log.error("usage_not_recorded", rows=len(rows), error=type(failed).__name__)

    async def _store(self, rows: Sequence[dict[str, Any]]) -> None:
        async with self._db.transaction() as session:
            connection = await session.connection()  # rows as parameters: the statement is compiled once
            await connection.execute(insert_for(session, UsageRecord), list(rows))
