"""`sophia sync`: bring the connected systems into the read model now, and watch it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.db.migrate import upgrade
from app.domain.errors import Fixable, NotFound
from app.integrations.base import Connector
from app.integrations.registry import all_connectors
from app.portfolio.sync import SyncProgress, SyncReport
from app.portfolio.sync.report import OnProgress
from app.settings import Settings

Source = Annotated[str, typer.Argument(help="One system, for example entrata; all of them when left out.")]


def register(app: typer.Typer) -> None:
    @app.command()
    def sync(
        source: Source = "",
        full: Annotated[bool, typer.Option("--full", help="Read everything again, and drop what is gone.")] = False,
    ) -> None:
        """Bring the connected systems' data in: everything the first time, then what changed.

        Exits with 1 when something could not be read; what was read stays, and the next sync goes on from there.
        """
        settings = settings_or_exit(log_level="error")
        reports = run_or_exit(synchronize(settings, source, full=full))
        for report in reports:
            show(report)
        raise typer.Exit(0 if all(report.ok for report in reports) else 1)


async def synchronize(settings: Settings, source: str, *, full: bool) -> list[SyncReport]:
    """Syncs one source or all that are set up. Raises NotFound or Fixable for a wrong source."""
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait
    from app.upkeep import sync_all  # noqa: PLC0415

    async with open_house(settings) as house:
        await upgrade(house.db)
        chosen = _chosen(house.connectors, source)
        with _display({one.spec.key: one.spec.label for one in chosen}) as progress:
            return await sync_all(house, chosen, mode="full" if full else "auto", progress=progress)


def _chosen(connectors: Mapping[str, Connector], source: str) -> list[Connector]:
    if source in connectors:
        return [connectors[source]]
    known = all_connectors()
    if source and source not in known:
        raise NotFound(
            f"There is no system called “{source}”.", next_step=f"I know {', '.join(known)}.", code="source_unknown"
        )
    if source or not connectors:
        wanted = [known[source]] if source else list(known.values())
        variables = sorted({one.variable for spec in wanted for one in spec.settings if one.required})
        raise Fixable(
            f"{known[source].label} isn't set up yet." if source else "No system is set up yet.",
            next_step=f"Set {', '.join(variables)}; `sophia doctor` shows what is missing.",
            code="connector_not_set_up",
        )
    return list(connectors.values())


@contextmanager
def _display(labels: Mapping[str, str]) -> Generator[OnProgress]:
    """A bar for each resource of the sources, with rows and rate. `labels` are the sources' names for people."""
    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rows]:>9,} rows  {task.fields[rate]:>7,.0f}/s"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bars: dict[tuple[str, str], TaskID] = {}

        def told(said: SyncProgress) -> None:
            if said.total == 0:
                return
            name = (said.source, said.resource)
            if name not in bars:
                title = f"{labels[said.source]} {said.label}"
                bars[name] = progress.add_task(title, total=said.total, rows=0, rate=0.0)
            progress.update(bars[name], completed=said.done, total=said.total, rows=said.rows, rate=said.rate)

        yield told


def show(report: SyncReport) -> None:
    """The outcome, what failed, and what was not understood in the data."""
    console = Console(highlight=False)
    console.print(f"{'[bold green]✓[/]' if report.ok else '[bold yellow]![/]'} {escape(report.sentence)}")
    for resource in report.resources:
        for part, error in resource.failures[:3]:
            where = f" of property {part}" if part else ""
            console.print(f"  {resource.label}{where}: {error.sentence}", markup=False)
        if len(resource.failures) > 3:
            console.print(f"  {resource.label}: {len(resource.failures) - 3} more like these")
    for problem in report.problems[:8]:
        what = escape(f"{problem.kind} ({problem.count}×, first in {problem.record})")  # a vendor's words
        console.print(f"  [dim]not understood:[/] {what}")
