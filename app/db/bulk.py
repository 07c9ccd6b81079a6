"""Fast bulk upserts, the same on SQLite and PostgreSQL: rows are inserted, or replace the row of the same key unless
that one was confirmed later. SQLite gets one prepared statement, PostgreSQL a COPY into a temporary table.

Columns that the rows do not name keep what they hold (derived columns survive a sync); a new row gets their defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Column, String, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.db.models.base import Sourced

Row = Mapping[str, Any]
Encode = Callable[[list[Any]], list[Any]]
"""From a column's Python values to what the driver takes."""

_KEY = ("workspace_id", "id")
_DIALECTS: Mapping[str, Callable[[], Dialect]] = {"sqlite": sqlite.dialect, "postgresql": postgresql.asyncpg.dialect}


@dataclass(frozen=True)
class _Plan:
    """How rows of one table with one set of columns are written."""

    columns: tuple[str, ...]  # of the rows, then those that only new rows get
    encoders: tuple[Encode | None, ...]
    defaults: Mapping[str, Any]
    sqlite_sql: str
    staging: str
    create_staging: str
    merge: str


async def upsert(session: AsyncSession, model: type[Sourced], workspace_id: str, rows: Sequence[Row]) -> int:
    """Writes the rows (all naming the same columns, `as_of` among them) and returns how many were given, each id
    counted once; of two rows with one id the later in the sequence counts. A stored row with a later `as_of` stays.
    Writing a row takes back its tombstone unless the row names `deleted_at`.

    Strings longer than their column are cut. Raises ValueError for a column that the table does not have.
    """
    if not rows:
        return 0
    connection = await session.connection()
    dialect = connection.dialect.name
    plan = _plan(model.__table__, tuple(sorted(rows[0])), dialect)  # type: ignore[arg-type]
    unique = {row["id"]: row for row in rows}
    columns = [_column(plan, index, name, workspace_id, unique.values()) for index, name in enumerate(plan.columns)]
    records = list(zip(*columns, strict=True))
    if dialect == "sqlite":
        await connection.exec_driver_sql(plan.sqlite_sql, records)
        return len(records)
    await connection.exec_driver_sql(plan.create_staging)
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_records_to_table(plan.staging, records=records, columns=plan.columns)
    await connection.exec_driver_sql(plan.merge)
    await connection.exec_driver_sql(f'DROP TABLE "{plan.staging}"')
    return len(records)


def _column(plan: _Plan, index: int, name: str, workspace_id: str, rows: Any) -> list[Any]:
    if name == "workspace_id":
        return [workspace_id] * len(rows)
    encode = plan.encoders[index]
    if name in plan.defaults:
        default = plan.defaults[name]
        return (encode([default]) if encode is not None else [default]) * len(rows)
    values = [row[name] for row in rows]
    return values if encode is None else encode(values)


@lru_cache(maxsize=128)
def _plan(table: Table, given: tuple[str, ...], dialect_name: str) -> _Plan:
    unknown = [name for name in given if name not in table.columns]
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(unknown)}")
    dialect = _DIALECTS[dialect_name]()
    defaults: dict[str, Any] = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in given and isinstance(column.default, ScalarElementColumnDefault)
    }
    if "deleted_at" not in given:
        defaults["deleted_at"] = None
    columns = ("workspace_id", *given, *defaults)
    encoders = tuple(_encoder(table.columns[name], dialect) for name in columns)
    updated = [name for name in (*given, "deleted_at") if name not in _KEY]
    names = ", ".join(f'"{name}"' for name in columns)
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in dict.fromkeys(updated))
    name, staging, marks = table.name, f"staging_{table.name}", ", ".join("?" for _ in columns)
    conflict = f'ON CONFLICT ("workspace_id", "id") DO UPDATE SET {sets} WHERE "{name}"."as_of" <= excluded."as_of"'
    # Every name in these statements is a table or column of the models.
    return _Plan(
        columns=columns,
        encoders=encoders,
        defaults=defaults,
        sqlite_sql=f'INSERT INTO "{name}" ({names}) VALUES ({marks}) {conflict}',  # noqa: S608
        staging=staging,
        create_staging=f'CREATE TEMPORARY TABLE "{staging}" AS SELECT {names} FROM "{name}" LIMIT 0',  # noqa: S608
        merge=f'INSERT INTO "{name}" ({names}) SELECT {names} FROM "{staging}" {conflict}',  # noqa: S608
    )


def _encoder(column: Column[Any], dialect: Dialect) -> Encode | None:
    """What prepares a column's values for the driver; None when it takes them as they are."""
    if isinstance(column.type, String) and column.type.length is not None:
        return partial(_cut, column.type.length)
    encode = column.type.dialect_impl(dialect).bind_processor(dialect)
    return partial(_each, encode) if encode is not None else None


def _cut(length: int, values: list[Any]) -> list[Any]:
    if all(value is None or len(value) <= length for value in values):
        return values
    return [value[:length] if value is not None else None for value in values]


def _each(encode: Callable[[Any], Any], values: list[Any]) -> list[Any]:
    """Each value encoded, equal ones once: days and moments come in runs."""
    known = {value: encode(value) for value in set(values)}
    return [known[value] for value in values]
