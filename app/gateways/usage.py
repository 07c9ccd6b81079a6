"""Who used how many tokens of which model: one row per attempt that a provider counted.

Costs are left at 0 here; prices, budgets and the exact ledger belong to the orchestrator. Recording never delays or
fails a turn.
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
    """Tokens of one attempt, as the provider reported them."""

    turn_id: str
    workspace_id: str
    user_id: str
    channel: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int


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
        self._waiting.append(
            {
                "workspace_id": use.workspace_id,
                "id": self._ids.new("use"),
                "day": now.date(),
                "turn_id": use.turn_id[:80],
                "user_id": use.user_id,
                "channel": use.channel[:64],
                "provider": use.provider,
                "model": use.model[:80],
                "input_tokens": use.input_tokens,
                "output_tokens": use.output_tokens,
                "cost_microdollars": 0,
                "created_at": now,
            }
        )
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
