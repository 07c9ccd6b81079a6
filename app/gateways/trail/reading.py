"""What the table of calls tells: how the calls of a turn went, and how each route did of late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import or_, select

from app.db.engine import Database
from app.db.models.spending import ModelCall
from app.gateways.trail.record import ANSWERED, LOST, NOT_NEEDED

MOST_CALLS = 20_000
"""Calls that are looked at for the figures of routes, the newest."""


@dataclass(frozen=True)
class ToldCall:
    """One call as it is kept. `candidates`: as `candidates_json` made them."""

    turn_id: str
    trace_id: str
    user_id: str
    channel: str
    task: str
    policy: str
    answered: str
    cost: int
    total_ms: int
    at: datetime
    candidates: Sequence[dict[str, Any]]


@dataclass
class RouteFigures:
    """A route's last calls. Times in milliseconds, cost in microdollars; `outcome` is the newest."""

    asked: int = 0
    answered: int = 0
    faults: dict[str, int] = field(default_factory=dict[str, int])
    overtaken: int = 0
    taken_over: int = 0
    left_out: int = 0
    cost: int = 0
    firsts: list[int] = field(default_factory=list[int])
    totals: list[int] = field(default_factory=list[int])
    outcome: str = ""
    outcome_at: datetime | None = None

    @property
    def failed(self) -> int:
        return self.asked - self.answered - self.overtaken


async def calls_of(db: Database, workspace_id: str, of: str) -> list[ToldCall]:
    """The calls of a turn, by its id or its trace id, in order."""
    statement = (
        select(ModelCall)
        .where(ModelCall.workspace_id == workspace_id, or_(ModelCall.turn_id == of, ModelCall.trace_id == of))
        .order_by(ModelCall.created_at)
    )
    async with db.reading() as session:
        return [_told(row) for row in await session.scalars(statement)]


async def newest_calls(
    db: Database, workspace_id: str, most: int = MOST_CALLS, since: datetime | None = None
) -> list[ToldCall]:
    """The newest calls, newest first."""
    statement = select(ModelCall).where(ModelCall.workspace_id == workspace_id)
    if since is not None:
        statement = statement.where(ModelCall.created_at >= since)
    async with db.reading() as session:
        rows = await session.scalars(statement.order_by(ModelCall.created_at.desc()).limit(most))
        return [_told(row) for row in rows]


def figures_of(calls: Sequence[ToldCall]) -> dict[str, RouteFigures]:
    """By route; `calls` newest first."""
    found: dict[str, RouteFigures] = defaultdict(RouteFigures)
    for call in calls:
        for one in reversed(call.candidates):
            _add(found[one["route"]], one, call)
    return dict(found)


def _add(figures: RouteFigures, one: dict[str, Any], call: ToldCall) -> None:
    outcome: str = one["outcome"]
    if not one.get("asked"):
        figures.left_out += outcome != NOT_NEEDED
        return
    if figures.outcome_at is None:
        figures.outcome, figures.outcome_at = outcome, call.at
    figures.asked += 1
    figures.cost += one.get("cost", 0)
    if "first_ms" in one:
        figures.firsts.append(one["first_ms"])
    if outcome == ANSWERED:
        figures.answered += 1
        figures.totals.append(one["total_ms"])
    elif outcome == LOST:
        figures.overtaken += 1
    else:
        figures.faults[outcome] = figures.faults.get(outcome, 0) + 1
        figures.taken_over += bool(call.answered)


def _told(row: ModelCall) -> ToldCall:
    return ToldCall(
        row.turn_id,
        row.trace_id,
        row.user_id,
        row.channel,
        row.task,
        row.policy,
        row.answered,
        row.cost_microdollars,
        row.total_ms,
        row.created_at,
        orjson.loads(row.candidates),
    )
