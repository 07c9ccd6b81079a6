"""What was said before in a thread: the last turns, with the calls they made and without the rows they showed.

Stored in `thread_turns`, one row a turn. What people showed each other in a thread is theirs; a turn of somebody else
comes back marked as such, and its words never count as the asking person's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.assistant import ThreadTurn
from app.db.upsert import insert_for
from app.domain.clock import Clock
from app.domain.principal import Principal
from app.domain.turn import ToolCallRecord, Turn

LONGEST_KEPT = 4_000  # characters of a question or an answer
_READERS = 8  # at once, so that ten thousand waiting turns do not wait for the pool's patience


_LATEST = (
    select(ThreadTurn.user_id, ThreadTurn.question, ThreadTurn.answer, ThreadTurn.calls)
    .where(ThreadTurn.workspace_id == bindparam("workspace"), ThreadTurn.conversation == bindparam("of"))
    .order_by(ThreadTurn.created_at.desc(), ThreadTurn.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True)
class Remembered:
    """One earlier turn. `own` is False when somebody else asked."""

    own: bool
    question: str
    answer: str
    calls: tuple[ToolCallRecord, ...]


def conversation_key(turn: Turn) -> str:
    """`<channel>:<thread>`, as `thread_turns` and the gate know a conversation."""
    return f"{turn.conversation.channel}:{turn.conversation.thread}"[:160]


class ThreadMemory:
    """Remembers turns and recalls the last `turns` of a thread, within a budget of characters."""

    def __init__(self, db: Database, clock: Clock, *, turns: int = 8, characters: int = 8_000) -> None:
        self._db = db
        self._clock = clock
        self._turns = turns
        self._characters = characters
        self._reading = asyncio.Semaphore(_READERS)
        self._batch: Batch[dict[str, Any], None] = Batch(self._store)

    async def recall(self, principal: Principal, conversation: str) -> tuple[Remembered, ...]:
        """The last turns of the thread, oldest first."""
        of = {"workspace": principal.workspace_id, "of": conversation, "most": self._turns}
        async with self._reading, self._db.reading() as session:
            rows = (await (await session.connection()).execute(_LATEST, of)).all()
        kept: list[Remembered] = []
        left = self._characters
        for user_id, question, answer, calls in rows:
            left -= len(question) + len(answer)
            if left < 0 and kept:
                break
            kept.append(Remembered(user_id == principal.user_id, question, answer, _calls(calls)))
        return tuple(reversed(kept))

    async def remember(
        self, turn: Turn, question: str, answer: str, calls: Sequence[tuple[str, dict[str, object]]]
    ) -> None:
        """Keeps a finished turn. A turn that ran twice is kept once."""
        await self._batch.add(
            {
                "workspace_id": turn.principal.workspace_id,
                "id": turn.turn_id[:120],
                "conversation": conversation_key(turn),
                "user_id": turn.principal.user_id,
                "question": question[:LONGEST_KEPT],
                "answer": answer[:LONGEST_KEPT],
                "calls": json.dumps([{"name": name, "arguments": arguments} for name, arguments in calls], default=str),
                "created_at": self._clock.now(),
            }
        )

    async def _store(self, rows: Sequence[dict[str, Any]]) -> Sequence[None]:
        async with self._db.transaction() as session:
            connection = await session.connection()  # rows as parameters: the statement is compiled once
            await connection.execute(insert_for(session, ThreadTurn).on_conflict_do_nothing(), list(rows))
        return [None] * len(rows)


def _calls(stored: str) -> tuple[ToolCallRecord, ...]:
    return tuple(ToolCallRecord(call["name"], call["arguments"]) for call in json.loads(stored))
