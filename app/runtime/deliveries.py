"""What was shown to people, written down before and after each call, so that no crash shows anything twice.

Slack has no idempotency key for posts. A message that was begun and whose outcome is unknown must be looked up in
Slack (by the run and part in its metadata) before it is posted again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Table, bindparam, column, insert, select, tuple_, update

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.runtime import Delivery
from app.domain.clock import Clock

LONGEST_KEY = 120
MOST_AT_ONCE = 200
State = Literal["new", "begun", "streaming", "posted"]


@dataclass(frozen=True)
class Shown:
    """One part of a run's answer. `ts` is Slack's message id once it is known."""

    state: State
    ts: str = ""


@dataclass(frozen=True)
class Posted:
    """Where a message stands."""

    channel: str
    thread: str
    ts: str


@dataclass(frozen=True)
class _Begin:
    workspace_id: str
    key: str
    channel: str
    thread: str


@dataclass(frozen=True)
class _Note:
    workspace_id: str
    key: str
    state: State
    ts: str


# Built once: every answer runs them, and building them costs more than running them.
_KNOWN = select(Delivery.workspace_id, Delivery.id, Delivery.state, Delivery.ts).where(
    tuple_(Delivery.workspace_id, Delivery.id).in_(bindparam("names", expanding=True))
)
_BEGIN = insert(Delivery)
_NOTE = (
    update(cast("Table", Delivery.__table__))
    .where(column("workspace_id") == bindparam("of"), column("id") == bindparam("key"))
    .values(state=bindparam("now"), ts=bindparam("message"))
)


class Deliveries:
    """The journal. A part is named by its run and a short word: `answer`, `card:apr_1`. Under load, what arrives at
    once is committed at once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._begins: Batch[_Begin, Shown] = Batch(self._begin_all, most_at_once=MOST_AT_ONCE)
        self._notes: Batch[_Note, None] = Batch(self._note_all, most_at_once=MOST_AT_ONCE)

    async def begin(self, workspace_id: str, run: str, part: str, channel: str, thread: str) -> Shown:
        """What is known of this part so far; `new` when nothing was, and from now on it is `begun`."""
        return await self._begins.add(_Begin(workspace_id, _key(run, part), channel, thread))

    async def note(self, workspace_id: str, run: str, part: str, state: State, ts: str) -> None:
        """The part, begun before, is now in this state, as message `ts`."""
        await self._notes.add(_Note(workspace_id, _key(run, part), state, ts))

    async def _begin_all(self, begins: Sequence[_Begin]) -> list[Shown]:
        names = [(one.workspace_id, one.key) for one in begins]
        async with self._db.transaction() as session:
            connection = await session.connection()
            rows = await connection.execute(_KNOWN, {"names": names})
            known = {(row.workspace_id, row.id): Shown(_state(row.state), row.ts) for row in rows}
            answers: list[Shown] = []
            fresh: list[dict[str, Any]] = []
            for one in begins:
                name = (one.workspace_id, one.key)
                answers.append(known.get(name, Shown("new")))
                if name not in known:
                    known[name] = Shown("begun")
                    fresh.append(self._row(one))
            if fresh:
                await connection.execute(_BEGIN, fresh)
        return answers

    def _row(self, one: _Begin) -> dict[str, Any]:
        return {
            "workspace_id": one.workspace_id,
            "id": one.key,
            "channel": one.channel,
            "thread": one.thread,
            "ts": "",
            "state": "begun",
            "created_at": self._clock.now(),
        }

    async def _note_all(self, notes: Sequence[_Note]) -> list[None]:
        values = [{"of": one.workspace_id, "key": one.key, "now": one.state, "message": one.ts} for one in notes]
        async with self._db.transaction() as session:
            await (await session.connection()).execute(_NOTE, values)
        return [None] * len(notes)

    async def look(self, workspace_id: str, run: str, part: str) -> Shown:
        """What is known of this part; changes nothing."""
        async with self._db.reading() as session:
            known = await session.get(Delivery, (workspace_id, _key(run, part)))
            return Shown("new") if known is None else Shown(_state(known.state), known.ts)

    async def of_part(self, workspace_id: str, part: str) -> list[Posted]:
        """Every message of a part, over all runs: where a card was shown."""
        pattern = "%:" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        async with self._db.reading() as session:
            rows = await session.scalars(
                select(Delivery).where(
                    Delivery.workspace_id == workspace_id,
                    Delivery.id.like(pattern, escape="\\"),
                    Delivery.state == "posted",
                )
            )
            return [Posted(row.channel, row.thread, row.ts) for row in rows]

    async def forget(self, workspace_id: str, run: str, part: str) -> None:
        """The call was refused for certain: nothing was shown."""
        async with self._db.transaction() as session:
            known = await session.get(Delivery, (workspace_id, _key(run, part)))
            if known is not None:
                await session.delete(known)


def _key(run: str, part: str) -> str:
    key = f"{run}:{part}"
    return key if len(key) <= LONGEST_KEY else f"{hashlib.sha256(key.encode()).hexdigest()}:{part[:50]}"


def _state(stored: str) -> State:
    match stored:
        case "streaming" | "posted":
            return stored
        case _:
            return "begun"
