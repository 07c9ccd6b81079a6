"""Durable intake: what arrives is stored before it is acknowledged, many arrivals in one commit.

One writer task owns the database connection. Waiting callers are committed together (group commit), so a hundred
clients cost one commit, not a hundred. Not for: doing the work (dispatch.py) or knowing what Slack is (handlers).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.engine import Database
from app.db.models.runtime import IntakeEntry
from app.domain.clock import Clock
from app.domain.errors import RetryLater

MOST_IN_ONE_COMMIT = 200


@dataclass(frozen=True)
class Arrival:
    """Something to do. `key` names the thing itself, `delivery_id` the delivery that brought it; an arrival whose key
    or delivery id is known is a repeat and changes nothing. Arrivals of one `lane` run in order, one at a time."""

    workspace_id: str
    key: str
    delivery_id: str
    kind: str
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    lane: str = ""
    conversation: str = ""
    user_id: str = ""


class Intake:
    """Stores arrivals. `accept` returns once its arrival is on disk.

    on_stored is called after each commit that stored something new.
    """

    def __init__(self, db: Database, clock: Clock, on_stored: Callable[[], None], *, patience: float = 2.5) -> None:
        self._db = db
        self._clock = clock
        self._on_stored = on_stored
        self._patience = patience  # seconds; Slack gives up after 3
        self._waiting: asyncio.Queue[tuple[dict[str, Any], asyncio.Future[bool]]] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the writer task."""
        self._writer = asyncio.create_task(self._write_forever(), name="intake-writer")

    async def stop(self) -> None:
        """Finish what was accepted, then stop."""
        if self._writer is None:
            return
        await self._waiting.join()
        self._writer.cancel()
        with suppress(asyncio.CancelledError):
            await self._writer
        self._writer = None

    async def accept(self, arrival: Arrival) -> bool:
        """True when the arrival was stored, False when it was known already.

        Raises RetryLater when it could not be stored: the sender must deliver it again.
        """
        if self._writer is None:
            raise RetryLater("I'm just starting or stopping.", code="intake_closed", next_step="Please try again.")
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((self._row(arrival), stored))
        try:
            return await asyncio.wait_for(asyncio.shield(stored), self._patience)
        except TimeoutError as late:
            # It may still be stored: the repeat that the sender makes is then recognised by its key.
            stored.add_done_callback(_look_away)
            raise RetryLater("The store is slow.", code="intake_slow", next_step="Please try again.") from late

    def _row(self, arrival: Arrival) -> dict[str, Any]:
        return {
            "workspace_id": arrival.workspace_id,
            "id": arrival.key,
            "delivery_id": arrival.delivery_id,
            "kind": arrival.kind,
            "lane": arrival.lane or arrival.key,
            "conversation": arrival.conversation,
            "user_id": arrival.user_id,
            "payload": json.dumps(arrival.payload, ensure_ascii=False, separators=(",", ":")),
            "received_at": self._clock.now(),
            "state": "new",
            "executor": "",
            "told_busy": False,
            "stop_requested": False,
        }

    async def _write_forever(self) -> None:
        connection: AsyncConnection | None = None
        try:
            while True:
                batch = [await self._waiting.get()]
                while len(batch) < MOST_IN_ONE_COMMIT and not self._waiting.empty():
                    batch.append(self._waiting.get_nowait())
                try:
                    connection = connection or await self._connect()
                    new = await self._commit(connection, [row for row, _ in batch])
                except Exception as failure:
                    connection = await _discard(connection)
                    _tell(batch, failure=failure)
                else:
                    _tell(batch, new=new)
                    if new:
                        self._on_stored()
                finally:
                    for _ in batch:
                        self._waiting.task_done()
        finally:
            await _discard(connection)

    async def _connect(self) -> AsyncConnection:
        connection = await self._db.engine.connect()
        if self._db.is_sqlite:
            # An acknowledged event must survive a power cut too; the rest of the database syncs less often.
            await connection.execute(text("PRAGMA synchronous=FULL"))
            await connection.execute(text("PRAGMA busy_timeout=2000"))
            await connection.commit()
        return connection

    async def _commit(self, connection: AsyncConnection, rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
        dialect = sqlite if self._db.is_sqlite else postgresql
        statement = (
            dialect.insert(IntakeEntry).on_conflict_do_nothing().returning(IntakeEntry.workspace_id, IntakeEntry.id)
        )
        async with connection.begin():
            stored = await connection.execute(statement, rows)
            return {(workspace_id, key) for workspace_id, key in stored}


def _tell(
    batch: list[tuple[dict[str, Any], asyncio.Future[bool]]],
    *,
    new: set[tuple[str, str]] | None = None,
    failure: Exception | None = None,
) -> None:
    fresh = set(new or ())
    for row, stored in batch:
        if stored.done():
            continue
        if failure is not None:
            error = RetryLater("I couldn't store that.", code="intake_failed", detail=repr(failure))
            error.__cause__ = failure
            stored.set_exception(error)
        else:
            name = (row["workspace_id"], row["id"])
            stored.set_result(name in fresh)
            fresh.discard(name)  # the second of two equal arrivals in one batch is the repeat


async def _discard(connection: AsyncConnection | None) -> None:
    if connection is not None:
        with suppress(Exception):
            await connection.invalidate()
            await connection.close()


def _look_away(stored: asyncio.Future[bool]) -> None:
    if not stored.cancelled():
        stored.exception()
