"""Writes many rows fast: the drivers' own bulk paths, under one open SQLAlchemy transaction.

Rows are tuples in the order of the given columns, with the values the driver stores. Nothing is read back and no
defaults of the models apply: every column without a database default must be given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Batch:
    """Rows for one table."""

    table: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]


@dataclass(frozen=True)
class Stored:
    """How a driver wants days and moments."""

    day: Callable[[date | None], Any]
    moment: Callable[[datetime | None], Any]


def stored_by(dialect: str) -> Stored:
    """For SQLAlchemy's `sqlite` texts, else plain Python values."""
    return Stored(_iso_day, _iso_moment) if dialect == "sqlite" else Stored(_as_it_is, _as_it_is)


class BulkWriter:
    """Inserts batches through one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    async def insert(self, batches: Iterable[Batch]) -> int:
        """Insert all rows, some thousands at a time; returns how many."""
        return sum([await self._insert(batch) for batch in batches])

    async def _insert(self, batch: Batch) -> int:
        written = 0
        source = iter(batch.rows)
        while some := list(islice(source, ROWS_AT_ONCE)):
            if self._sqlite:
                places = ", ".join("?" * len(batch.columns))
                statement = f"INSERT INTO {batch.table} ({', '.join(batch.columns)}) VALUES ({places})"  # noqa: S608
                await self._connection.exec_driver_sql(statement, some)
            else:
                await self._copy(batch, some)
            written += len(some)
        return written

    async def _copy(self, batch: Batch, rows: list[tuple[Any, ...]]) -> None:
        await self._connection.exec_driver_sql("SELECT 1")  # opens the transaction that the copy must be part of
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.copy_records_to_table(batch.table, columns=batch.columns, records=rows)


@cache
def _iso_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _iso_moment(moment: datetime | None) -> str | None:
    """As SQLAlchemy stores moments in SQLite: UTC, without a zone, always with microseconds."""
    return None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _as_it_is(value: Any) -> Any:
    return value
