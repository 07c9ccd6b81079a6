"""Who is alive, by the database's clock, and taking over from those who are not."""

from __future__ import annotations

from sqlalchemy import BigInteger, cast, delete, func, insert, literal_column, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.db.engine import Database
from app.db.models.runtime import Executor, IntakeEntry

EVERYWHERE = "*"


class Presence:
    """This executor's heartbeat row and everybody else's. `margin` is in seconds: an executor whose last beat is older
    counts as dead. A machine's clock plays no part."""

    def __init__(self, db: Database, executor_id: str, *, margin: float = 30.0) -> None:
        self._db = db
        self._executor_id = executor_id
        self._margin_ms = int(margin * 1000)

    async def beat(self) -> None:
        """Say "I am alive"."""
        async with self._db.transaction() as session:
            known = await session.execute(
                update(Executor)
                .where(Executor.workspace_id == EVERYWHERE, Executor.id == self._executor_id)
                .values(beat_ms=self._now_ms())
                .returning(Executor.id)
            )
            if known.first() is None:
                await session.execute(
                    insert(Executor).values(workspace_id=EVERYWHERE, id=self._executor_id, beat_ms=self._now_ms())
                )

    async def leave(self, *, unfinished: bool) -> None:
        """Say "I am gone". With `unfinished` work another executor takes it over at its next beat."""
        mine = (Executor.workspace_id == EVERYWHERE, Executor.id == self._executor_id)
        async with self._db.transaction() as session:
            if unfinished:
                await session.execute(update(Executor).where(*mine).values(beat_ms=0))
            else:
                await session.execute(delete(Executor).where(*mine))

    async def inherit(self) -> int:
        """Become the holder of the entries of every dead executor; returns how many entries that are.

        One transaction: either this executor holds them afterwards, or nothing changed.
        """
        async with self._db.transaction() as session:
            dead = list(
                await session.scalars(
                    delete(Executor)
                    .where(
                        Executor.workspace_id == EVERYWHERE,
                        Executor.id != self._executor_id,
                        Executor.beat_ms < self._now_ms() - self._margin_ms,
                    )
                    .returning(Executor.id)
                )
            )
            if not dead:
                return 0
            taken = await session.scalars(
                update(IntakeEntry)
                .where(IntakeEntry.state == "handed", IntakeEntry.executor.in_(dead))
                .values(executor=self._executor_id)
                .returning(IntakeEntry.id)
            )
            return len(list(taken))

    async def others(self) -> list[str]:
        """The other executors that are known, dead or alive."""
        async with self._db.reading() as session:
            return list(await session.scalars(select(Executor.id).where(Executor.id != self._executor_id)))

    def _now_ms(self) -> ColumnElement[int]:
        if self._db.is_sqlite:
            return cast(literal_column("(julianday('now') - 2440587.5) * 86400000"), BigInteger)
        return cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
