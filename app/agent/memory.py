"""What was said before in a thread: the last turns, with the calls they made and without the rows they showed.

Stored in `thread_turns`, one row a turn. What people showed each other in a thread is theirs; a turn of somebody else
comes back marked as such, and its words never count as the asking person's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.assistant import ThreadTurn
from app.db.upsert import insert_for
from app.domain.clock import Clock
from app.domain.principal import Principal
from app.domain.turn import ToolCallRecord, Turn

SHOWN_WHOLE = 8  # turns of a thread; what was before is summed up
LONGEST_KEPT = 4_000  # characters of a question or an answer
_READERS = 8  # at once, so that ten thousand waiting turns do not wait for the pool's patience


_LATEST = (
    select(ThreadTurn.user_id, ThreadTurn.question, ThreadTurn.answer, ThreadTurn.calls, ThreadTurn.earlier)
    .where(ThreadTurn.workspace_id == bindparam("workspace"), ThreadTurn.conversation == bindparam("of"))
    .order_by(ThreadTurn.created_at.desc(), ThreadTurn.id.desc())
    .limit(bindparam("most"))
)


_WITH_SUMMARIES = (
    select(ThreadTurn.id, ThreadTurn.question, ThreadTurn.answer, ThreadTurn.earlier)
    .where(ThreadTurn.workspace_id == bindparam("workspace"), ThreadTurn.conversation == bindparam("of"))
    .order_by(ThreadTurn.created_at.desc(), ThreadTurn.id.desc())
    .limit(4 * SHOWN_WHOLE)
)


@dataclass(frozen=True)
class Older:
    """What of a thread is not shown whole any more: the newest summary, `turns` as question and answer that it does not
    hold, oldest first, and the id of the thread's `newest` turn."""

    before: str
    turns: tuple[tuple[str, str], ...]
    newest: str


@dataclass(frozen=True)
class Remembered:
    """One earlier turn. `own` is False when somebody else asked. `before`, at the oldest that is recalled: what the
    thread was about before, summed up (summaries.py); '' when it is not."""

    own: bool
    question: str
    answer: str
    calls: tuple[ToolCallRecord, ...]
    before: str = ""


def conversation_key(turn: Turn) -> str:
    """`<channel>:<thread>`, as `thread_turns` and the gate know a conversation."""
    return f"{turn.conversation.channel}:{turn.conversation.thread}"[:160]


class ThreadMemory:
    """Remembers turns and recalls the last `turns` of a thread, within a budget of characters."""

    def __init__(self, db: Database, clock: Clock, *, turns: int = SHOWN_WHOLE, characters: int = 8_000) -> None:
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
        for user_id, question, answer, calls, _ in rows:
            left -= len(question) + len(answer)
            if left < 0 and kept:
                break
            kept.append(Remembered(user_id == principal.user_id, question, answer, _calls(calls)))
        if before := next((row.earlier for row in rows if row.earlier), ""):
            kept[-1] = replace(kept[-1], before=before)
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

    async def older(self, workspace_id: str, conversation: str) -> Older:
        """What a summary should hold. One that stands at a turn holds what was not shown whole beside that turn."""
        of = {"workspace": workspace_id, "of": conversation}
        async with self._reading, self._db.reading() as session:
            rows = (await (await session.connection()).execute(_WITH_SUMMARIES, of)).all()[::-1]
        at = next((place for place in reversed(range(len(rows))) if rows[place].earlier), -1)
        held = max(0, at + 1 - SHOWN_WHOLE)
        turns = rows[held : max(held, len(rows) - SHOWN_WHOLE)]
        return Older(
            rows[at].earlier if at >= 0 else "",
            tuple((row.question, row.answer) for row in turns),
            rows[-1].id if rows else "",
        )

    async def sum_up(self, workspace_id: str, turn_id: str, summary: str) -> None:
        """Keeps a summary with the turn that was the newest when it was made."""
        async with self._db.transaction() as session:
            await session.execute(
                update(ThreadTurn)
                .where(ThreadTurn.workspace_id == workspace_id, ThreadTurn.id == turn_id)
                .values(earlier=summary)
            )

    async def _store(self, rows: Sequence[dict[str, Any]]) -> Sequence[None]:
        async with self._db.transaction() as session:
            connection = await session.connection()  # rows as parameters: the statement is compiled once
            await connection.execute(insert_for(session, ThreadTurn).on_conflict_do_nothing(), list(rows))
        return [None] * len(rows)


def _calls(stored: str) -> tuple[ToolCallRecord, ...]:
    return tuple(ToolCallRecord(call["name"], call["arguments"]) for call in json.loads(stored))
