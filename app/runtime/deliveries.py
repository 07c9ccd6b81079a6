"""What was shown to people, written down before and after each call, so that no crash shows anything twice.

Slack has no idempotency key for posts. A message that was begun and whose outcome is unknown must be looked up in
Slack (by the run and part in its metadata) before it is posted again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.runtime import Delivery
from app.domain.clock import Clock

LONGEST_KEY = 120
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


class Deliveries:
    """The journal. A part is named by its run and a short word: `answer`, `card:apr_1`."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def begin(self, workspace_id: str, run: str, part: str, channel: str, thread: str) -> Shown:
        """What is known of this part so far; `new` when nothing was, and from now on it is `begun`."""
        async with self._db.transaction() as session:
            known = await session.get(Delivery, (workspace_id, _key(run, part)))
            if known is not None:
                return Shown(_state(known.state), known.ts)
            session.add(
                Delivery(
                    workspace_id=workspace_id,
                    id=_key(run, part),
                    channel=channel,
                    thread=thread,
                    state="begun",
                    created_at=self._clock.now(),
                )
            )
        return Shown("new")

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

    async def note(self, workspace_id: str, run: str, part: str, state: State, ts: str) -> None:
        """The part is now in this state, as message `ts`."""
        async with self._db.transaction() as session:
            known = await session.get(Delivery, (workspace_id, _key(run, part)))
            if known is None:
                raise LookupError(f"{run}:{part} was never begun")
            known.state, known.ts = state, ts

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
