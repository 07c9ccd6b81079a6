"""`sophia same`: which records of different systems are one property, person or company, and what you say to it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.core.desk import BY, Desk, at_desk
from app.portfolio.identity import Link, decide, join, known_links
from app.security.audit import AuditEvent

Match = Annotated[str, typer.Argument(help="As `sophia same list` shows it, for example person-1a2b3c4d5e6f.")]
_SAYS = {
    "matched": "the same",
    "proposed": "please confirm",
    "confirmed": "the same, confirmed",
    "apart": "not the same",
}


def register(app: typer.Typer) -> None:
    same = typer.Typer(
        help="See and decide which records of different systems are one thing. A property that is confirmed to be in "
        "two systems is read from the first of them only, from the next sync on.",
        no_args_is_help=True,
    )
    app.add_typer(same, name="same")

    @same.command("list")
    def list_matches() -> None:
        """Show all matches with their reasons, those that wait for you first."""
        show(at_desk(_known), Console(highlight=False))

    @same.command()
    def confirm(match: Match) -> None:
        """Say that both are one thing."""
        at_desk(lambda desk: _decide(desk, match, same=True))

    @same.command()
    def apart(match: Match) -> None:
        """Say that they are two; they are never matched again."""
        at_desk(lambda desk: _decide(desk, match, same=False))

    @same.command("join")
    def join_two(
        kept: Annotated[str, typer.Argument(help="The record that stands for both, for example entrata:10001.")],
        other: Annotated[str, typer.Argument(help="The same thing in another system, for example appfolio:12.")],
    ) -> None:
        """Say that two records are one thing which no rule has matched."""
        at_desk(lambda desk: _join(desk, kept, other))


async def _known(desk: Desk) -> list[Link]:
    async with desk.db.reading() as session:
        return await known_links(session, desk.workspace_id)


async def _decide(desk: Desk, match: str, *, same: bool) -> None:
    action = "identity.confirm" if same else "identity.apart"
    async with desk.db.transaction() as session:
        await decide(session, desk.workspace_id, match, same=same, by=BY, now=desk.clock.now())
        await desk.audit.append_in(session, AuditEvent(desk.workspace_id, BY, action, match, {}))
    typer.echo(f"{match}: {'one thing' if same else 'two things'} from now on.")


async def _join(desk: Desk, kept: str, other: str) -> None:
    async with desk.db.transaction() as session:
        made = await join(session, desk.workspace_id, kept, other, by=BY, now=desk.clock.now())
        detail = {"kept": kept, "other": other}
        await desk.audit.append_in(session, AuditEvent(desk.workspace_id, BY, "identity.join", made, detail))
    typer.echo(f"{made}: {kept} stands for {other} from now on.")


def show(links: list[Link], console: Console) -> None:
    """A table of matches; a sentence when there are none."""
    if not links:
        console.print("No record of one system was matched with one of another.")
        return
    table = Table("Match", "Records", "Why", "Taken as", box=None)
    for one in links:
        names = one.kept_name if one.kept_name == one.other_name else f"{one.kept_name} / {one.other_name}"
        ids = f"{one.kept_id} = {one.other_id}"
        table.add_row(one.id, f"{escape(names)}\n[dim]{escape(ids)}[/]", one.why, _SAYS[one.state])
    console.print(table)
