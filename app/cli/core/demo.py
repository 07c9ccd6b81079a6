"""What the demo's commands share: its outside world as a process of its own, and filling an empty demo."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket as sockets
import subprocess
import sys
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from app.domain.errors import Fixable, RetryLater
from app.settings import Settings

if TYPE_CHECKING:
    from app.portfolio.sync.report import SyncProgress
    from app.sandbox.demo import DemoWorld

STARTS_WITHIN = 60.0  # seconds


@contextlib.asynccontextmanager
async def outside_world(world: DemoWorld, console: Console) -> AsyncGenerator[None]:
    """The stand-ins in a process of their own, which ends with this one; `app.main` is loaded by then.

    Raises Fixable when a port is taken.
    """
    for port in (world.ports.page, world.ports.systems):
        if is_taken(port):
            raise Fixable(
                f"Port {port} on this machine is in use, perhaps by another demo.",
                next_step="Stop it, or choose others: sophia demo --port 8770 --systems-port 8940",
                code="port_in_use",
            )
    command = [sys.executable, "-m", "app.sandbox", "--data", str(world.folder)]
    command += ["--page-port", str(world.ports.page), "--systems-port", str(world.ports.systems)]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE)
    try:
        with console.status("Opening the local workspace…"):
            # Loading the house takes as long as the other process takes to start, and --help need not wait for it.
            loading = asyncio.to_thread(importlib.import_module, "app.main")
            await asyncio.gather(
                loading, _listening(process, world.ports.page), _listening(process, world.ports.systems)
            )
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """True when something listens on that loopback port."""
    with sockets.socket() as probe:
        probe.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


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
    """Fills an empty demo: the schema, the team, Sophia's own records, her handbook, and everything the
    property and business systems hold.

    Raises RetryLater when a system could not be read whole.
    """
    from app.db.migrate import upgrade  # noqa: PLC0415
    from app.house import open_house  # noqa: PLC0415
    from app.portfolio.sources import system_name  # noqa: PLC0415
    from app.tools.core.wording import joined  # noqa: PLC0415
    from app.upkeep import sync_all  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[rows]}"),
    )
    if not console.is_terminal:
        console.print("Filling the demo: 12 communities with two years of history. This takes about a minute…")
    async with open_house(settings) as house:
        with Progress(*columns, console=console, transient=True) as bars:
            database = bars.add_task("Preparing the database", total=1, rows="")
            await upgrade(house.db)
            bars.update(database, completed=1)
            own = bars.add_task("Your team, vendors and invoices", total=1, rows="")
            await world.load_own_records(house.db)
            bars.update(own, completed=1)
            tasks: dict[str, TaskID] = {}

            def told(progress: SyncProgress) -> None:
                key = f"{progress.source}:{progress.resource}"
                if key not in tasks:
                    title = f"{progress.label} from {system_name(progress.source)}"
                    tasks[key] = bars.add_task(title, total=progress.total, rows="")
                rows = f"{progress.rows:,} rows" if progress.rows else ""
                bars.update(tasks[key], completed=progress.done, total=progress.total, rows=rows)

            documents = bars.add_task("The handbook", total=1, rows="")
            async with asyncio.TaskGroup() as together:
                handbook = together.create_task(world.load_handbook(house.library))
                handbook.add_done_callback(lambda _: bars.update(documents, completed=1))
                synced = together.create_task(sync_all(house, progress=told))
            reports = synced.result()
    failed = [failure for report in reports for resource in report.resources for failure in resource.failures]
    if failed:
        raise RetryLater("The demo's data could not be read whole.", next_step="Please start it again.")
    world.finish()
    rows, systems = sum(report.rows for report in reports), joined([report.label for report in reports])
    console.print(
        f"[green]✓[/] 12 communities are ready: {rows:,} records read from {systems}, and a handbook of "
        f"{handbook.result()} pages."
    )
