"""Rows of a spreadsheet to sections: title lines as text, then tables of some rows, each under the header row.

A section holds few rows, so that what a model is shown of a long sheet is the part that was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time

from app.knowledge.reading.base import Block, Section, Unreadable
from app.knowledge.reading.headings import table_text

ROWS = 40  # of one section
MOST_ROWS = 50_000  # of one sheet
MOST_COLUMNS = 60  # nobody reads wider tables, and a hostile sheet may claim 16,384
LONGEST_CELL = 2_000  # characters
MOST_TITLES = 5

_Row = tuple[int, list[str]]
"""Number in the sheet, from 1, and cells."""


def sections_of(name: str, sheet: str, rows: Iterable[Sequence[object]]) -> Iterator[Section]:
    """The sections of one sheet, made as its rows come. `name` is the file's, for people; `sheet` the heading ("" for
    a CSV file). Raises Unreadable for more than MOST_ROWS."""
    trail = (sheet,) if sheet else ()
    numbered = _filled(name, rows)
    titles, header, kept = _head(numbered)
    said = False
    for row in numbered:
        kept.append(row)
        if len(kept) == ROWS:
            yield _section(trail, titles, header, kept)
            titles, kept, said = [], [], True
    if kept or ((titles or header) and not said):
        yield _section(trail, titles, header, kept)


def _filled(name: str, rows: Iterable[Sequence[object]]) -> Iterator[_Row]:
    """The rows that hold something, with their numbers in the sheet."""
    filled = 0
    for number, row in enumerate(rows, start=1):
        cells = [cell(value) for value in row[:MOST_COLUMNS]]
        if not any(cells):
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise Unreadable(
                f"“{name}” has more than {MOST_ROWS:,} rows.",
                next_step="Please share the part that people ask about.",
                code="document_too_large",
            )
        yield number, cells


def _head(rows: Iterator[_Row]) -> tuple[list[str], list[str], list[_Row]]:
    """Title lines, the header row, and rows read on the way. Single values count as titles only when a wider row
    follows soon; otherwise the sheet has one column and the first of them is its header."""
    single: list[_Row] = []
    for number, cells in rows:
        if sum(map(bool, cells)) > 1:
            return [_only(one) for _, one in single], _named(cells), []
        single.append((number, cells))
        if len(single) > MOST_TITLES:
            break
    header = [_only(single[0][1])] if single else []
    return [], header, [(number, [_only(cells)]) for number, cells in single[1:]]


def _only(cells: Sequence[str]) -> str:
    return next(filter(None, cells))


def cell(value: object) -> str:
    """A value as people write it: dates as ISO dates, whole numbers without a fraction, on one line."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case float():
            return f"{value:.10g}"
        case _:
            return " ".join(str(value).split())[:LONGEST_CELL]


def _named(cells: list[str]) -> list[str]:
    """The header row without empty columns at its end; a column without a name is called by its number."""
    while cells and not cells[-1]:
        cells.pop()
    return [one or f"column {number}" for number, one in enumerate(cells, start=1)]


def _section(trail: tuple[str, ...], titles: Sequence[str], header: list[str], rows: Sequence[_Row]) -> Section:
    anchor = f"#row={rows[0][0]}" if rows else ""
    blocks = [Block(title) for title in titles]
    if header:
        blocks.append(Block(table_text([header, *(cells for _, cells in rows)]), anchor=anchor, is_table=True))
    return Section(trail, tuple(blocks), anchor)
