"""Who used how many tokens of which model at what cost: one row per attempt.

What an attempt costs is decided in money/ledger.py. Recording never delays or fails a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.write_behind import WriteBehind
from app.domain.clock import Clock, Ids


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
    """Writes usage to `usage_records` in the background."""

    def __init__(self, db: Database, clock: Clock, ids: Ids, *, linger: float = 0.5) -> None:
        self._clock = clock
        self._ids = ids
        self._rows: WriteBehind[dict[str, Any]] = WriteBehind(
            db, UsageRecord, dict, failed="usage_not_recorded", linger=linger
        )

    def record(self, use: ModelUse) -> None:
        now = self._clock.now()
        self._rows.add(
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

    async def settle(self) -> None:
        """Returns when everything recorded so far is written; called at shutdown."""
        await self._rows.settle()
