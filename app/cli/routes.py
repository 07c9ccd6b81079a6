"""`sophia routes`: the routes to models, how they are and how they did."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.cli.core.desk import Desk, at_desk
from app.gateways.trail.reading import RouteFigures, figures_of, newest_calls
from app.gateways.trail.record import ANSWERED, LEFT, LOST
from app.gateways.trail.telling import EMBEDDED, dollars
from app.http.rests import resting_in
from app.security.stored import with_stored_secrets
from app.settings import Settings

_HEADINGS = (
    "Route",
    "State",
    "Asked",
    "Failed",
    "Taken over",
    "Late",
    "Left out",
    "First word",
    "Whole",
    "Cost",
    "Last asked",
)


def register(app: typer.Typer) -> None:
    @app.command()
    def routes(
        hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How far back the figures reach.")] = 24,
        as_json: Annotated[bool, typer.Option("--json", help="Print machine-readable JSON.")] = False,
    ) -> None:
        """Show each route to a model: its health, speed, failovers and cost, over all processes."""
        at_desk(lambda desk: _routes(desk, hours, as_json=as_json))


async def _routes(desk: Desk, hours: int, *, as_json: bool) -> None:
    settings = await with_stored_secrets(desk.settings, desk.db, desk.clock)
    names, policy = _configured(settings, desk)
    now = desk.clock.now()
    figures = figures_of(await newest_calls(desk.db, desk.workspace_id, since=now - timedelta(hours=hours)))
    resting = await resting_in(settings.redis_address, names, kind="models")
    rows = [
        _row(name, figures.get(name, RouteFigures()), resting, configured=name in names, now=now)
        for name in [*names, *(name for name in figures if name not in names)]
    ]
    if as_json:
        typer.echo(json.dumps({"policy": policy, "hours": hours, "routes": rows}, default=str))
        return
    console = Console(highlight=False)
    if not rows:
        console.print("No route to a model is set up: the embedded planner answers. See docs/models.md.")
        return
    table = Table(*_HEADINGS, box=None, pad_edge=False)
    for row in rows:
        first = _span(row["first_ms_p50"], row["first_ms_p95"])
        table.add_row(
            row["route"], row["state"], str(row["asked"]), str(row["failed"]), str(row["taken_over"]),
            str(row["overtaken"]), str(row["left_out"]), first, _span(row["total_ms_p50"], row["total_ms_p95"]),
            dollars(row["cost_microdollars"]), row["last_asked"],
        )  # fmt: skip
    console.print(table)
    console.print(f"[dim]The last {hours} h; times are the median and the 95th percentile. Policy: {policy}. "
                  "`sophia why` tells how one turn's models were chosen.[/]")  # fmt: skip


def _configured(settings: Settings, desk: Desk) -> tuple[list[str], str]:
    from app.model_setup import declared, model_plan  # noqa: PLC0415 - only this command waits for it

    plan = model_plan(settings, declared(settings), desk.clock)
    return [one.name for one in plan.routes], str(plan.policy)


def _row(
    name: str, figures: RouteFigures, resting: dict[str, tuple[float, str]], *, configured: bool, now: datetime
) -> dict[str, Any]:
    return {
        "route": name,
        "state": _state(name, figures, resting, configured=configured),
        "asked": figures.asked,
        "failed": figures.failed,
        "faults": figures.faults,
        "overtaken": figures.overtaken,
        "taken_over": figures.taken_over,
        "left_out": figures.left_out,
        "first_ms_p50": _share(figures.firsts, 0.5),
        "first_ms_p95": _share(figures.firsts, 0.95),
        "total_ms_p50": _share(figures.totals, 0.5),
        "total_ms_p95": _share(figures.totals, 0.95),
        "cost_microdollars": figures.cost,
        "last_asked": "" if figures.outcome_at is None else _ago(now - figures.outcome_at),
    }


def _state(name: str, figures: RouteFigures, resting: dict[str, tuple[float, str]], *, configured: bool) -> str:
    if name == EMBEDDED:
        return "built in"
    if not configured:
        return "not set up any more"
    if name in resting:
        left, reason = resting[name]
        return f"rests {left:.0f} s ({reason})"
    if not figures.outcome:
        return "not asked yet"
    return "works" if figures.outcome in (ANSWERED, LEFT, LOST) else f"last: {figures.outcome}"


def _share(seen: list[int], share: float) -> int | None:
    return sorted(seen)[min(len(seen) - 1, int(share * len(seen)))] if seen else None


def _span(median: int | None, high: int | None) -> str:
    return "" if median is None or high is None else f"{median / 1000:.1f} / {high / 1000:.1f} s"


def _ago(gone: timedelta) -> str:
    seconds = int(gone.total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
