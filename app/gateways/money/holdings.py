"""What is held and spent in each budget's window: many reservations in one transaction, none of them too many.

The windows' rows are locked, in one order, before anything is judged, so that processes judge one after the other.
Room held by a process that died comes free when its lease ends.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.spending import SpendReservation, SpendWindow
from app.db.upsert import insert_for
from app.domain.clock import Clock, Ids
from app.gateways.money.budgets import Window

LEASE = timedelta(minutes=15)
"""Longer than any attempt may take."""
SWEEP_EVERY = timedelta(minutes=1)

Key = tuple[str, str]

_SPEND = (
    update(SpendWindow)
    .where(SpendWindow.workspace_id == bindparam("of"), SpendWindow.id == bindparam("window"))
    .values(
        spent_microdollars=SpendWindow.spent_microdollars + bindparam("spent"),
        held_microdollars=SpendWindow.held_microdollars + bindparam("held"),
    )
)


@dataclass(frozen=True)
class Hold:
    """Room of `amount` microdollars wanted in every one of `windows`, all of one workspace."""

    id: str
    windows: tuple[Window, ...]
    amount: int


@dataclass(frozen=True)
class Settlement:
    """A hold comes to its end with `spent` microdollars."""

    hold: Hold
    spent: int


class Holdings:
    def __init__(self, db: Database, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._clock = clock
        self._ids = ids
        self._holds: Batch[Hold, Window | None] = Batch(self._hold_all)
        self._settlements: Batch[Settlement, None] = Batch(self._settle_all)
        self._swept_at: datetime | None = None

    async def hold(self, windows: Sequence[Window], amount: int) -> Hold | Window:
        """The hold, or the first window that has no room for it. Raises what the database raises. Nothing stays
        held for a caller who goes away meanwhile."""
        hold = Hold(self._ids.new("hold"), tuple(windows), amount)
        written = self._holds.put(hold)
        try:
            return await asyncio.shield(written) or hold
        except asyncio.CancelledError:
            written.add_done_callback(partial(self._give_back, hold))
            raise

    async def settle(self, hold: Hold, spent: int) -> None:
        """Gives the room back and books what was spent; 0 for nothing."""
        await self._settlements.add(Settlement(hold, spent))

    def _give_back(self, hold: Hold, written: asyncio.Future[Window | None]) -> None:
        if written.exception() is None and written.result() is None:
            self._settlements.put(Settlement(hold, 0))

    async def _hold_all(self, group: Sequence[Hold]) -> Sequence[Window | None]:
        now = self._clock.now()
        windows = sorted({window.key: window for hold in group for window in hold.windows}.items())
        answers: list[Window | None] = []
        added: Counter[Key] = Counter()
        held: list[Hold] = []
        await self._sweep(now)
        async with self._db.transaction() as session:
            used = await self._locked(session, [window for _, window in windows])
            for hold in group:
                full = next((w for w in hold.windows if used[w.key] + hold.amount > w.budget.limit_microdollars), None)
                answers.append(full)
                if full is None:
                    held.append(hold)
                    for window in hold.windows:
                        used[window.key] += hold.amount
                        added[window.key] += hold.amount
            if held:
                await self._move(session, {key: (0, amount) for key, amount in added.items()})
                connection = await session.connection()
                await connection.execute(insert(SpendReservation), [_row(hold, now + LEASE) for hold in held])
        return answers

    async def _settle_all(self, group: Sequence[Settlement]) -> Sequence[None]:
        async with self._db.transaction() as session:
            open_ones = await self._taken(session, group)
            moves: dict[Key, tuple[int, int]] = {}
            for one in group:
                # Where the lease had ended, the room was given back already.
                back = one.hold.amount if one.hold.id in open_ones else 0
                for window in one.hold.windows:
                    spent, held = moves.get(window.key, (0, 0))
                    moves[window.key] = (spent + one.spent, held - back)
            await self._move(session, moves)
        return [None] * len(group)

    async def _locked(self, session: AsyncSession, windows: Sequence[Window]) -> dict[Key, int]:
        """What is spent and held in each window; the rows stay locked until the commit."""
        used: dict[Key, int] = {}
        for window in windows:
            insert_one = insert_for(session, SpendWindow).values(
                workspace_id=window.budget.workspace_id,
                id=window.id,
                budget_id=window.budget.id,
                spent_microdollars=0,
                held_microdollars=0,
                told=0,
                starts_at=window.starts_at,
                ends_at=window.ends_at,
            )
            locked = await session.execute(
                insert_one.on_conflict_do_update(
                    index_elements=["workspace_id", "id"], set_={"held_microdollars": SpendWindow.held_microdollars}
                ).returning(SpendWindow.spent_microdollars, SpendWindow.held_microdollars)
            )
            spent, held = locked.one()
            used[window.key] = spent + held
        return used

    async def _taken(self, session: AsyncSession, group: Sequence[Settlement]) -> set[str]:
        """Removes the reservations; returns the ids of those that were still there."""
        gone = await session.execute(
            delete(SpendReservation)
            .where(
                SpendReservation.workspace_id.in_({one.hold.windows[0].budget.workspace_id for one in group}),
                SpendReservation.id.in_([one.hold.id for one in group]),
            )
            .returning(SpendReservation.id)
        )
        return set(gone.scalars())

    async def _move(self, session: AsyncSession, moves: dict[Key, tuple[int, int]]) -> None:
        rows = [
            {"of": workspace, "window": window, "spent": spent, "held": held}
            for (workspace, window), (spent, held) in sorted(moves.items())
        ]
        connection = await session.connection()  # rows as parameters: the statement is compiled once
        await connection.execute(_SPEND, rows)

    async def _sweep(self, now: datetime) -> None:
        """Frees what dead processes hold, once a minute; in a transaction of its own, so that locks keep one order."""
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = now
        async with self._db.transaction() as session:
            dead = await session.execute(
                delete(SpendReservation)
                .where(SpendReservation.expires_at <= now)
                .returning(
                    SpendReservation.workspace_id, SpendReservation.windows, SpendReservation.amount_microdollars
                )
            )
            freed: Counter[Key] = Counter()
            for workspace, windows, amount in dead.all():
                freed.update({(workspace, window): amount for window in windows.split("\n")})
            if freed:
                await self._move(session, {key: (0, -amount) for key, amount in freed.items()})


def _row(hold: Hold, expires_at: datetime) -> dict[str, object]:
    return {
        "workspace_id": hold.windows[0].budget.workspace_id,
        "id": hold.id,
        "windows": "\n".join(window.id for window in hold.windows),
        "amount_microdollars": hold.amount,
        "expires_at": expires_at,
    }
