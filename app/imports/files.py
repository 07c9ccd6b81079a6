"""The files themselves: what they are, what they hold, row by row, so that a million rows need the memory of one."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.domain.errors import Fixable
from app.imports.cells import Cell, unpacked
from app.imports.workbook import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, spool
from app.knowledge.reading.base import Unreadable
from app.knowledge.reading.csv import DELIMITERS
from app.knowledge.reading.isolated import OwnProcess

MOST_BYTES = 1 << 30
MOST_SECONDS = 600.0
_PIECE = 1 << 20

Row = tuple[int, list[Cell]]
"""Number in the sheet, from 1, and cells."""


@dataclass(frozen=True)
class Sheet:
    """One table. `title` is "" for a text file. `rows` walks it from the start, each time it is called; it raises
    Unreadable for what is no table."""

    title: str
    rows: Callable[[], Iterator[Row]]


@dataclass(frozen=True)
class Opened:
    """A file that can be read. `digest` is the SHA-256 of its bytes."""

    name: str
    digest: str
    sheets: tuple[Sheet, ...]


async def open_file(path: Path, folder: Path, process: OwnProcess) -> Opened:
    """The tables of a CSV or XLSX file; `folder` is for lines read from a workbook. Raises Fixable."""
    _check(path)
    found = await process.run(path.name, spool, path, folder)
    digest, encoding = _looked_through(path)
    if found.is_workbook:
        return Opened(path.name, digest, tuple(Sheet(title, partial(_spooled, rows)) for title, rows in found.sheets))
    return Opened(path.name, digest, (Sheet("", partial(_text_rows, path, encoding)),))


def _check(path: Path) -> None:
    if not path.is_file():
        raise Fixable(f"There is no file {path}.", next_step="Please check the path.", code="no_such_file")
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(
            f"“{path.name}” has more than {MOST_BYTES // 2**30} GB.",
            next_step="Please split it.",
            code="document_too_large",
        )


def _looked_through(path: Path) -> tuple[str, str]:
    """The file's digest, and the encoding that its text can be read in: UTF-8, UTF-16 with its mark, or Western
    European."""
    digest, utf_8 = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    start, fits = b"", True
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            start = start or piece[:4]
            digest.update(piece)
            if fits:
                try:
                    utf_8.decode(piece)
                except UnicodeDecodeError:
                    fits = False
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return digest.hexdigest(), "utf-16"
    return digest.hexdigest(), "utf-8-sig" if fits else "cp1252"


def _spooled(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for line in file:
            number, cells = unpacked(line)
            yield number, cells


def _text_rows(path: Path, encoding: str) -> Iterator[Row]:
    """The rows that hold something. The number is the row's, not the line's: a cell may hold line breaks."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        delimiter = _delimiter(file.read(1 << 16))
        file.seek(0)
        rows, number = csv.reader(file, delimiter=delimiter), 0
        try:
            for number, row in enumerate(rows, start=1):
                if number > MOST_ROWS:
                    raise Unreadable(
                        f"“{path.name}” has more than {MOST_ROWS:,} rows.",
                        next_step="Please split it.",
                        code="document_too_large",
                    )
                cells: list[Cell] = [one[:LONGEST_CELL].strip() for one in row[:MOST_COLUMNS]]
                if any(cells):
                    yield number, cells
        except csv.Error:
            raise Unreadable(
                f"“{path.name}” is no table after row {number:,}: a quotation mark there is never closed, or a cell is "
                "far too long.",
                next_step="Please export it again.",
            ) from None


def _delimiter(beginning: str) -> str:
    """What some line holds most often: title lines above the header hold none."""
    lines = beginning.splitlines()[:50]
    return max(DELIMITERS, key=lambda one: max((line.count(one) for line in lines), default=0))
