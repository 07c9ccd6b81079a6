"""The intake table seen as a queue: claim fairly, end, put back, look up. Every query on it stands here.

Fair: workspaces take turns, so a flood from one does not delay another. Ordered: a lane has one entry at work at a
time, oldest first. Safe: a claim is one conditional update, so two replicas never hold the same entry.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.runtime import IntakeEntry
from app.domain.clock import Clock

CHUNK = 300
CLAIMED_AT_ONCE = CHUNK


@dataclass(frozen=True)
class Entry:
    """A stored arrival, as jobs see it."""

    workspace_id: str
    id: str
    kind: str
    conversation: str
    user_id: str
    payload: dict[str, Any]
    received_at: datetime

    @property
    def run_id(self) -> str:
        """The id of its durable run."""
        return f"{self.workspace_id}/{self.id}"


@dataclass(frozen=True)
class Backlog:
    """How much waits, and how long the oldest has waited for a place (seconds). What waits for the one before it in its
    own lane is not among the old: a flood in one thread says nothing about the process."""

    waiting: int
    running: int
    oldest: float


@dataclass(frozen=True)
class Claim:
    """Entries to start now, and whether others wait: for a place, or for the one before them in their lane."""

    entries: list[Entry]
    more: bool


class Entries:
    """Queries on the intake table for one executor."""

    def __init__(self, db: Database, clock: Clock, executor_id: str) -> None:
        self._db = db
        self._clock = clock
        self._executor_id = executor_id
        self._ends: Batch[tuple[str, str, str], None] = Batch(self._end_all, most_at_once=CHUNK)

    async def claim(self, room: int) -> Claim:
        """Up to `room` entries that may start now, marked as this executor's."""
        async with self._db.transaction() as session:
            most = {"most": min(room, CLAIMED_AT_ONCE)}
            chosen = [tuple(row) for row in await session.execute(_STARTABLE, most)]
            taken: list[Entry] = []
            if chosen:
                claimed = await session.scalars(_TAKE, {"names": chosen, "taker": self._executor_id})
                taken = sorted((_entry(row) for row in claimed), key=lambda entry: entry.received_at)
            return Claim(taken, more=await session.scalar(_SOME_WAIT) is not None)

    async def hold(self, workspace_id: str, entry_id: str) -> Entry | None:
        """The entry, from now on this executor's; None when it is not (or no longer) stored."""
        async with self._db.transaction() as session:
            row = await session.get(IntakeEntry, (workspace_id, entry_id))
            if row is None:
                return None
            if row.executor != self._executor_id:
                row.executor = self._executor_id
            return _entry(row)

    async def end(self, workspace_id: str, entry_id: str, state: Literal["done", "failed"]) -> None:
        """Nothing is left to do for this entry."""
        await self._ends.add((workspace_id, entry_id, state))

    async def _end_all(self, ends: Sequence[tuple[str, str, str]]) -> list[None]:
        for state in {end[2] for end in ends}:
            names = [(workspace_id, entry_id) for workspace_id, entry_id, its in ends if its == state]
            await self._set(names, state=state, ended_at=self._clock.now())
        return [None] * len(ends)

    async def put_back(self, entries: Sequence[Entry]) -> None:
        """These were claimed but not started: anyone may start them."""
        await self._set([(entry.workspace_id, entry.id) for entry in entries], state="new", executor="")

    async def held_by(self, executor_id: str) -> list[Entry]:
        """Entries that an executor claimed and has not ended."""
        async with self._db.reading() as session:
            rows = await session.scalars(
                select(IntakeEntry).where(IntakeEntry.state == "handed", IntakeEntry.executor == executor_id)
            )
            return [_entry(row) for row in rows]

    async def get(self, workspace_id: str, entry_id: str) -> Entry | None:
        """The entry, or None when it is not (or no longer) stored."""
        async with self._db.reading() as session:
            row = await session.get(IntakeEntry, (workspace_id, entry_id))
            return _entry(row) if row is not None else None

    async def has_asked(self, workspace_id: str, conversation: str, user_id: str) -> bool:
        """True when this person asked something in this conversation (within the time entries are kept)."""
        async with self._db.reading() as session:
            found = await session.scalar(
                select(IntakeEntry.id)
                .where(
                    IntakeEntry.workspace_id == workspace_id,
                    IntakeEntry.conversation == conversation,
                    IntakeEntry.user_id == user_id,
                )
                .limit(1)
            )
            return found is not None

    async def belongs_to(self, entry: Entry, conversation: str) -> None:
        """The entry came from outside any conversation and is worked on in this one: whoever stops that stops it."""
        await self._set([(entry.workspace_id, entry.id)], conversation=conversation)

    async def known(self, workspace_id: str, entry_ids: Sequence[str]) -> set[str]:
        """Those of these ids that are stored."""
        async with self._db.reading() as session:
            found = await session.scalars(
                select(IntakeEntry.id).where(
                    IntakeEntry.workspace_id == workspace_id, IntakeEntry.id.in_(list(entry_ids)[:CHUNK])
                )
            )
            return set(found)

    async def backlog(self) -> Backlog:
        """What waits and what runs, over all workspaces and executors."""
        async with self._db.reading() as session:
            counted = await session.execute(
                select(IntakeEntry.state, func.count().label("number"))
                .where(IntakeEntry.state.in_(("new", "handed")))
                .group_by(IntakeEntry.state)
            )
            states = {row.state: row.number for row in counted}
            oldest = await session.scalar(
                select(func.min(IntakeEntry.received_at)).where(IntakeEntry.state == "new", ~_lane_at_work())
            )
        age = (self._clock.now() - oldest).total_seconds() if oldest else 0.0
        return Backlog(waiting=states.get("new", 0), running=states.get("handed", 0), oldest=max(age, 0.0))

    async def long_waiting(self, kind: str, patience: timedelta, most: int) -> list[tuple[Entry, int]]:
        """Entries of a kind that have waited long and whose person was not told, with how many of that kind are before
        them in their workspace. They are marked as told."""
        before = aliased(IntakeEntry)
        ahead = (
            select(func.count())
            .where(
                before.state == "new",
                before.workspace_id == IntakeEntry.workspace_id,
                before.kind == IntakeEntry.kind,
                before.received_at < IntakeEntry.received_at,
            )
            .scalar_subquery()
        )
        async with self._db.transaction() as session:
            rows = await session.execute(
                select(IntakeEntry, ahead)
                .where(
                    IntakeEntry.state == "new",
                    IntakeEntry.kind == kind,
                    IntakeEntry.told_busy.is_(False),
                    IntakeEntry.received_at < self._clock.now() - patience,
                )
                .order_by(IntakeEntry.received_at)
                .limit(most)
            )
            told: list[tuple[Entry, int]] = []
            for row, number in rows:
                row.told_busy = True
                told.append((_entry(row), number))
            return told

    async def ask_to_stop(self, workspace_id: str, conversation: str) -> int:
        """Mark what runs or waits in a conversation to be stopped; returns how many entries that are."""
        async with self._db.transaction() as session:
            stopped = await session.scalars(
                update(IntakeEntry)
                .where(
                    IntakeEntry.workspace_id == workspace_id,
                    IntakeEntry.conversation == conversation,
                    IntakeEntry.state.in_(("new", "handed")),
                )
                .values(stop_requested=True)
                .returning(IntakeEntry.id)
            )
            return len(list(stopped))

    async def to_stop(self) -> list[str]:
        """Run ids of this executor that were asked to stop."""
        async with self._db.reading() as session:
            rows = await session.scalars(
                select(IntakeEntry).where(
                    IntakeEntry.state == "handed",
                    IntakeEntry.executor == self._executor_id,
                    IntakeEntry.stop_requested.is_(True),
                )
            )
            return [_entry(row).run_id for row in rows]

    async def forget_before(self, moment: datetime, most: int) -> list[str]:
        """Delete entries that ended before `moment`; returns their run ids."""
        async with self._db.transaction() as session:
            old = [
                tuple(row)
                for row in await session.execute(
                    select(IntakeEntry.workspace_id, IntakeEntry.id).where(IntakeEntry.ended_at < moment).limit(most)
                )
            ]
            for first in range(0, len(old), CHUNK):
                await session.execute(delete(IntakeEntry).where(_is_one_of(old[first : first + CHUNK])))
        return [f"{workspace_id}/{entry_id}" for workspace_id, entry_id in old]

    async def _set(self, names: Sequence[tuple[str, str]], **values: Any) -> None:
        async with self._db.transaction() as session:
            for first in range(0, len(names), CHUNK):
                await session.execute(
                    update(IntakeEntry).where(_is_one_of(names[first : first + CHUNK])).values(**values)
                )


def _startable() -> Any:
    """The head of every idle lane, workspaces taking turns: whoever has least at work goes first. `most` limits it."""
    order = (IntakeEntry.received_at, IntakeEntry.id)
    heads = (
        select(
            IntakeEntry.workspace_id,
            IntakeEntry.id,
            IntakeEntry.received_at,
            func.row_number()
            .over(partition_by=(IntakeEntry.workspace_id, IntakeEntry.lane), order_by=order)
            .label("place"),
        )
        .where(IntakeEntry.state == "new", ~_lane_at_work())
        .subquery()
    )
    at_work = (
        select(IntakeEntry.workspace_id, func.count().label("number"))
        .where(IntakeEntry.state == "handed")
        .group_by(IntakeEntry.workspace_id)
        .subquery()
    )
    in_turn = func.row_number().over(partition_by=heads.c.workspace_id, order_by=(heads.c.received_at, heads.c.id))
    ready = (
        select(
            heads.c.workspace_id,
            heads.c.id,
            heads.c.received_at,
            (in_turn + func.coalesce(at_work.c.number, 0)).label("turn"),
        )
        .outerjoin(at_work, at_work.c.workspace_id == heads.c.workspace_id)
        .where(heads.c.place == 1)
        .subquery()
    )
    return select(ready.c.workspace_id, ready.c.id).order_by(ready.c.turn, ready.c.received_at).limit(bindparam("most"))


def _lane_at_work() -> ColumnElement[bool]:
    """True for an entry whose lane has another at work."""
    working = aliased(IntakeEntry)
    same_lane = and_(
        working.workspace_id == IntakeEntry.workspace_id, working.lane == IntakeEntry.lane, working.state == "handed"
    )
    return select(working.id).where(same_lane).exists()


def _is_one_of(names: Sequence[Any]) -> ColumnElement[bool]:
    return (
        tuple_(IntakeEntry.workspace_id, IntakeEntry.id).in_(names)
        if names
        else or_(IntakeEntry.id.is_(None), IntakeEntry.id.is_(None))
    )


def _entry(row: IntakeEntry) -> Entry:
    return Entry(
        workspace_id=row.workspace_id,
        id=row.id,
        kind=row.kind,
        conversation=row.conversation,
        user_id=row.user_id,
        payload=json.loads(row.payload),
        received_at=row.received_at,
    )


# Built once: a claim is made for nearly every question, and building these costs more than running them.
_STARTABLE = _startable()
_SOME_WAIT = select(literal(1)).where(exists().where(IntakeEntry.state == "new")).limit(1)
_TAKE = (
    update(IntakeEntry)
    .where(
        tuple_(IntakeEntry.workspace_id, IntakeEntry.id).in_(bindparam("names", expanding=True)),
        IntakeEntry.state == "new",
    )
    .values(state="handed", executor=bindparam("taker"))
    .returning(IntakeEntry)
    .execution_options(synchronize_session=False)
)
