"""`sophia import`: take spreadsheets of property data in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.core.desk import BY, Desk, at_desk
from app.domain.clock import local_date
from app.domain.errors import Fixable, SophiaError

if TYPE_CHECKING:
    from app.imports.reading import Wishes
    from app.imports.report import Report

FAILED = 1


def register(app: typer.Typer) -> None:
    @app.command("import")
    def import_(
        files: Annotated[list[Path], typer.Argument(help="CSV or XLSX files.")],
        kind: Annotated[
            str,
            typer.Option(
                help="unit-list, rent-roll, resident-list, ledger, budget or comps; found by the headers when left out."
            ),
        ] = "",
        property_name: Annotated[str, typer.Option("--property", help="The community of all rows, by its name.")] = "",
        as_of: Annotated[
            str, typer.Option(help="The day the files speak for (YYYY-MM-DD); else their title's, else when saved.")
        ] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
        create_properties: Annotated[
            bool, typer.Option("--create-properties", help="Unit lists and rent rolls may bring new communities.")
        ] = False,
        replace: Annotated[
            bool,
            typer.Option(
                "--replace", help="Ledgers: also remove imported entries that the file does not hold any more."
            ),
        ] = False,
        rejects: Annotated[
            Path | None, typer.Option(help="A folder for a CSV per file of the rows that could not be taken.")
        ] = None,
    ) -> None:
        """Import rent rolls, unit and resident lists, ledgers, budgets and rent surveys from CSV or XLSX files.

        Headers may be written in many ways, under a title, on several sheets. Every row that could not be taken is
        named with its reason; the rest is in, each file whole or not at all. The same file again changes nothing. A
        community that a connected system keeps takes budgets and rent surveys only, so that nothing is there twice.

        Examples:  sophia import "Maple rent roll.xlsx" --create-properties
                   sophia import ledger.csv --property "Maple Grove" --dry-run

        Exits with 1 when a file or a row could not be taken. docs/imports.md shows the columns of every kind.
        """
        from app.imports.reading import Wishes  # noqa: PLC0415 - --help need not wait for it

        if rejects is not None:
            rejects.mkdir(parents=True, exist_ok=True)

        async def work(desk: Desk) -> bool:
            today = local_date(desk.clock, desk.settings.timezone)
            wishes = Wishes(kind, property_name, _day(as_of, today), dry_run, create_properties, replace)
            done = [await _one(desk, path, wishes, rejects) for path in files]
            return all(done)

        raise typer.Exit(0 if at_desk(work) else FAILED)


def _day(text: str, today: date) -> date | None:
    """The day that was given; `today` is the company's."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise Fixable(f"“{text}” is no day.", next_step="Write it as YYYY-MM-DD.", code="bad_day") from None
    if day is not None and day > today:
        raise Fixable(f"{day} is in the future.", next_step="Which day do the files speak for?", code="bad_day")
    return day


async def _one(desk: Desk, path: Path, wishes: Wishes, rejects: Path | None) -> bool:
    """Imports a file and shows what became of it; true when all of it was taken."""
    from app.imports import load  # noqa: PLC0415

    console = Console(highlight=False)
    beside = rejects / f"{path.stem}.rejects.csv" if rejects is not None else None
    importing = load.Desk(desk.db, desk.workspace_id, desk.clock, desk.settings.timezone, desk.audit, BY)
    try:
        report = await load.import_file(importing, path, wishes, rejects=beside)
    except SophiaError as wrong:
        console.print(f"[bold red]✗[/] {escape(wrong.sentence)}")
        if wrong.next_step:
            console.print(f"  {wrong.next_step}", markup=False)
        return False
    show(report, console)
    if beside is not None and report.refused:
        console.print(f"  All of them, with their reasons: {beside}", markup=False)
    return not report.refused


def show(report: Report, console: Console) -> None:
    """The outcome, the first rows that could not be taken, and what to know about the rest."""
    mark = "[bold yellow]![/]" if report.refused else "[bold green]✓[/]"
    console.print(mark, end=" ")
    console.print(report.sentence, markup=False)
    if report.dry_run:
        console.print("  Nothing was changed: this was a dry run.")
    if report.refusals:
        table = Table("Sheet", "Row", "Reason", "What stands there", box=None, pad_edge=False)
        for one in report.refusals:
            table.add_row(*(escape(text) for text in (one.sheet, str(one.number or ""), one.reason, one.shown)))
        console.print(table)
    if report.refused > len(report.refusals):
        console.print(f"  … and {report.refused - len(report.refusals):,} more; --rejects writes all of them.")
    if report.totals:
        console.print(f"  {report.totals:,} {'row' if report.totals == 1 else 'rows'} of totals left out.")
    if report.unused_columns:
        console.print(f"  Columns I have no use for: {', '.join(report.unused_columns[:20])}", markup=False)
    for note in report.notes[:20]:
        console.print(f"  {note}", markup=False)
