"""What an import of a file did, or would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RefusedRow:
    """A row that could not be taken, and why. `row` is its number in the file, 0 where no single row is to blame."""

    sheet: str
    row: int
    reason: str


@dataclass(frozen=True)
class Imported:
    """One file. Counts are records, but `rows` and `refused` are rows of the file; `first_refused` are the first of
    these. `unchanged` records are the same already, `older` ones are stored as of a later day and stay. `sha256` is
    the file's own digest, `as_of` the moment it speaks for."""

    file: str
    sha256: str
    kinds: tuple[str, ...]
    properties: tuple[str, ...]
    as_of: datetime | None
    rows: int
    added: int
    changed: int
    removed: int
    unchanged: int
    older: int
    refused: int
    first_refused: tuple[RefusedRow, ...]
    notes: tuple[str, ...]

    @property
    def written(self) -> int:
        return self.added + self.changed + self.removed
