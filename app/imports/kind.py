"""The seam of every kind of sheet: the columns that tell it, and what a row of it becomes.

A kind is one file in `kinds/` with `KIND = Kind(...)`. It knows its columns and the tables it fills, and nothing of
files, header rows, transactions or who imports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Protocol

from app.db.models.base import Sourced
from app.imports.cells import Cell
from app.imports.home import Home
from app.imports.values import (
    Refused,
    cents_of,
    day_of,
    is_blank,
    share_of,
    shown,
    text_of,
    whole_of,
)


@dataclass(frozen=True)
class Column:
    """One column: its name for people, and other names it goes by (case, punctuation and plural don't matter)."""

    key: str
    label: str
    also: tuple[str, ...] = ()
    is_day: bool = False


day_column = partial(Column, is_day=True)

PROPERTY = Column(
    "property", "Property", ("community", "property name", "community name", "site", "asset", "building name")
)
UNIT = Column(
    "unit",
    "Unit",
    ("unit number", "unit no", "unit id", "apt", "apartment", "apt no", "bldg unit", "unit name", "suite"),
)
RESIDENT = Column(
    "resident",
    "Resident",
    ("resident name", "tenant", "tenant name", "name", "lessee", "occupant", "household", "leaseholder"),
)


@dataclass(frozen=True)
class Record:
    """A row of a read-model table on its way in: `values` by column name, `id` among them, without `as_of`. Of records
    that repeat, equal ones of a file are as many rows; their ids are counted."""

    model: type[Sourced]
    values: Mapping[str, Any]
    repeats: bool = False


@dataclass(frozen=True)
class Line:
    """One row of a sheet by column key. Its readers raise Refused, naming the column."""

    number: int
    cells: Mapping[str, Cell]
    labels: Mapping[str, str]
    days_first: frozenset[str] = frozenset()  # columns that also hold dates with the day first

    def has(self, key: str) -> bool:
        """Whether the sheet has the column."""
        return key in self.cells

    def blank(self, key: str) -> bool:
        return is_blank(self.cells.get(key))

    def text(self, key: str, most: int = 120) -> str:
        return self._read(key, lambda cell: text_of(cell, most))

    def cents(self, key: str, *, rounded: bool = False) -> int | None:
        return self._read(key, lambda cell: cents_of(cell, rounded=rounded))

    def day(self, key: str) -> date | None:
        return self._read(key, lambda cell: day_of(cell, days_first=key in self.days_first))

    def whole(self, key: str, most: int) -> int | None:
        return self._read(key, lambda cell: whole_of(cell, most=most))

    def share(self, key: str, *, fraction_below_one: bool) -> float | None:
        return self._read(key, lambda cell: share_of(cell, fraction_below_one=fraction_below_one))

    def needed(self, key: str, value: Any) -> Any:
        """The value, which must not be missing."""
        if value is None or value == "":
            raise Refused(f"{self.labels.get(key, key)} is missing")
        return value

    def first_of(self, *keys: str) -> str:
        """The first of these columns that holds something, else the first of all."""
        return next((key for key in keys if not self.blank(key)), keys[0])

    def shown(self) -> str:
        """The row for people, cut short."""
        return " | ".join(shown(cell) for cell in self.cells.values() if not is_blank(cell))[:200]

    def _read(self, key: str, read: Callable[[Cell], Any]) -> Any:
        try:
            return read(self.cells.get(key))
        except Refused as reason:
            raise Refused(f"{self.labels.get(key, key)}: {reason}") from None


class Take(Protocol):
    def __call__(self, line: Line, home: Home) -> Iterable[Record]:
        """The records that a row becomes, all or none of them. Raises Refused."""
        ...


def nothing_more(home: Home) -> Iterable[Record]:
    return ()


@dataclass(frozen=True)
class Kind:
    """A kind of sheet. `needs`: of each group one column must be there. `models`: tables it fills, in the order they
    are written. `resources`: what the answers that read these tables cite. `makes_properties`: may bring a community
    that nobody knew. `across`: what the header cell of a column that stands for a value (a month) is called, if it is
    one. `finish`: what follows for a community once all its rows were seen. `rank`: sheets of a workbook are taken in
    this order."""

    key: str
    label: str
    rank: int
    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]
    models: tuple[type[Sourced], ...]
    resources: tuple[str, ...]
    take: Take
    makes_properties: bool = False
    across: Callable[[Cell], str | None] = field(default=lambda cell: None)
    across_counts_as: tuple[str, ...] = ()  # the needed columns that such columns stand for
    finish: Callable[[Home], Iterable[Record]] = nothing_more

    def labels(self) -> dict[str, str]:
        return {column.key: column.label for column in self.columns}
