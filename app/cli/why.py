"""`sophia why`: which models were considered for a turn, which were asked, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.core.desk import Desk, at_desk
from app.domain.errors import NotFound
from app.gateways.trail.reading import ToldCall, calls_of, newest_calls
from app.gateways.trail.telling import dollars, sentences

_LISTED = 15  # turns
_LOOKED_AT = 500  # calls, to list the turns they belong to


def register(app: typer.Typer) -> None:
    @app.command()
    def why(
        turn: Annotated[
            str, typer.Argument(help="A turn's id, or the trace id of an error card or log line", show_default=False)
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print machine-readable JSON.")] = False,
    ) -> None:
        """Tell how a turn's models were chosen: who was considered, left out, asked, and at what cost.

        Without a turn it lists the newest ones. `sophia audit show` has a turn's id with what was done in it.
        """
        at_desk(lambda desk: _why(desk, turn, as_json=as_json) if turn else _list(desk, as_json=as_json))


async def _why(desk: Desk, turn: str, *, as_json: bool) -> None:
    calls = await calls_of(desk.db, desk.workspace_id, turn)
    if not calls:
        raise NotFound(
            f"Nothing is known of a turn “{turn}”.",
            next_step=f"`sophia why` lists the newest; calls are kept for {desk.settings.model_trail_days} days.",
        )
    if as_json:
        typer.echo(json.dumps([asdict(call) for call in calls], default=str))
        return
    first = calls[0]
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"Turn {first.turn_id} (trace {first.trace_id or 'unknown'}), asked by {first.user_id} in "
                  f"{first.channel or 'no channel'} on {first.at:%Y-%m-%d at %H:%M:%S} UTC.")  # fmt: skip
    for number, call in enumerate(calls, start=1):
        head, *lines = sentences(call)
        console.print(f"\n{number}. {head}")
        for line in lines:
            console.print(line)


async def _list(desk: Desk, *, as_json: bool) -> None:
    turns: dict[str, list[ToldCall]] = {}
    for call in await newest_calls(desk.db, desk.workspace_id, _LOOKED_AT):
        turns.setdefault(call.turn_id, []).append(call)
    newest = list(turns.items())[:_LISTED]
    if as_json:
        typer.echo(json.dumps([[asdict(call) for call in calls] for _, calls in newest], default=str))
        return
    if not newest:
        typer.echo("No call to a model is on record yet.")
        return
    table = Table("Turn", "When (UTC)", "Who", "Channel", "Answered by", "Calls", "Cost", box=None, pad_edge=False)
    for turn, calls in newest:
        last = calls[0]
        when = f"{last.at:%Y-%m-%d %H:%M:%S}"
        cost = dollars(sum(call.cost for call in calls))
        table.add_row(turn, when, last.user_id, last.channel, last.answered or "nobody", str(len(calls)), cost)
    Console(highlight=False).print(table)
