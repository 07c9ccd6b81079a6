"""`sophia demo`: the real thing with no account: a local workspace, a demo portfolio, and Sophia between them."""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.domain.clock import SystemClock
from app.domain.errors import Fixable, RetryLater
from app.settings import Settings

if TYPE_CHECKING:
    from app.portfolio.sync.report import SyncProgress
    from app.sandbox.demo import DemoWorld

STARTS_WITHIN = 60.0  # seconds


def register(app: typer.Typer) -> None:
    @app.command()
    def demo(
        port: Annotated[int, typer.Option(help="Port of the page.")] = 8765,
        entrata_port: Annotated[int, typer.Option(help="Port of the property system's stand-in.")] = 8931,
        folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".sophia/demo"),
        fresh: Annotated[bool, typer.Option("--fresh", help="Throw the demo's data away and begin again.")] = False,
    ) -> None:
        """Start Sophia with a local workspace and a demo portfolio, and print the page's address.

        Nothing leaves this machine, except to model providers whose keys you have set. Stop with Ctrl-C.
        """
        from app.sandbox.demo import DemoWorld  # noqa: PLC0415 - production commands never load the sandbox

        console = Console()
        world = DemoWorld.at(folder, SystemClock(), page=port, entrata=entrata_port)
        if world.is_stale:
            console.print("[dim]The demo's data is from another day; making today's.[/]")
        world.begin(fresh=fresh)
        settings = settings_or_exit(**world.settings(), log_level="warning")
        run_or_exit(_run(world, settings, console))


async def _run(world: DemoWorld, settings: Settings, console: Console) -> None:
    from app import main  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait

    async with _outside_world(world, console):
        if not world.is_ready:
            await prepare(world, settings, console)
        await main.socket(settings, on_ready=lambda: _welcome(world, console))
    console.print("\nThe demo has ended. Its data stays; start again with the same command.")


@contextlib.asynccontextmanager
async def _outside_world(world: DemoWorld, console: Console) -> AsyncGenerator[None]:
    """The stand-ins in a process of their own, which ends with this one. Raises Fixable when a port is taken."""
    for port in (world.ports.page, world.ports.entrata):
        with sockets.socket() as probe:
            probe.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Fixable(
                    f"Port {port} on this machine is in use, perhaps by another demo.",
                    next_step="Stop it, or choose others: sophia demo --port 8770 --entrata-port 8940",
                    code="port_in_use",
                ) from None
    command = [sys.executable, "-m", "app.sandbox", "--data", str(world.folder)]
    command += ["--page-port", str(world.ports.page), "--entrata-port", str(world.ports.entrata)]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE)
    try:
        with console.status("Opening the local workspace…"):
            await _listening(process, world.ports.page)
            await _listening(process, world.ports.entrata)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _listening(process: asyncio.subprocess.Process, port: int) -> None:
    """Returns when something listens on the port. Raises RetryLater when the process ended or takes too long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STARTS_WITHIN):
            while process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return
    raise RetryLater("The local workspace did not start.", next_step="Please try again; --fresh begins anew.")


async def prepare(world: DemoWorld, settings: Settings, console: Console) -> None:
    """Fills an empty demo: the schema, the team, Sophia's own records, and everything Entrata holds.

    Raises RetryLater when the property system could not be read whole.
    """
    from app import main  # noqa: PLC0415
    from app.db.migrate import upgrade  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[rows]}"),
    )
    async with main.open_house(settings) as house:
        with Progress(*columns, console=console, transient=True) as bars:
            database = bars.add_task("Preparing the database", total=1, rows="")
            await upgrade(house.db)
            bars.update(database, completed=1)
            own = bars.add_task("Your team, deals, calls, invoices and tasks", total=1, rows="")
            await world.load_own_records(house.db)
            bars.update(own, completed=1)
            tasks = {}

            def told(progress: SyncProgress) -> None:
                if progress.resource not in tasks:
                    title = f"{progress.label} from Entrata"
                    tasks[progress.resource] = bars.add_task(title, total=progress.total, rows="")
                rows = f"{progress.rows:,} rows" if progress.rows else ""
                bars.update(tasks[progress.resource], completed=progress.done, total=progress.total, rows=rows)

            reports = await main.sync_all(house, told)
    failed = [failure for report in reports for resource in report.resources for failure in resource.failures]
    if failed:
        raise RetryLater("The demo's property data could not be read whole.", next_step="Please start it again.")
    world.finish()
    rows = sum(resource.rows for report in reports for resource in report.resources)
    console.print(f"[green]✓[/] 12 communities are ready: {rows:,} records read from Entrata.")


def _welcome(world: DemoWorld, console: Console) -> None:
    console.print(
        Panel.fit(
            f"Open [bold link={world.address}]{world.address}[/] and ask Sophia something.\n\n"
            "You can be anybody on the team: switch at the top left.\n"
            "What she would send by SMS or email lands in the Outbox.\n"
            "Stop with Ctrl-C.",
            title="Sophia is ready",
            border_style="green",
            padding=(1, 3),
        )
    )
