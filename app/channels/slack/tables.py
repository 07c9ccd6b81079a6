"""A Table as one Slack block: short ones as `table`, longer ones as `data_table` with pages and sorting.

https://docs.slack.dev/reference/block-kit/blocks/table-block and …/data-table-block
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.channels.slack.limits import DATA_TABLE_PAGE, TABLE_CHARACTERS, TABLE_COLUMNS, TABLE_ROWS
from app.channels.text import NOTHING, Reader, is_right_aligned, shorten, table_texts
from app.domain.answer import Cell, Column, ColumnKind, Table
from app.domain.money import Money

Block = dict[str, Any]
CELL_CHARACTERS = 300
ROWS_AT_A_GLANCE = 15


@dataclass(frozen=True)
class TableBlock:
    """The block, how many rows and columns it shows, and how many characters it takes."""

    block: Block
    rows: int
    columns: int
    characters: int


def table_block(table: Table, reader: Reader, characters: int = TABLE_CHARACTERS) -> TableBlock | None:
    """The table's first rows in at most `characters`; None when not even one row fits or there is none."""
    columns = table.columns[:TABLE_COLUMNS]
    texts = [row[:TABLE_COLUMNS] for row in table_texts(table, reader, rows=TABLE_ROWS - 1)]
    labels = [shorten(column.label, CELL_CHARACTERS) or NOTHING for column in columns]
    used = sum(map(len, labels)) + len(table.title)
    rows: list[list[Block]] = [[_text(label) for label in labels]]
    for row, shown in zip(table.rows, texts, strict=False):
        cells = [_cell(value, text, column) for value, text, column in zip(row, shown, columns, strict=False)]
        used += sum(len(cell["text"]) for cell in cells)
        if used > min(characters, TABLE_CHARACTERS):
            used -= sum(len(cell["text"]) for cell in cells)
            break
        rows.append(cells)
    if len(rows) == 1:
        return None
    block = _glance(rows, columns) if len(rows) - 1 <= ROWS_AT_A_GLANCE else _paged(rows, table.title)
    return TableBlock(block, len(rows) - 1, len(columns), used)


def _glance(rows: list[list[Block]], columns: tuple[Column, ...]) -> Block:
    settings = [{"align": "right" if is_right_aligned(column) else "left", "is_wrapped": True} for column in columns]
    return {"type": "table", "column_settings": settings, "rows": rows}


def _paged(rows: list[list[Block]], title: str) -> Block:
    return {"type": "data_table", "caption": title or "Table", "page_size": DATA_TABLE_PAGE, "rows": rows}


def _text(text: str) -> Block:
    return {"type": "raw_text", "text": text}


def _cell(value: Cell, text: str, column: Column) -> Block:
    shown = shorten(" ".join(text.split()), CELL_CHARACTERS) or NOTHING
    number = _number(value)
    if number is None or column.kind is ColumnKind.TEXT:
        return _text(shown)
    return {"type": "raw_number", "value": number, "text": shown}


def _number(value: Cell) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, Money):
        return float(value.dollars)
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 - NaN differs from itself
    return value if isinstance(value, int) else None
