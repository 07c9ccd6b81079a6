"""`sophia demo`: the real thing with no account: a local workspace, a demo portfolio, and Sophia between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from app.cli.core.demo import outside_world, prepare
from app.cli.core.edge import run_or_exit, settings_or_exit
from app.domain.clock import SystemClock
from app.settings import Settings

if TYPE_CHECKING:
    from app.sandbox.demo import DemoWorld


def register(app: typer.Typer) -> None:
    @app.command()
    def demo(
        port: Annotated[int, typer.Option(help="Port of the page.")] = 8765,
        systems_port: Annotated[int, typer.Option(help="Port of the systems' stand-ins.")] = 8931,
        folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".sophia/demo"),
        fresh: Annotated[bool, typer.Option("--fresh", help="Throw the demo's data away and begin again.")] = False,
    ) -> None:
        """Start Sophia with a local workspace and a demo portfolio, and print the page's address.

        Nothing leaves this machine, except to model providers whose keys you have set. Stop with Ctrl-C.
        """
        from app.sandbox.demo import DemoWorld  # noqa: PLC0415 - production commands never load the sandbox

        console = Console()
        world = DemoWorld.at(folder, SystemClock(), page=port, systems=systems_port)
        if world.is_stale:
            console.print("[dim]The demo's data is from another day; making today's.[/]")
        world.begin(fresh=fresh)
        settings = settings_or_exit(**world.settings(), log_level="warning")
        run_or_exit(_run(world, settings, console))


async def _run(world: DemoWorld, settings: Settings, console: Console) -> None:
    async with outside_world(world, console):
        from app import main  # noqa: PLC0415 - loaded while the outside world started

        if not world.is_ready:
            await prepare(world, settings, console)
        await main.socket(settings, on_ready=lambda: _welcome(world, console))
    console.print("\nThe demo has ended. Its data stays; start again with the same command.")


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
