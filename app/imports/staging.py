"""Where a file's records and refusals wait until all of it was read: a small database on disk, so that memory stays
flat and one id is seen once. It is thrown away after the import."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy.orm import class_mapper

from app.db.models.base import Sourced
from app.imports.cells import packed, unpacked
from app.imports.kind import Record
from app.imports.values import Refused

_TABLES = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;
CREATE TABLE rows (model TEXT, id TEXT, place TEXT, names TEXT, body BLOB, PRIMARY KEY (model, id)) WITHOUT ROWID;
CREATE TABLE repeated (id TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE refused (sheet TEXT, number INTEGER, reason TEXT, shown TEXT);
"""


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken: sheet ("" for a text file), row number, reason, and what stands in it."""

    sheet: str
    number: int
    reason: str
    shown: str


class Staging:
    """Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, place: str, records: Iterable[Record]) -> None:
        """The records of one row, all or none. Raises Refused when another row says something else under an id."""
        new: list[tuple[str, str, str, str, bytes]] = []
        for record in records:
            values = self._counted(record)
            table, names = _table(record.model), ",".join(sorted(values))
            body = packed(values)
            known = self._db.execute("SELECT place, body FROM rows WHERE model = ? AND id = ?", (table, values["id"]))
            found = known.fetchone()
            if found is None:
                new.append((table, values["id"], place, names, body))
            elif found[1] != body:
                raise Refused(f"{found[0]} says something else of the same {_thing(table)}")
        self._db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", new)

    def _counted(self, record: Record) -> dict[str, Any]:
        """A repeating record gets its count into the id: equal entries of a ledger are as many entries."""
        values = dict(record.values)
        if record.repeats:
            (number,) = self._db.execute(
                "INSERT INTO repeated VALUES (?, 1)"
                " ON CONFLICT (id) DO UPDATE SET number = number + 1 RETURNING number",
                (values["id"],),
            ).fetchone()
            values["id"] = f"{values['id']}/{number}"
            if len(values["id"]) > 120:
                raise Refused("the names of this row are too long to be kept")
        return values

    def refuse(self, refusal: Refusal) -> None:
        self._db.execute(
            "INSERT INTO refused VALUES (?, ?, ?, ?)", (refusal.sheet, refusal.number, refusal.reason, refusal.shown)
        )

    @property
    def refused(self) -> int:
        """How many rows were not taken."""
        return int(self._db.execute("SELECT count(*) FROM refused").fetchone()[0])

    def refusals(self, most: int = -1) -> Iterator[Refusal]:
        """In the order of the file; the first `most` of them, or all."""
        for row in self._db.execute("SELECT sheet, number, reason, shown FROM refused ORDER BY rowid LIMIT ?", (most,)):
            yield Refusal(*row)

    def chunks(self, model: type[Sourced], size: int) -> Iterator[list[dict[str, Any]]]:
        """The rows of a table, some at a time; those of one chunk name the same columns."""
        table = _table(model)
        shapes = self._db.execute("SELECT DISTINCT names FROM rows WHERE model = ?", (table,)).fetchall()
        for (names,) in shapes:
            bodies = self._db.execute("SELECT body FROM rows WHERE model = ? AND names = ? ORDER BY id", (table, names))
            while some := [unpacked(body) for (body,) in islice(bodies, size)]:
                yield some

    def has(self, model: type[Sourced], ids: Sequence[str]) -> set[str]:
        """Those of the ids that wait here."""
        marks = ",".join("?" for _ in ids)
        query = f"SELECT id FROM rows WHERE model = ? AND id IN ({marks})"  # noqa: S608 - only question marks
        return {row[0] for row in self._db.execute(query, (_table(model), *ids))}


def _table(model: type[Sourced]) -> str:
    return str(class_mapper(model).local_table)


def _thing(table: str) -> str:
    """A row of the table, for people."""
    known = {"ledger_entries": "entry", "properties": "community", "gl_months": "account and month"}
    return known.get(table, table.removesuffix("s").replace("_", " "))
