"""How many turns and tool calls a person and a workspace may use in a minute, an hour and a day.

Counters live in the database, so that all replicas count together. Windows are whole minutes, hours and days in UTC.
Not for: the money that models cost (app/gateways).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.security import BudgetCounter
from app.db.upsert import insert_for
from app.domain.clock import Clock
from app.domain.errors import RetryLater
from app.domain.principal import Principal

Kind = Literal["turns", "calls"]
Length = Literal["minute", "hour", "day"]
_WORDS: dict[Kind, str] = {"turns": "requests", "calls": "look-ups"}
_LENGTHS: dict[Length, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_UNTIL: dict[Length, str] = {"minute": "in a minute", "hour": "in the next hour", "day": "tomorrow"}
_EVERYBODY = "*"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """The most of one kind in each window; None means no limit."""

    person_minute: int | None = None
    person_hour: int | None = None
    person_day: int | None = None
    workspace_minute: int | None = None
    workspace_day: int | None = None


NO_LIMITS = Limits()
TURN_LIMITS = Limits(person_minute=20, person_hour=120, person_day=600, workspace_minute=600, workspace_day=30_000)
CALL_LIMITS = Limits(person_minute=90, person_day=3_000, workspace_minute=2_000, workspace_day=100_000)


@dataclass(frozen=True)
class Window:
    workspace_id: str
    id: str
    ends_at: datetime
    limit: int
    person: bool
    length: Length

    @property
    def key(self) -> tuple[str, str]:
        return self.workspace_id, self.id


@dataclass(frozen=True)
class Charge:
    """One thing to be counted, in every window that it falls into."""

    kind: Kind
    windows: tuple[Window, ...]


class Budget:
    def __init__(self, db: Database, clock: Clock, *, turns: Limits = TURN_LIMITS, calls: Limits = CALL_LIMITS) -> None:
        self._db = db
        self._clock = clock
        self._limits: dict[Kind, Limits] = {"turns": turns, "calls": calls}
        self._batch: Batch[Charge, Sequence[int]] = Batch(self._write_group)
        self._used_up: dict[tuple[str, str], Window] = {}
        self._pruned_at: datetime | None = None

    async def spend(self, principal: Principal, kind: Kind) -> None:
        """Counts one. Raises RetryLater, with the seconds until the window ends, when a limit is passed."""
        charge = self.charge(principal, kind)
        if charge.windows:
            self.judge(charge, await self._batch.add(charge))

    def charge(self, principal: Principal, kind: Kind) -> Charge:
        """What one more would be counted in. Raises RetryLater at once for a window known to be used up."""
        now = self._clock.now()
        self._used_up = {key: window for key, window in self._used_up.items() if window.ends_at > now}
        charge = Charge(kind, tuple(self._windows(principal, kind)))
        for window in charge.windows:
            if window.key in self._used_up:
                raise self._refusal(window, kind)
        return charge

    def judge(self, charge: Charge, counts: Sequence[int]) -> None:
        """Raises RetryLater when one of the counts, in the order of the windows, is above its limit."""
        for window, used in zip(charge.windows, counts, strict=True):
            if used > window.limit:
                self._used_up[window.key] = window
                raise self._refusal(window, charge.kind)

    def _windows(self, principal: Principal, kind: Kind) -> list[Window]:
        limits = self._limits[kind]
        now = self._clock.now()
        wanted: list[tuple[str, Length, int | None]] = [
            (principal.user_id, "minute", limits.person_minute),
            (principal.user_id, "hour", limits.person_hour),
            (principal.user_id, "day", limits.person_day),
            (_EVERYBODY, "minute", limits.workspace_minute),
            (_EVERYBODY, "day", limits.workspace_day),
        ]
        return [
            Window(
                workspace_id=principal.workspace_id,
                id=f"{kind}:{who}:{length}:{_start(now, length):%Y%m%d%H%M}",
                ends_at=_start(now, length) + _LENGTHS[length],
                limit=limit,
                person=who != _EVERYBODY,
                length=length,
            )
            for who, length, limit in wanted
            if limit is not None
        ]

    def _refusal(self, window: Window, kind: Kind) -> RetryLater:
        wait = max(1.0, (window.ends_at - self._clock.now()).total_seconds())
        whose = "You have" if window.person else "Your company has"
        article = "an" if window.length == "hour" else "a"
        return RetryLater(
            f"{whose} reached the limit of {window.limit:,} {_WORDS[kind]} {article} {window.length}.",
            next_step=f"Please try again {_UNTIL[window.length]}; an administrator can raise the limit.",
            code="over_budget",
            after=wait,
        )

    async def _write_group(self, group: Sequence[Charge]) -> Sequence[Sequence[int]]:
        async with self._db.transaction() as session:
            return await self.count_in(session, group)

    async def count_in(self, session: AsyncSession, group: Sequence[Charge]) -> Sequence[Sequence[int]]:
        """Counts many charges in the caller's transaction; returns for each its windows' counts after it."""
        added = Counter(window for charge in group for window in charge.windows)
        if not added:
            return [() for _ in group]
        ordered = sorted(added, key=lambda window: window.key)  # one order: no deadlocks
        await self._prune(session)
        insert = insert_for(session, BudgetCounter)
        upsert = insert.on_conflict_do_update(
            index_elements=["workspace_id", "id"], set_={"used": BudgetCounter.used + insert.excluded.used}
        ).returning(BudgetCounter.workspace_id, BudgetCounter.id, BudgetCounter.used)
        connection = await session.connection()  # rows as parameters: the statement is compiled once
        counted = await connection.execute(
            upsert,
            [{"workspace_id": w.workspace_id, "id": w.id, "used": added[w], "ends_at": w.ends_at} for w in ordered],
        )
        rows = counted.all()
        totals = {(row.workspace_id, row.id): row.used for row in rows}
        used = {window: totals[window.key] - added[window] for window in ordered}
        results: list[list[int]] = []
        for charge in group:
            for window in charge.windows:
                used[window] += 1
            results.append([used[window] for window in charge.windows])
        return results

    async def _prune(self, session: AsyncSession) -> None:
        """Drops counters of windows that ended more than a day ago, once a day."""
        now = self._clock.now()
        if self._pruned_at is None or now - self._pruned_at > _DAY:
            await session.execute(delete(BudgetCounter).where(BudgetCounter.ends_at < now - _DAY))
            self._pruned_at = now


def _start(now: datetime, length: Length) -> datetime:
    """When the window that holds `now` began."""
    minute = now.replace(second=0, microsecond=0)
    if length == "minute":
        return minute
    hour = minute.replace(minute=0)
    return hour if length == "hour" else hour.replace(hour=0)
