"""A table in a terminal: as many columns as fit the width, and a word about those that do not.

A column that says the same in every row is the first to go; then columns from the right. A cell is never cut to a few
letters to squeeze one more column in.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as Grid
from rich.text import Text

from app.channels.text import is_right_aligned
from app.domain.answer import Table

GAP = 3  # between two columns, as the box draws them
WIDEST = 32  # of a column before its text wraps
_CONTROL = {code: None for code in [*range(32), *range(127, 160)] if chr(code) != "\n"}


def without_controls(text: str) -> str:
    """No control sequence of the data reaches the terminal."""
    return text.translate(_CONTROL)


def as_words(text: str, style: str = "") -> Text:
    """Data as it is: no markup is read in it."""
    return Text(without_controls(text), style=style)


class FittingTable:
    """`cells` are the rows as they are shown, in the order of the table's columns."""

    def __init__(self, table: Table, cells: Sequence[Sequence[str]]) -> None:
        self._table = table
        self._cells = cells

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = self._fitting(options.max_width)
        yield self._grid(shown)
        hidden = [column.label for at, column in enumerate(self._table.columns) if at not in shown]
        if hidden:
            yield as_words(f"Not shown for lack of width: {', '.join(hidden)} (--csv writes all).", style="dim")

    def _fitting(self, width: int) -> list[int]:
        """The columns that are shown, by number: all when they fit, at least the first in any case."""
        chosen = list(range(len(self._table.columns)))
        while len(chosen) > 1 and self._wide(chosen) > width:
            chosen.remove(next((at for at in chosen if self._says_nothing(at)), chosen[-1]))
        return chosen

    def _wide(self, columns: Sequence[int]) -> int:
        return sum(self._width(at) + GAP for at in columns)

    def _width(self, at: int) -> int:
        column = self._table.columns[at]
        longest = max((cell_len(row[at]) for row in self._cells), default=0)
        wraps = not is_right_aligned(column)
        return max(cell_len(column.label), min(longest, WIDEST) if wraps else longest)

    def _says_nothing(self, at: int) -> bool:
        return len(self._cells) > 1 and len({row[at] for row in self._cells}) == 1

    def _grid(self, shown: Sequence[int]) -> Grid:
        title = as_words(self._table.title, style="bold") if self._table.title else None
        grid = Grid(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for at in shown:
            right = is_right_aligned(self._table.columns[at])
            label = as_words(self._table.columns[at].label)
            grid.add_column(
                label, justify="right" if right else "left", no_wrap=right, max_width=None if right else WIDEST
            )
        for row in self._cells:
            grid.add_row(*(as_words(row[at]) for at in shown))
        return grid
