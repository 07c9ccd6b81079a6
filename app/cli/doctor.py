"""`sophia doctor`: what is set up, what works, what to set next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.cli.core.kong import kong_services_answer
from app.cli.core.stored import completed
from app.cli.core.stores import store_checks
from app.db.engine import Database
from app.db.migrate import at_head
from app.domain.clock import Clock, SystemClock
from app.domain.errors import Fixable
from app.http.outbound import Outbound
from app.http.roads import KongRoute
from app.integrations.base import Reachability
from app.integrations.catalog import AREAS, Integration, catalog
from app.integrations.declared.registry import all_services, open_services, service_variables
from app.integrations.health import Health, State, Ways, check_all, inspect, rows_of, with_services
from app.integrations.registry import all_connectors, declared_variables, open_connectors
from app.integrations.service_roads import service_roads
from app.security.redaction import Redactor
from app.settings import Settings, declared_values
from app.telemetry.logs import configure_logs

if TYPE_CHECKING:
    from app.gateways.spend import RouteFacts

log = structlog.get_logger(__name__)

STYLES = {
    State.WORKS: "bold green",
    State.BUILT_IN: "green",
    State.SET: "cyan",
    State.NOT_SET: "dim",
    State.INCOMPLETE: "bold yellow",
    State.MALFORMED: "bold yellow",
    State.REFUSED: "bold red",
    State.UNREACHABLE: "bold red",
}


def register(app: typer.Typer) -> None:
    @app.command()
    def doctor(
        offline: Annotated[bool, typer.Option("--offline", help="Only look at the settings; call nobody.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print machine-readable JSON.")] = False,
        timeout: Annotated[float, typer.Option(help="Seconds to wait for each service.")] = 8.0,
    ) -> None:
        """Show for every integration whether it is set, valid and reachable, and what to set.

        Exits with 1 when something that you configured cannot work as it is.
        """
        settings = settings_or_exit()
        found = run_or_exit(examine(settings, offline=offline, seconds=timeout))
        if as_json:
            typer.echo(json.dumps([as_row(health) for health in found], indent=2))
        else:
            show(found)
        raise typer.Exit(1 if any(health.state.needs_attention for health in found) else 0)


async def examine(settings: Settings, *, offline: bool, seconds: float) -> list[Health]:
    """The health of every row of the catalog; only rows that are fully set are called. Stored secrets count as set."""
    connectors = all_connectors()
    services = all_services(settings.services_folder)
    rows = with_services(rows_of(catalog(), connectors), services)
    clock = SystemClock()
    outbound, db = Outbound(clock, roads=_roads(settings)), Database(settings.async_database_url)
    configure_logs("error", settings.log_format, Redactor(settings.secret_values).value)
    try:
        settings = await completed(settings, db, clock, seconds)
        routes, values = await model_routes(settings, clock, None if offline else outbound, seconds)
        if offline:
            found = [inspect(row, values) for row in rows]
        else:
            configure_logs("error", settings.log_format, Redactor(settings.secret_values).value)
            own = {key: connector.check for key, connector in open_connectors(values, outbound, clock).items()}
            own |= {key: service.check for key, service in open_services(services, values, outbound).items()}
            own |= {"postgresql": partial(reachable, db, seconds)}
            own |= store_checks(settings, db, outbound, seconds)
            own |= {"kong_services": partial(kong_services_answer, settings, outbound, seconds)}
            ways = Ways(outbound, own, seconds)
            found = await check_all(rows, values, ways)
        vectors = await embedder_keys(settings, clock, values, None if offline else outbound, seconds)
        return [routes, vectors, *(replace(health, stored=_stored(health, settings)) for health in found)]
    finally:
        await outbound.close()
        await db.close()


def _roads(settings: Settings) -> Mapping[str, KongRoute]:
    """As the process has them; none when they can't be read, which their own row says."""
    try:
        return service_roads(settings)
    except Fixable:
        return {}


def _stored(health: Health, settings: Settings) -> tuple[str, ...]:
    row = health.integration
    return tuple(name for name in (*row.needs, *row.optional) if name in settings.stored)


async def model_routes(
    settings: Settings, clock: Clock, outbound: Outbound | None, seconds: float
) -> tuple[Health, dict[str, str]]:
    """Whether the routes to models are as they should be, each key of theirs included, and every set value, those
    included that routes, connector and provider files declare."""
    from app.gateways.routes import facts_of  # noqa: PLC0415
    from app.model_setup import check_keys, declared, model_plan  # noqa: PLC0415 - only the doctor waits for it

    file = settings.model_routes_file
    row = Integration("routes", "Model routes", ("model_routes_file",), area="AI models")
    try:
        values = declared(settings)
        plan = model_plan(settings, values, clock)
    except Fixable as wrong:
        services = service_variables(all_services(settings.services_folder))
        values = declared_values(settings, [*declared_variables(all_connectors()), *services])
        return Health(row, State.MALFORMED, f"{wrong.sentence} {wrong.next_step}"), values
    keys = await check_keys(plan.routes, values, outbound, seconds)
    wrong_keys = {name: health for name, health in keys.items() if health.state.needs_attention}
    if wrong_keys:
        worst = next(iter(wrong_keys.values())).state
        return Health(row, worst, "; ".join(f"{name}: {one.advice}" for name, one in wrong_keys.items())), values
    origin = f"from {file}, {plan.policy}" if file else "in the order of MODEL_ORDER"
    does = f"{', '.join(one.name for one in plan.routes)} ({origin})"
    does += _doubts(
        settings,
        clock,
        [facts_of(one.provider, one.access.model or one.provider.default_model, one.terms) for one in plan.routes],
    )
    does = does if plan.routes else "none: the embedded planner answers"
    return Health(replace(row, does=does), State.SET if plan.routes else State.BUILT_IN), values


def _doubts(settings: Settings, clock: Clock, facts: Sequence[RouteFacts]) -> str:
    """Where a second source names another price than the one that calls are booked at."""
    from app.gateways.money.price_tables import PriceTables, own_prices  # noqa: PLC0415 - only the doctor waits for it

    prices, today = PriceTables(own_prices(settings.model_prices)), clock.now().date()
    told = dict.fromkeys(str(doubt) for one in facts for doubt in prices.disagreements(one, today))
    return f"; prices to look at: {'; '.join(told)}" if told else ""


async def embedder_keys(
    settings: Settings, clock: Clock, values: Mapping[str, str], outbound: Outbound | None, seconds: float
) -> Health:
    """Whether the embedder that EMBEDDER names can be asked: its keys, and its price where a budget applies."""
    from app.gateways.money.price_tables import PriceTables, own_prices  # noqa: PLC0415 - only the doctor waits for it
    from app.gateways.pool.pools import planned  # noqa: PLC0415
    from app.gateways.routes import facts_of  # noqa: PLC0415
    from app.knowledge.embedders.registry import spec_of  # noqa: PLC0415
    from app.model_setup import check_keys, model_plan, providers_of  # noqa: PLC0415

    row = Integration("embedder", "Embedder", ("embedder",), area="AI models")
    try:
        spec = spec_of(settings.embedder, values)
        model = spec.model
        routes = [] if model is None else [*planned(model, values, providers_of(model_plan(settings, values, clock)))]
    except Fixable as wrong:
        return Health(row, State.INCOMPLETE, f"{wrong.sentence} {wrong.next_step}")
    if model is None:
        return Health(replace(row, does=f"{spec.label}: documents are embedded here"), State.BUILT_IN)
    keys = await check_keys(routes, values, outbound, seconds)
    wrong_keys = {name: health for name, health in keys.items() if health.state.needs_attention}
    if wrong_keys:
        worst = next(iter(wrong_keys.values())).state
        return Health(row, worst, "; ".join(f"{name}: {one.advice}" for name, one in wrong_keys.items()))
    first = routes[0]
    facts = facts_of(first.provider, first.access.model, first.terms)
    rates = PriceTables(own_prices(settings.model_prices)).rates(facts, clock.now().date())
    if rates is None and settings.ai_budget is not None:
        advice = f"what {model.name} costs is not known, and a budget applies; set its price in MODEL_PRICES"
        return Health(row, State.INCOMPLETE, advice)
    price = "price unknown" if rates is None else f"${rates.input.base} a million tokens"
    works = bool(keys) and all(health.state is State.WORKS for health in keys.values())
    does = f"{', '.join(one.name for one in routes)} ({price})" + _doubts(settings, clock, [facts])
    return Health(replace(row, does=does), State.WORKS if works else State.SET)


async def reachable(db: Database, seconds: float) -> Reachability:
    """Whether the database answers within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await at_head(db)
    except (SQLAlchemyError, OSError) as failure:
        log.info("database_unreachable", error=type(failure).__name__)
        return Reachability("unreachable", "no answer from the database; check DATABASE_URL and that it runs")
    return Reachability("ok", "The database answers.")


def as_row(health: Health) -> dict[str, object]:
    row = health.integration
    return {
        "area": row.area,
        "integration": row.key,
        "label": row.label,
        "state": health.state.value,
        "does": row.does,
        "variables": [name.upper() for name in (*row.needs, *row.optional)],
        "stored": [name.upper() for name in health.stored],
        "advice": health.advice,
    }


def show(found: list[Health]) -> None:
    """A table per area, then one line that sums up."""
    console = Console()
    for area in AREAS:
        table = Table(
            box=None, show_header=False, padding=(0, 2, 0, 0), title=area, title_justify="left", title_style="bold"
        )
        table.add_column(width=20, no_wrap=True)
        table.add_column(width=12, no_wrap=True)
        table.add_column(overflow="fold")
        for health in found:
            if health.integration.area == area:
                style = STYLES[health.state]
                remark = _remark(health) + _origin(health)
                table.add_row(health.integration.label, f"[{style}]{health.state.value}[/]", remark)
        console.print(table)
        console.print()
    ready = sum(health.state in (State.WORKS, State.SET, State.BUILT_IN) for health in found)
    wrong = sum(health.state.needs_attention for health in found)
    console.print(
        f"[bold]{ready} of {len(found)} ready[/]" + (f", [bold red]{wrong} need attention[/]" if wrong else "")
    )
    console.print("[dim]Variables go into .env; .env.example explains every one. Sophia runs without any of them.[/]")


def _origin(health: Health) -> str:
    """Where values come from when it is not the environment."""
    return f" [dim](stored: {', '.join(name.upper() for name in health.stored)})[/]" if health.stored else ""


def _remark(health: Health) -> str:
    row = health.integration
    if health.state in (State.WORKS, State.BUILT_IN, State.SET):
        return row.does or f"[dim]{'the key works' if health.state is State.WORKS else 'set'}; nothing uses it yet[/]"
    return health.advice if health.state.needs_attention else f"[dim]{health.advice}[/]"
