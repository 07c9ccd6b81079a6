"""A table as CSV text for spreadsheets: raw values, full precision, and safe to open.

Cells that a spreadsheet would run as a formula get a leading apostrophe (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

from app.channels.text import share_text
from app.domain.answer import Cell, ColumnKind, Table
from app.domain.money import Money

_FORMULA = re.compile(r"^[\s\x00]*[=+\-@\t\r\n|%]")
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


def to_csv(table: Table) -> str:
    """The table with a header line; lines end in CRLF (RFC 4180). Dates are ISO, moments UTC, money plain dollars."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_text(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([_value(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)])
    return out.getvalue()


def csv_name(table: Table) -> str:
    """A file name made from the title: `rent-roll-maple-court.csv`."""
    return (_NOT_A_NAME.sub("-", table.title.lower()).strip("-")[:60] or "table") + ".csv"


def _value(value: Cell, kind: ColumnKind) -> str | int:  # noqa: PLR0911 - one return per kind of value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{value.dollars:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return safe_text(value)
    if kind is ColumnKind.PERCENT:
        return share_text(value)
    return value if isinstance(value, int) else str(value)


def safe_text(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it."""
    return f"'{text}" if _FORMULA.match(text) else text
