"""Who used how many tokens of which model: one row per attempt that a provider counted.

Costs are left at 0 here; prices, budgets and the exact ledger belong to the orchestrator. Recording never delays or
fails a turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.upsert import insert_for
from app.domain.clock import Clock, Ids

log = structlog.get_logger(__name__)


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
    """Writes usage to `usage_records` in the background, many rows to a transaction."""

    def __init__(self, db: Database, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._clock = clock
        self._ids = ids
        self._batch: Batch[dict[str, Any], None] = Batch(self._store)
        self._running: set[asyncio.Task[None]] = set()

    def record(self, use: ModelUse) -> None:
        task = asyncio.create_task(self._write(use))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Returns when everything recorded so far is written; called at shutdown."""
        while self._running:
            await asyncio.wait(self._running)

    async def _write(self, use: ModelUse) -> None:
        now = self._clock.now()
        row = {
            "workspace_id": use.workspace_id,
            "id": self._ids.new("use"),
            "day": now.date(),
            "turn_id": use.turn_id,
            "user_id": use.user_id,
            "channel": use.channel[:64],
            "provider": use.provider,
            "model": use.model[:80],
            "input_tokens": use.input_tokens,
            "output_tokens": use.output_tokens,
            "cost_microdollars": 0,
            "created_at": now,
        }
        try:
            await self._batch.add(row)
        except (SQLAlchemyError, OSError) as failed:
            log.error("usage_not_recorded", turn=use.turn_id, provider=use.provider, error=type(failed).__name__)

    async def _store(self, rows: Sequence[dict[str, Any]]) -> Sequence[None]:
        async with self._db.transaction() as session:
            await session.execute(insert_for(session, UsageRecord).values(list(rows)))
        return [None] * len(rows)
