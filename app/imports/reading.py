"""From an opened file to staged records and refusals. Changes nothing: what is written later waits in the staging."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.domain.errors import Fixable
from app.imports.cells import Cell
from app.imports.files import Opened
from app.imports.homes import Homes, Speaking
from app.imports.kind import Kind, Line
from app.imports.recognising import Head, Unrecognised, head_of, property_line, shown_whole
from app.imports.report import Report
from app.imports.staging import Refusal, Staging
from app.imports.values import Refused, has_day_first, is_blank, shown

_TOTAL = re.compile(
    r"(?:sub-?\s?|grand\s)?totals?\b.*|.*\btotals?\s*:?|(?:averages?|avg|count)\b.*|net operating income|noi",
    re.IGNORECASE,
)
_LONGEST_TOTAL = 80  # characters


@dataclass(frozen=True)
class Wishes:
    """What the person who imports said. Nothing is needed; `property` is the whole file's, `as_of` the day it speaks
    for, `replace` takes earlier imported ledger entries away that the file does not hold any more."""

    kind: str = ""
    property: str = ""
    as_of: date | None = None
    dry_run: bool = False
    create_properties: bool = False
    replace: bool = False


@dataclass
class Read:
    """What a file held: its heads in the order they were taken, and the ids of communities with accepted rows."""

    heads: list[Head] = field(default_factory=list[Head])
    homes: set[str] = field(default_factory=set[str])


def heads_of(opened: Opened, kinds: Sequence[Kind], wishes: Wishes) -> tuple[list[Head], list[Unrecognised]]:
    """The recognised sheets in the order they are taken, and the others. Raises Fixable when there is none, saying
    what the sheets could be and what is missing."""
    if wishes.kind:
        chosen = [kind for kind in kinds if kind.key == wishes.kind]
        if not chosen:
            raise Fixable(
                f"“{wishes.kind}” is no kind of sheet.",
                next_step=f"Kinds are {', '.join(kind.key for kind in kinds)}.",
                code="no_such_import_kind",
            )
        kinds = chosen
    found = [head_of(sheet, kinds) for sheet in opened.sheets]
    heads = sorted((one for one in found if isinstance(one, Head)), key=lambda head: head.kind.rank)
    others = [one for one in found if isinstance(one, Unrecognised)]
    if not heads:
        raise _nothing_known(opened, others, kinds)
    return heads, others


def _nothing_known(opened: Opened, others: Sequence[Unrecognised], kinds: Sequence[Kind]) -> Fixable:
    near = {kind.label: missing for one in others for kind, missing in one.near}
    if not near:
        labels = ", ".join(kind.label for kind in kinds)
        return Fixable(
            f"“{opened.name}” has no header row that I know.",
            next_step=f"I take {labels}; docs/imports.md shows the columns of each.",
            code="import_kind_unknown",
        )
    could = "; ".join(f"{label}, but {listed_columns(missing)} missing" for label, missing in near.items())
    return Fixable(
        f"“{opened.name}” could be {could}.",
        next_step="Please add the columns, or name what is there differently; docs/imports.md shows how.",
        code="import_columns_missing",
    )


def listed_columns(names: Sequence[str]) -> str:
    quoted = ", ".join(f"“{name}”" for name in names)
    return f"{quoted} {'is' if len(names) == 1 else 'are'}"


class SheetReader:
    """Reads the rows of one sheet into the staging."""

    def __init__(self, head: Head, homes: Homes, staging: Staging, report: Report, read: Read) -> None:
        self._head, self._homes, self._staging, self._report, self._read = head, homes, staging, report, read
        self._section = ""  # the community that a line of its own named
        self._carried = ""  # the community of the row above, for merged cells

    async def run(self, wishes: Wishes, speaking: Speaking) -> None:
        days_first = self._days_first()
        head = self._head
        self._section = head.titles.community or self._titled()
        for number, row in head.sheet.rows():
            if number <= head.row or head.repeats(row):
                continue
            filled = [cell for cell in row if not is_blank(cell)]
            if not filled:
                continue
            if _is_total(filled[0]):
                self._report.totals += 1
                continue
            if len(filled) == 1 and self._is_section(filled[0]):
                continue
            self._report.lines += 1
            if len(filled) == 1:
                self._refuse(number, "only one cell of this row is filled", filled)
                continue
            line = Line(number, head.cells(row), head.labels, days_first)
            try:
                await self._take(line, wishes, speaking)
            except Refused as reason:
                self._refuse(number, str(reason), filled)

    def _refuse(self, number: int, reason: str, filled: Sequence[Cell]) -> None:
        there = " | ".join(shown(cell) for cell in filled)[:200]
        self._staging.refuse(Refusal(self._head.sheet.title, number, reason, there))

    async def _take(self, line: Line, wishes: Wishes, speaking: Speaking) -> None:
        home = await self._homes.home(self._place(line, wishes), self._head.kind, speaking)
        sheet = f"sheet “{self._head.sheet.title}” " if self._head.sheet.title else ""
        self._staging.add(f"{sheet}row {line.number}", list(self._head.kind.take(line, home)))
        if home.id in self._homes.made and home.id not in self._read.homes:
            self._staging.add("the name of a community", [self._homes.made[home.id]])
        self._read.homes.add(home.id)

    def _place(self, line: Line, wishes: Wishes) -> str:
        """The name of the row's community: its own cell (merged cells count for the rows below), else the line above
        the rows, else what the person said. Raises Refused when none is named, and when they differ."""
        own = line.text("property") if line.has("property") else ""
        if line.has("property"):
            self._carried = own = own or self._carried
        if wishes.property:
            other = own or self._section
            if other and self._homes.known(other) not in ("", self._homes.known(wishes.property)):
                raise Refused(f"the row is of {other}, not of {wishes.property}")
            return wishes.property
        if own or self._section:
            return own or self._section
        raise Refused("no community is named; say which one it is for (in the terminal with --property)")

    def _is_section(self, cell: Cell) -> bool:
        """Whether a line of one cell names a community; the rows under it are of that one."""
        text = shown_whole(cell)
        name = property_line(text) or (text if self._homes.known(text) else "")
        if name:
            self._section = self._carried = name
        return bool(name)

    def _titled(self) -> str:
        """A title line, or the sheet's own name, that is just a community's name."""
        return next((line for line in self._head.titles.lines if self._homes.known(line)), "")

    def _days_first(self) -> frozenset[str]:
        """The date columns that hold a date which can only be read with the day first."""
        head = self._head
        days = {column.key for column in head.kind.columns if column.is_day} & head.places.keys()
        found: set[str] = set()
        if days:
            for number, row in head.sheet.rows():
                if number > head.row:
                    found |= {key for key in days - found if has_day_first(_at(row, head.places[key]))}
        return frozenset(found)


def _at(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


def _is_total(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) <= _LONGEST_TOTAL and _TOTAL.fullmatch(cell.strip()) is not None
