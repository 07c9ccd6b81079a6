"""How a declared service's answer is shown: a table of the declared columns, a sentence, a source with its link.

Nothing but declared columns is carried on: what the file does not name reaches neither a person nor a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from app.domain.answer import Cell, Column, ColumnKind, Source, Table
from app.integrations.declared.cells import Hidden, NotOfItsKind, cell_of
from app.integrations.declared.client import DeclaredService
from app.integrations.declared.definition import Link, Shown
from app.integrations.declared.operation import Operation
from app.integrations.declared.paths import found
from app.integrations.declared.records import Records
from app.integrations.declared.requests import filled, filled_path
from app.tools.core.tool import Presentation, ToolOutput
from app.tools.core.wording import counted, day, sentence

UNKNOWN: Final = "unknown"
_KINDS: Final[Mapping[str, ColumnKind]] = {
    "number": ColumnKind.NUMBER,
    "money": ColumnKind.MONEY,
    "percent": ColumnKind.PERCENT,
    "date": ColumnKind.DATE,
    "moment": ColumnKind.DATETIME,
}


class DeclaredResult(ToolOutput):
    """Rows in the order of the declared columns. `more`: the service has rows beyond them; `unread`: values and rows
    that were not what they should be, and were left out."""

    rows: tuple[tuple[Cell, ...], ...] = ()
    more: bool = False
    unread: int = 0


def result_of(
    service: DeclaredService, operation: Operation, said: Mapping[str, Any], records: Records
) -> DeclaredResult:
    """The rows as cells, and where they came from."""
    rows: list[tuple[Cell, ...]] = []
    unread = 0
    for record in records.rows:
        cells, wrong = cells_of(record, operation.columns, records.hidden)
        unread += wrong
        if any(cell is not None for cell in cells):
            rows.append(cells)
        else:
            unread += 0 if wrong else 1
    return DeclaredResult(
        rows=tuple(rows),
        more=records.more,
        unread=unread,
        sources=(_source(service, operation, said, records, len(rows)),),
    )


def cells_of(record: Any, columns: Mapping[str, Shown], hidden: Hidden) -> tuple[tuple[Cell, ...], int]:
    """The cells of a record, and how many values were left out because they are not of their column's kind."""
    cells: list[Cell] = []
    wrong = 0
    for shown in columns.values():
        try:
            cells.append(cell_of(record, shown, hidden))
        except NotOfItsKind:
            cells.append(None)
            wrong += 1
    return tuple(cells), wrong


def presented(operation: Operation, said: Mapping[str, Any], result: DeclaredResult) -> Presentation:
    """A list as a table of its own, a single record as one line for each column."""
    if operation.record is not None:
        row = result.rows[0] if result.rows else ()
        values = {key: spoken(cell) for key, cell in zip(operation.columns, row, strict=False)}
        text = filled(operation.text, {**said, **dict.fromkeys(operation.columns, UNKNOWN), **values})
        return Presentation(text=sentence(text, _left_out(result)), table=_sheet(operation, row) if row else None)
    count = counted(len(result.rows), *operation.noun)
    more = f"There are more; these are the first {len(result.rows):,}." if result.more and result.rows else ""
    text = filled(operation.text, {**said, "count": count})
    return Presentation(text=sentence(text, more, _left_out(result)), table=_list(operation, result))


def spoken(cell: Cell) -> str:
    """A cell inside a sentence; an answer's text stands there on one line and cut."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return day(cell) if isinstance(cell, date | datetime) else str(cell)[:200]


def _list(operation: Operation, result: DeclaredResult) -> Table | None:
    if not result.rows:
        return None
    columns = tuple(
        Column(key, shown.label, _KINDS.get(shown.kind, ColumnKind.TEXT)) for key, shown in operation.columns.items()
    )
    return Table(operation.title, columns, result.rows)


def _sheet(operation: Operation, row: Sequence[Cell]) -> Table:
    lines = tuple((shown.label, cell) for shown, cell in zip(operation.columns.values(), row, strict=True))
    return Table(operation.title, (Column("what", "What"), Column("value", "Value")), lines)


def _left_out(result: DeclaredResult) -> str:
    if not result.unread:
        return ""
    left = "is" if result.unread == 1 else "are"
    return f"{counted(result.unread, 'value')} in the answer made no sense and {left} left out."


def _source(
    service: DeclaredService, operation: Operation, said: Mapping[str, Any], records: Records, rows: int
) -> Source:
    one = operation.rows is None
    return Source(
        system=service.service.label,
        record=operation.title if one else counted(rows, *operation.noun),
        as_of=records.as_of,
        link=_link(service, operation, said, records),
    )


def _link(service: DeclaredService, operation: Operation, said: Mapping[str, Any], records: Records) -> str:
    """The record's own address when it lies where the file allows it, else the file's page."""
    if operation.link is not None and operation.record is not None and records.rows:
        for address in found(records.rows[0], operation.link.path):
            if isinstance(address, str) and _allowed(address, operation.link, service.address, records.hidden):
                return address
    return service.address + filled_path(operation.page, {**service.settings, **said}) if operation.page else ""


def _allowed(address: str, link: Link, base: str, hidden: Hidden) -> bool:
    if len(address) > 500 or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts, own = urlsplit(address), urlsplit(base)
    except ValueError:
        return False
    if parts.username or parts.password or hidden.without(address) != address:
        return False
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    host = parts.hostname or ""
    named = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in link.hosts)
    return parts.scheme == "https" and named
