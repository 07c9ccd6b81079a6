"""Who used how many tokens of which model: one row per attempt that a provider counted.

Costs are left at 0 here; prices, budgets and the exact ledger belong to the orchestrator. Recording never delays or
fails a turn.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.group_writer import GroupWriter
from app.db.models.assistant import UsageRecord
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
    """Writes usage to `usage_records` in the background."""

    def __init__(self, writer: GroupWriter, clock: Clock, ids: Ids) -> None:
        self._writer = writer
        self._clock = clock
        self._ids = ids
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
        row = UsageRecord(
            workspace_id=use.workspace_id,
            id=self._ids.new("use"),
            day=now.date(),
            turn_id=use.turn_id,
            user_id=use.user_id,
            channel=use.channel[:64],
            provider=use.provider,
            model=use.model[:80],
            input_tokens=use.input_tokens,
            output_tokens=use.output_tokens,
            created_at=now,
        )
        try:
            await self._writer.add(row)
        except (SQLAlchemyError, OSError) as failed:
            log.error("usage_not_recorded", turn=use.turn_id, provider=use.provider, error=type(failed).__name__)
