"""Who used how many tokens of which model at what cost: one row per attempt.

What an attempt costs is decided in money/ledger.py. Recording never delays or fails a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.write_behind import WriteBehind
from app.domain.clock import Clock, Ids
from app.gateways.spend import AttemptUse, CallContext, RouteFacts


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

    @classmethod
    def of(cls, call: CallContext, route: RouteFacts, use: AttemptUse, **costs: int | None) -> ModelUse:
        """One attempt on a route; `costs` are the fields of that name, 0 and unknown when left out."""
        given: Any = costs
        return cls(
            turn_id=call.turn_id,
            workspace_id=call.workspace_id,
            user_id=call.user_id,
            channel=call.channel,
            provider=route.provider,
            model=route.model,
            input_tokens=use.input_tokens,
            output_tokens=use.output_tokens,
            task=call.task,
            tool=call.tool,
            gateway=route.gateway,
            outcome=use.outcome,
            cached_tokens=use.cached_tokens,
            cache_write_tokens=use.cache_write_tokens,
            reasoning_tokens=use.reasoning_tokens,
            counted_here=use.counted_here,
            hedge=use.hedge,
            total_ms=round(use.total_ms),
            **given,
        )


class UsageSink(Protocol):
    """Takes note of model use; must not block and must not raise."""

    def record(self, use: ModelUse) -> None: ...


class UsageRecorder:
    """Writes usage to `usage_records` in the background. timezone: the IANA zone whose days are counted, the
    company's: budgets end with them, and a report of this month must hold what was asked this evening."""

    def __init__(self, db: Database, clock: Clock, ids: Ids, *, timezone: str, linger: float = 0.5) -> None:
        self._clock = clock
        self._zone = ZoneInfo(timezone)
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
                "day": now.astimezone(self._zone).date(),
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
