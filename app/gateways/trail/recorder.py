"""Writes how calls went to `model_calls`, behind the calls, and forgets them after some weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app.db.engine import Database
from app.db.models.spending import ModelCall
from app.db.write_behind import WriteBehind
from app.domain.clock import Clock, Ids
from app.gateways.trail.metering import meter
from app.gateways.trail.record import CallRecord, candidates_json
from app.gateways.trail.spanning import spans_of


class TrailRecorder:
    """`redact` takes secrets out of text."""

    def __init__(self, db: Database, clock: Clock, ids: Ids, redact: Callable[[str], str]) -> None:
        self._clock = clock
        self._ids = ids
        self._redact = redact
        self._rows: WriteBehind[tuple[datetime, CallRecord]] = WriteBehind(
            db, ModelCall, self._as_row, failed="model_calls_not_recorded"
        )

    def record(self, record: CallRecord) -> None:
        meter(record)
        spans_of(record)
        self._rows.add((self._clock.now(), record))

    async def settle(self) -> None:
        """Returns when everything recorded so far is written; called at shutdown."""
        await self._rows.settle()

    def _as_row(self, added: tuple[datetime, CallRecord]) -> dict[str, Any]:
        at, record = added
        call = record.call
        return {
            "workspace_id": call.workspace_id,
            "id": self._ids.new("call"),
            "turn_id": call.turn_id[:80],
            "trace_id": record.trace_id[:80],
            "user_id": call.user_id[:64],
            "channel": call.channel[:64],
            "task": call.task,
            "policy": record.policy,
            "answered": record.answered[:260],
            "cost_microdollars": record.cost,
            "total_ms": round(record.total_ms),
            "candidates": candidates_json(record, self._redact),
            "created_at": at,
        }


async def forget_calls(db: Database, workspace_id: str, before: datetime) -> None:
    """Deletes what is older."""
    async with db.transaction() as session:
        await session.execute(
            delete(ModelCall).where(ModelCall.workspace_id == workspace_id, ModelCall.created_at < before)
        )
