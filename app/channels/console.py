"""An Answer in the terminal, as rich renderables.

Not for: reading what the person types, or progress while a turn runs (app/cli).
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text

from app.channels.console_table import FittingTable, as_words, without_controls
from app.channels.text import (
    Reader,
    SourceText,
    moment_text,
    number_text,
    rows_left_text,
    source_texts,
    table_texts,
)
from app.domain.answer import Answer, AnswerKind, ApprovalCard, Chart, Table

ROWS_SHOWN = 40
BAR_WIDTH = 32
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def render(answer: Answer, reader: Reader | None = None) -> RenderableType:
    """The whole answer, top to bottom: text, charts, tables, cards, choices, sources, small print."""
    reader = reader or Reader()
    return Group(*_parts(answer, reader))


def _parts(answer: Answer, reader: Reader) -> Iterator[RenderableType]:
    if answer.text.strip():
        style = "yellow" if answer.kind is AnswerKind.FAILED else ""
        yield Markdown(without_controls(answer.text), hyperlinks=False, style=style)
    for chart in answer.charts:
        yield Text()
        yield _chart(chart)
    for table in answer.tables:
        yield Text()
        yield _table(table, reader)
    for card in answer.approvals:
        yield Text()
        yield _card(card, reader)
    if answer.choices:
        yield Text()
        for number, choice in enumerate(answer.choices, start=1):
            yield Text.assemble((f"  {number}. ", "bold cyan"), as_words(choice.label))
    small_print = [*source_texts(answer.sources, reader), *map(SourceText, answer.notes)]
    if small_print or answer.definitions or answer.follow_ups:
        yield Text()
    if small_print:
        yield Text("   ").join(as_words(one.text, f"dim link {one.link}" if one.link else "dim") for one in small_print)
    if answer.definitions:
        commands = "  ·  ".join(f"sophia define {key}" for key in answer.definitions)
        yield as_words(f"How is this counted? {commands}", style="dim")
    if answer.follow_ups:
        yield as_words("You could ask next: " + "  ·  ".join(answer.follow_ups), style="dim italic")


def _table(table: Table, reader: Reader) -> RenderableType:
    cells = [list(row) for row in table_texts(table, reader, rows=ROWS_SHOWN)]
    left = rows_left_text(table, min(ROWS_SHOWN, len(table.rows)))
    grid = FittingTable(table, cells)
    return Group(grid, as_words(f"… and {left}", style="dim")) if left else grid


def _chart(chart: Chart) -> RenderableType:
    """Horizontal bars, one block of bars per series; the same picture for every kind of chart."""
    largest = max((abs(value) for series in chart.series for value in series.values), default=0.0)
    grid = Grid(
        title=as_words(chart.title, style="bold"), title_justify="left", box=None, show_header=False, pad_edge=False
    )
    grid.add_column(justify="left", no_wrap=True)
    grid.add_column(justify="left", no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    for series in chart.series:
        if len(chart.series) > 1:
            grid.add_row(as_words(series.name, style="bold"), "", "")
        for category, value in zip(chart.categories, series.values, strict=False):
            grid.add_row(
                as_words(category),
                as_words(_bar(value, largest), style="cyan"),
                as_words(_with_unit(value, chart.unit)),
            )
    return grid


def _bar(value: float, largest: float) -> str:
    eighths = round(abs(value) / largest * BAR_WIDTH * 8) if largest else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _with_unit(value: float, unit: str) -> str:
    if unit == "$":
        return f"-${number_text(-value)}" if value < 0 else f"${number_text(value)}"
    return number_text(value) + unit


def _card(card: ApprovalCard, reader: Reader) -> RenderableType:
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for change in card.changes:
        after = f"{change.before} → {change.after}" if change.before else change.after
        grid.add_row(as_words(change.label), as_words(after))
    if card.recipients:
        grid.add_row("Goes to", as_words(", ".join(card.recipients)))
    details = f"{card.consequence}\n" if card.consequence else ""
    footer = as_words(
        f"{details}May be approved by {card.approvers} until {moment_text(card.expires_at, reader)}."
        f"  Approval: {card.approval_id}"
    )
    return Panel(Group(grid, Text(), footer), title=as_words(card.title), title_align="left", border_style="yellow")
