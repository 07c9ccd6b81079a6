"""`sophia switch`: turn one tool, one integration or Sophia as a whole off, within seconds on every replica."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from app.channels.console_table import as_words
from app.cli.core.desk import BY, Desk, at_desk
from app.security.switches import EVERYWHERE, Switches

Name = Annotated[str, typer.Argument(help="bot, tool:<name> or integration:<name>", metavar="SWITCH")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="For all workspaces, not only WORKSPACE_ID.")]


def register(app: typer.Typer) -> None:
    switch = typer.Typer(help="Turn a tool, an integration or Sophia off and on, within seconds.", no_args_is_help=True)
    app.add_typer(switch, name="switch")

    @switch.command()
    def off(
        name: Name,
        reason: Annotated[str, typer.Option(help="Shown to people who ask for it.")] = "",
        everywhere: Everywhere = False,
    ) -> None:
        """Turn something off. What is running finishes; nothing new starts."""
        _throw(name, on=False, reason=reason, everywhere=everywhere)

    @switch.command()
    def on(name: Name, everywhere: Everywhere = False) -> None:
        """Turn it on again."""
        _throw(name, on=True, reason="", everywhere=everywhere)

    @switch.command("list")
    def list_off() -> None:
        """List what is off."""
        at_desk(_list)


def _throw(name: str, *, on: bool, reason: str, everywhere: bool) -> None:
    async def work(desk: Desk) -> None:
        where = EVERYWHERE if everywhere else desk.workspace_id
        await Switches(desk.db, desk.clock, desk.audit).set(where, name, on=on, by=BY, reason=reason)
        typer.echo(f"{name} is {'on' if on else 'off'}{' everywhere' if everywhere else ''}.")

    at_desk(work)


async def _list(desk: Desk) -> None:
    console = Console(highlight=False)
    thrown = await Switches(desk.db, desk.clock, desk.audit).thrown()
    for one in thrown:
        where = "everywhere" if one.workspace_id == EVERYWHERE else one.workspace_id
        why = f": {one.reason}" if one.reason else ""
        since = f"{one.changed_at:%Y-%m-%d %H:%M} UTC"
        console.print(as_words(f"{one.name} ({where}), off since {since} by {one.changed_by}{why}"))
    if not thrown:
        console.print("Everything is on.")
