"""`sophia audit`: is the record of who did what whole, and what does it say."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.channels.console_table import as_words
from app.cli.core.desk import Desk, at_desk
from app.security.anchors import AnchorFile


def register(app: typer.Typer) -> None:
    audit = typer.Typer(help="The record of who did what: check it, read it, anchor it.", no_args_is_help=True)
    app.add_typer(audit, name="audit")

    @audit.command()
    def verify() -> None:
        """Check every chain from its first entry to its head. Exits with 1 when one was tampered with."""
        if not at_desk(_verify):
            raise typer.Exit(1)

    @audit.command()
    def show(
        limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest entries.")] = 20,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        """Show the newest entries of this workspace, newest first."""
        at_desk(lambda desk: _show(desk, limit, as_json=as_json))

    @audit.command()
    def anchor() -> None:
        """Note the heads of all chains in the file that AUDIT_ANCHOR names, so that a cut tail is noticed."""
        if not at_desk(_anchor):
            raise typer.Exit(2)


def _anchors(desk: Desk) -> AnchorFile | None:
    return AnchorFile(desk.settings.audit_anchor, desk.clock) if desk.settings.audit_anchor else None


async def _verify(desk: Desk) -> bool:
    log, anchors = desk.audit, _anchors(desk)
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


async def _show(desk: Desk, limit: int, *, as_json: bool) -> None:
    entries = await desk.audit.newest(desk.workspace_id, limit)
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
        return
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
        table.add_row(*map(as_words, row))  # what people wrote is shown, never obeyed
    Console().print(table if entries else "The record is empty.")


async def _anchor(desk: Desk) -> bool:
    anchors = _anchors(desk)
    if anchors is None:
        typer.echo("Set AUDIT_ANCHOR to a file on another disk first.", err=True)
        return False
    grown = await anchors.anchor(desk.audit)
    typer.echo(f"Anchored {grown} chain{'' if grown == 1 else 's'}.")
    return True
