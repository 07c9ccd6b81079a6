"""Workbooks (XLSX): each sheet is a section and a table. Formulas are never run: their last saved values are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from typing import Any

from app.knowledge.reading.archive import damaged, is_office, opened
from app.knowledge.reading.base import About, Block, Material, Section
from app.knowledge.reading.headings import table_text

ROWS_IN_A_BLOCK = 500  # so that a sheet of a million rows needs the memory of few


class Xlsx:
    """`app.knowledge.reading.base.Reader`."""

    label = "Excel"
    suffixes = (".xlsx", ".xlsm")

    def recognises(self, content: bytes) -> bool:
        return is_office(content, "xl/")

    def sections(self, material: Material) -> Iterator[Section]:
        with closing(_workbook(material)) as book:
            for sheet in book.worksheets:
                blocks = tuple(_blocks(sheet))
                if blocks:
                    yield Section((sheet.title,), blocks, anchor=f"#sheet={sheet.title}")

    def about(self, material: Material) -> About:
        with closing(_workbook(material)) as book:
            said = book.properties
            return About((said.title or "").strip(), said.modified)


def _blocks(sheet: Any) -> Iterator[Block]:
    head: list[str] = []
    rows: list[list[str]] = []
    for values in sheet.iter_rows(values_only=True):
        cells = [_cell(value) for value in values]
        if not any(cells):
            continue
        if not head:
            head = cells
            continue
        rows.append(cells)
        if len(rows) == ROWS_IN_A_BLOCK:
            yield Block(table_text([head, *rows]), is_table=True)
            rows = []
    if head and (rows or not any(head[1:])):
        yield Block(table_text([head, *rows]), is_table=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _workbook(material: Material) -> Any:
    import openpyxl  # noqa: PLC0415 - loaded when it is needed

    content = opened(material)
    try:
        return openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    except Exception:  # the parser meets whatever a file holds
        raise damaged(material) from None


READER = Xlsx()
