"""`sophia sources`: how old the data of each connected system is, and what failed."""

from __future__ import annotations

from datetime import timedelta

import typer
from rich.console import Console
from rich.table import Table

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import SystemClock
from app.http.outbound import Outbound
from app.integrations.registry import all_connectors, declared_variables, open_connectors
from app.portfolio.sync.findings import Finding, findings
from app.portfolio.sync.standing import ResourceStanding, standings
from app.security.stored import with_stored_secrets
from app.settings import Settings, declared_values


def register(app: typer.Typer) -> None:
    @app.command()
    def sources() -> None:
        """Show each connected system's data: its age against its target, what is being read, the last error, and what
        was found in the data that does not fit.

        Exits with 1 when something is late, failing or was never read.
        """
        found, not_fitting = run_or_exit(look(settings_or_exit()))
        console = Console(highlight=False)
        show(found, console)
        show_findings(not_fitting, console)
        raise typer.Exit(0 if all(one.standing == "fresh" for one in found) else 1)


async def look(settings: Settings) -> tuple[list[ResourceStanding], list[Finding]]:
    """The standings of every system that is set up, and what syncs found in its data; no system is asked."""
    clock = SystemClock()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db, outbound = Database(settings.async_database_url), Outbound(clock)
    try:
        await upgrade(db)
        settings = await with_stored_secrets(settings, db, clock)
        values = declared_values(settings, declared_variables(all_connectors()))
        opened = open_connectors(values, outbound, clock)
        specs = [one.spec for one in opened.values()]
        standing = await standings(db, settings.workspace_id, specs, clock.now())
        return standing, await findings(db, settings.workspace_id)
    finally:
        await outbound.close()
        await db.close()


def show(found: list[ResourceStanding], console: Console) -> None:
    """A table, and under it the errors in full."""
    if not found:
        console.print("No system is set up yet; `sophia doctor` shows what is missing.")
        return
    table = Table("System", "Data", "State", "Age", "Target", "Parts", "Now", box=None)
    for one in found:
        parts = f"{one.parts - one.unread} of {one.parts}" if one.unread else str(one.parts)
        now = f"reading, {one.reading.rows:,} rows, {one.reading.rate:,.0f}/s" if one.reading else ""
        table.add_row(one.label, one.resource, one.standing, _said(one.age), _said(one.target), parts, now)
    console.print(table)
    for one in found:
        if one.error:
            console.print(f"{one.label} {one.resource}: {one.error}", markup=False)


def show_findings(found: list[Finding], console: Console) -> None:
    """What the last days' syncs met in the data, with the first example of each."""
    if not found:
        return
    console.print("\nIn the data, not understood or not adding up:")
    for one in found:
        times = "" if one.count == 1 else f" ({one.count:,}×)"
        example = f"{one.source}: {one.kind}{times}, first in {one.record}; since {one.since:%b %-d}"
        console.print(f"  {example}", markup=False)


def _said(age: timedelta | None) -> str:
    if age is None:
        return "–"
    minutes = int(age.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // 1440} days"
