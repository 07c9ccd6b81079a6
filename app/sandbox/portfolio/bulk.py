"""Writes many rows fast: the drivers' own bulk paths, under one open SQLAlchemy transaction.

Rows are tuples in the order of the given columns, with plain Python values. Nothing is read back and no defaults of
the models apply: every column without a database default must be given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

BATCH = 5_000


class BulkWriter:
    """Inserts into one database. `day` and `moment` turn dates and moments into what the driver stores."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"
        self.day: Callable[[date | None], Any] = _iso_day if self._sqlite else _as_it_is
        self.moment: Callable[[datetime | None], Any] = _iso_moment if self._sqlite else _as_it_is

    async def insert(self, table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
        """Insert all rows, some thousands at a time; returns how many."""
        written = 0
        source = iter(rows)
        while batch := list(islice(source, BATCH)):
            if self._sqlite:
                places = ", ".join("?" * len(columns))
                statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
                await self._connection.exec_driver_sql(statement, batch)
            else:
                await self._copy(table, columns, batch)
            written += len(batch)
        return written

    async def _copy(self, table: Table, columns: tuple[str, ...], batch: list[tuple[Any, ...]]) -> None:
        await self._connection.exec_driver_sql("SELECT 1")  # opens the transaction that the copy must be part of
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.copy_records_to_table(table.name, columns=columns, records=batch)


@cache
def _iso_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _iso_moment(moment: datetime | None) -> str | None:
    """As SQLAlchemy stores moments in SQLite: UTC, without a zone, always with microseconds."""
    return None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _as_it_is(value: Any) -> Any:
    return value
