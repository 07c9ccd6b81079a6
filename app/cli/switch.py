"""`sophia switch`: turn one tool, one integration or Sophia as a whole off, within seconds on every replica."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console

from app.cli.core.edge import fail, settings_or_exit
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import SystemClock
from app.domain.errors import SophiaError
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.security.switches import EVERYWHERE, Switches

Name = Annotated[str, typer.Argument(help="bot, tool:<name> or integration:<name>", metavar="SWITCH")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="For all workspaces, not only WORKSPACE_ID.")]
BY = "console"


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
        _run(_list)


def _throw(name: str, *, on: bool, reason: str, everywhere: bool) -> None:
    async def work(switches: Switches, workspace_id: str) -> None:
        where = EVERYWHERE if everywhere else workspace_id
        await switches.set(where, name, on=on, by=BY, reason=reason)
        typer.echo(f"{name} is {'on' if on else 'off'}{' everywhere' if everywhere else ''}.")

    _run(work)


async def _list(switches: Switches, _workspace_id: str) -> None:
    console = Console(highlight=False)
    thrown = await switches.thrown()
    for one in thrown:
        where = "everywhere" if one.workspace_id == EVERYWHERE else one.workspace_id
        why = f": {one.reason}" if one.reason else ""
        console.print(f"{one.name} ({where}), off since {one.changed_at:%Y-%m-%d %H:%M} UTC by {one.changed_by}{why}")
    if not thrown:
        console.print("Everything is on.")


def _run(work: Callable[[Switches, str], Awaitable[None]]) -> None:
    settings = settings_or_exit()

    async def with_database() -> None:
        clock = SystemClock()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        db = Database(settings.async_database_url)
        keys = KeyRing(settings.signing_key, settings.previous_signing_keys)
        audit = AuditLog(db, keys.signer("audit"), clock, Redactor(settings.secret_values).value)
        try:
            await upgrade(db)
            await work(Switches(db, clock, audit), settings.workspace_id)
        finally:
            await db.close()

    try:
        asyncio.run(with_database())
    except SophiaError as wrong:
        fail(wrong)
        raise typer.Exit(2) from None
