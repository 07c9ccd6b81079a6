"""Workbooks (XLSX): each row under its sheet's header row. Formulas are never run: their last saved values are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from typing import Any

from app.knowledge.reading.archive import damaged, is_office, opened
from app.knowledge.reading.base import About, Material, Section
from app.knowledge.reading.sheets import sections_of


class Xlsx:
    """`app.knowledge.reading.base.Reader`."""

    label = "Excel"
    suffixes = (".xlsx", ".xlsm")

    def recognises(self, content: bytes) -> bool:
        return is_office(content, "xl/")

    def sections(self, material: Material) -> Iterator[Section]:
        """Visible sheets only: what is hidden is not meant to be read. A sheet may claim any size; the rows that are
        there count."""
        with closing(_workbook(material)) as book:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()
                    yield from sections_of(material.name, sheet.title, sheet.iter_rows(values_only=True))

    def about(self, material: Material) -> About:
        with closing(_workbook(material)) as book:
            said = book.properties
            return About((said.title or "").strip(), said.modified.replace(tzinfo=UTC) if said.modified else None)


def _workbook(material: Material) -> Any:
    import openpyxl  # noqa: PLC0415 - loaded when it is needed

    content = opened(material)
    try:
        return openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    except Exception:  # the parser meets whatever a file holds
        raise damaged(material) from None


READER = Xlsx()
