"""Workbooks, read in a process of their own into plain lines on disk. Formulas are never run: what the program that
saved the file calculated is taken, and a formula without such a value is a broken cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from app.imports.cells import Broken, Cell, packed
from app.knowledge.reading.archive import damaged, opened
from app.knowledge.reading.base import Material, Unreadable
from app.knowledge.reading.isolated import Wrong, believed

MOST_ROWS = 2_000_000  # of one file
MOST_COLUMNS = 250
LONGEST_CELL = 2_000  # characters
NOT_CALCULATED = "a formula that was saved without its value"
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s/>]")
_PIECE = 1 << 20
_HEAD = 64 * 1024


@dataclass(frozen=True)
class Spooled:
    """What a file turned out to be: a workbook with its visible sheets (title and lines on disk), or a text table."""

    is_workbook: bool
    sheets: tuple[tuple[str, Path], ...] = ()


def spool(path: Path, folder: Path) -> Spooled | Wrong:
    """Looks at a file and writes a workbook's rows to `folder`. Meant for a process of its own."""
    return believed(path.name, _spool, path, folder)


def _spool(path: Path, folder: Path) -> Spooled:
    from app.knowledge.reading.registry import LARGEST, reader_of  # noqa: PLC0415 - it loads every parser

    with path.open("rb") as file:
        head = file.read(_HEAD)
        archive = head.startswith(b"PK") and path.stat().st_size <= LARGEST
        material = Material(path.name, head + file.read() if archive else head)
    if head.startswith(b"PK") and not archive:
        raise _too_large(path.name, f"has more than {LARGEST // 2**20} MB")
    reader = reader_of(material)
    if reader.label in ("CSV", "text"):
        return Spooled(is_workbook=False)
    if reader.label != "Excel":
        raise Unreadable(
            f"“{path.name}” is a {reader.label} file, and I import tables.",
            next_step="Please save the table as CSV or XLSX.",
        )
    return Spooled(is_workbook=True, sheets=tuple(_sheets(material, folder)))


def _sheets(material: Material, folder: Path) -> Iterator[tuple[str, Path]]:
    try:
        content = opened(material)
    except Unreadable as wrong:
        raise Unreadable(wrong.sentence, next_step="Please save it as CSV.", code=wrong.code) from None
    has_formulas = _has_formulas(material)
    rows_left = MOST_ROWS
    with closing(_workbook(material, content, values=True)) as book:
        formulas = _workbook(material, content, values=False) if has_formulas else None
        for number, sheet in enumerate(book.worksheets):
            if sheet.sheet_state != "visible":
                continue
            path = folder / f"sheet-{number}.jsonl"
            with path.open("wb") as out:
                for row in _rows(sheet, formulas.worksheets[number] if formulas else None):
                    rows_left -= 1
                    if rows_left < 0:
                        raise _too_large(material.name, f"has more than {MOST_ROWS:,} rows")
                    out.write(packed(row) + b"\n")
            yield str(sheet.title), path
        if formulas is not None:
            formulas.close()


def _has_formulas(material: Material) -> bool:
    with ZipFile(opened(material)) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith("xl/worksheets/"):
                continue
            tail = b""
            with archive.open(entry) as part:
                while piece := part.read(_PIECE):
                    if _FORMULA.search(tail + piece):
                        return True
                    tail = piece[-32:]
    return False


def _workbook(material: Material, content: Any, *, values: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - loaded when it is needed

    try:
        return openpyxl.load_workbook(content, read_only=True, data_only=values, keep_links=False)
    except Exception:  # the parser meets whatever a file holds
        raise damaged(material) from None


def _rows(sheet: Any, formulas: Any) -> Iterator[tuple[int, list[Cell]]]:
    """Number in the sheet, from 1, and cells of every row that holds something. A sheet may claim any size; what is
    there counts."""
    sheet.reset_dimensions()
    if formulas is None:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [_cell(one) for one in row[:MOST_COLUMNS]]
            if any(one not in (None, "") for one in cells):
                yield number, cells
        return
    formulas.reset_dimensions()
    pairs = zip(sheet.iter_rows(), formulas.iter_rows(), strict=True)
    for number, (row, written) in enumerate(pairs, start=1):
        both = zip(row[:MOST_COLUMNS], written[:MOST_COLUMNS], strict=True)
        cells = [Broken(NOT_CALCULATED) if v.value is None and f.data_type == "f" else _cell(v) for v, f in both]
        if any(one not in (None, "") for one in cells):
            yield number, cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return f"{Decimal(repr(value)) * 100:f}%" if "%" in cell.number_format else value
    if isinstance(value, str):
        return Broken(f"an Excel error ({value[:10]})") if cell.data_type == "e" else value[:LONGEST_CELL]
    return value


def _too_large(name: str, what: str) -> Unreadable:
    return Unreadable(f"“{name}” {what}.", next_step="Please split it, or save it as CSV.", code="document_too_large")
