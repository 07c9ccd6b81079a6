"""`sophia audit`: is the record of who did what whole, and what does it say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.core.edge import fail, settings_or_exit
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import SystemClock
from app.domain.errors import SophiaError
from app.security.anchors import AnchorFile
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.settings import Settings


def register(app: typer.Typer) -> None:
    audit = typer.Typer(help="The record of who did what: check it, read it, anchor it.", no_args_is_help=True)
    app.add_typer(audit, name="audit")

    @audit.command()
    def verify() -> None:
        """Check every chain from its first entry to its head. Exits with 1 when one was tampered with."""
        if not _run(settings_or_exit(), _verify):
            raise typer.Exit(1)

    @audit.command()
    def show(
        limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest entries.")] = 20,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        """Show the newest entries of this workspace, newest first."""
        settings = settings_or_exit()
        _run(settings, lambda log, _: _show(log, settings.workspace_id, limit, as_json=as_json))

    @audit.command()
    def anchor() -> None:
        """Note the heads of all chains in the file that AUDIT_ANCHOR names, so that a cut tail is noticed."""
        if not _run(settings_or_exit(), _anchor):
            raise typer.Exit(2)


def _run(settings: Settings, work: Callable[[AuditLog, AnchorFile | None], Awaitable[bool]]) -> bool:
    async def with_database() -> bool:
        clock = SystemClock()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        db = Database(settings.async_database_url)
        keys = KeyRing(settings.signing_key, settings.previous_signing_keys)
        log = AuditLog(db, keys.signer("audit"), clock, Redactor(settings.secret_values).value)
        anchors = AnchorFile(settings.audit_anchor, clock) if settings.audit_anchor else None
        try:
            await upgrade(db)
            return await work(log, anchors)
        finally:
            await db.close()

    try:
        return asyncio.run(with_database())
    except SophiaError as wrong:
        fail(wrong)
        raise typer.Exit(2) from None


async def _verify(log: AuditLog, anchors: AnchorFile | None) -> bool:
    console = Console(highlight=False)
    whole = True
    workspaces = sorted({*await log.workspaces(), *(await anchors.workspaces() if anchors else ())})
    for workspace_id in workspaces:
        known = await anchors.of(workspace_id) if anchors else {}
        found = await log.verify(workspace_id, known)
        whole = whole and found.whole
        if found.whole:
            reach = f", anchored up to entry {max(known):,}" if known else ""
            console.print(f"[green]✓[/] {workspace_id}: {found.entries:,} entries, nothing was changed{reach}.")
        else:
            console.print(
                f"[bold red]✗[/] {workspace_id}: {found.problem}. Entries before it are as they were written."
            )
    if not workspaces:
        console.print("The record is empty.")
    if anchors is None:
        console.print("[dim]Without AUDIT_ANCHOR somebody with the database could cut the newest entries unnoticed.[/]")
    return whole


async def _show(log: AuditLog, workspace_id: str, limit: int, *, as_json: bool) -> bool:
    entries = await log.newest(workspace_id, limit)
    if as_json:
        for entry in entries:
            typer.echo(
                json.dumps(
                    {
                        "number": entry.number,
                        "at": entry.at.isoformat(),
                        "actor": entry.actor,
                        "action": entry.action,
                        "subject": entry.subject,
                        "detail": json.loads(entry.detail),
                    },
                    ensure_ascii=False,
                )
            )
        return True
    table = Table(box=None, pad_edge=False)
    for heading in ("#", "When (UTC)", "Who", "What", "On", "Details"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "#" else "left")
    for entry in entries:
        row = (
            str(entry.number),
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
        )
        table.add_row(*row)
    Console().print(table if entries else "The record is empty.")
    return True


async def _anchor(log: AuditLog, anchors: AnchorFile | None) -> bool:
    if anchors is None:
        typer.echo("Set AUDIT_ANCHOR to a file on another disk first.", err=True)
        return False
    grown = await anchors.anchor(log)
    typer.echo(f"Anchored {grown} chain{'' if grown == 1 else 's'}.")
    return True
