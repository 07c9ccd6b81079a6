"""From settings to routes to models, and how changed keys are taken up while a process runs.

Not for: choosing among routes (app/gateways), or what a key must look like (app/integrations/catalog).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.gateways.admission import CallLimits, MinuteLimits
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.models import ChatModels
from app.gateways.money.budgets import Budget, Budgets, default_budget
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.pool.pools import Pools
from app.gateways.providers import Access, discover
from app.gateways.route_plan import PlannedRoute, RoutePlan, in_order, rotated
from app.gateways.routes import Route
from app.gateways.routes_file.reading import Machine, read_routes
from app.gateways.spend import PerMinute
from app.http.outbound import Outbound
from app.integrations.catalog import Integration, catalog
from app.integrations.declared.registry import all_services, public_variables, service_variables
from app.integrations.health import Health, State, Ways, check, inspect
from app.integrations.registry import all_connectors, declared_variables
from app.security.redaction import Redactor
from app.security.stored import with_stored_secrets
from app.settings import Settings, declared_values

log = structlog.get_logger(__name__)


def call_limits(settings: Settings) -> CallLimits:
    """What a minute may hold for a route, a person and the company."""
    return CallLimits(
        route=PerMinute.of(settings.model_route_limit),
        user=PerMinute.of(settings.model_user_limit),
        workspace=PerMinute.of(settings.model_workspace_limit),
    )


def model_access(order: str, values: Mapping[str, str]) -> dict[str, Access]:
    """Keys and models of the providers that are set up, in MODEL_ORDER. Raises Fixable for an unknown provider
    and for one that is set up by half."""
    providers = discover()
    access: dict[str, Access] = {}
    for name in filter(None, (part.strip() for part in order.split(","))):
        if name not in providers:
            raise Fixable(
                f"MODEL_ORDER names {name!r}, which is no provider.",
                next_step=f"Providers are {', '.join(sorted(providers))}.",
                code="bad_settings",
            )
        if given := providers[name].access(values):
            access[name] = given
    return access


def model_plan(settings: Settings, values: Mapping[str, str], clock: Clock) -> RoutePlan:
    """The routes to models: those of MODEL_ROUTES_FILE, else the providers with a key in MODEL_ORDER. Raises Fixable
    for anything that is wrong with them."""
    if settings.model_routes_file is None:
        return in_order(model_access(settings.model_order, values), discover())
    prices = PriceTables(own_prices(settings.model_prices))
    today = clock.now().date()
    machine = Machine(values, discover(), lambda route: prices.rates(route, today) is not None)
    return read_routes(settings.model_routes_file).plan(machine)


def declared(settings: Settings) -> dict[str, str]:
    """Every set value, those that connector, provider, routes and service files declare included. Holds secrets."""
    return declared_values(settings, own_variables(settings))


def own_variables(settings: Settings) -> list[str]:
    """The variables that connector, provider, routes and service files declare themselves."""
    providers = [variable for provider in discover().values() for variable in provider.all_variables]
    file = settings.model_routes_file
    keys = read_routes(file).key_variables if file else ()
    services = service_variables(all_services(settings.services_folder))
    return [*declared_variables(all_connectors()), *providers, *keys, *services]


def known_secrets(settings: Settings, values: Mapping[str, str]) -> tuple[str, ...]:
    """What must not be logged: the secrets of the settings and what files declare, each key of a list too."""
    public = {name.lower() for name in public_variables(all_services(settings.services_folder))}
    own = [value for name, value in values.items() if name not in Settings.model_fields and name not in public]
    return (*settings.secret_values, *own, *(part.strip() for value in own for part in value.split(",")))


async def check_keys(
    routes: Iterable[PlannedRoute], values: Mapping[str, str], outbound: Outbound | None, seconds: float = 8.0
) -> dict[str, Health]:
    """What each route's key is worth, by the route's name: by its looks, and with `outbound` by asking the vendor, each
    key once. Routes whose vendor can't be asked that way are not in it."""
    rows = {row.key: row for row in catalog()}
    known: dict[tuple[str, str, str], Health] = {}
    found: dict[str, Health] = {}
    for one in routes:
        row = rows.get(one.provider.name)
        if row is None or not _asks_the_same(row, one):
            continue
        way = (one.provider.name, one.access.api_key, one.access.base_url)
        if way not in known:
            given = {**values, one.provider.key_variable.lower(): one.access.api_key}
            if one.access.base_url:
                given[one.provider.address_name.lower()] = one.access.base_url
            known[way] = inspect(row, given) if outbound is None else await _asked(row, given, outbound, seconds)
        usual, own = one.provider.key_variable, one.key_variable or one.provider.key_variable
        found[one.name] = replace(known[way], advice=known[way].advice.replace(usual, own))
    return found


def _asks_the_same(row: Integration, one: PlannedRoute) -> bool:
    """False when the check would show the key to another address than the one it is for."""
    return not one.access.base_url or (row.probe is not None and row.probe.url.startswith("{"))


async def _asked(row: Integration, values: Mapping[str, str], outbound: Outbound, seconds: float) -> Health:
    return await check(row, values, Ways(outbound, seconds=seconds))


def own_budget(settings: Settings) -> Budget | None:
    """The company's budget from the settings; None without one."""
    return default_budget(settings.workspace_id, settings.ai_budget, settings.ai_budget_channel or "")


@dataclass(frozen=True)
class InForce:
    """What a running process asks models by, and goes by from the moment that its settings change."""

    models: ChatModels
    pools: Pools
    limits: MinuteLimits
    budgets: Budgets
    prices: PriceTables

    def take_up(self, settings: Settings, values: Mapping[str, str], plan: RoutePlan) -> list[Route]:
        """Goes on with these; returns the routes that are new. Raises Fixable, having changed nothing."""
        prices = own_prices(settings.model_prices)
        self.pools.take_up(values, providers_of(plan))
        self.prices.own = prices
        self.limits.limits = call_limits(settings)
        self.budgets.take_up(own_budget(settings))
        self.models.hedges.percent = settings.model_hedge_percent
        return self.models.take_up(plan)


class ModelUpkeep:
    """Reads settings, stored secrets and the routes file again, so that a new key, route, limit or budget holds without
    a restart, rotates the keys of a pool when their time has come, and finds out whether new keys are good."""

    def __init__(
        self, settings: Settings, in_force: InForce, redactor: Redactor, db: Database, clock: Clock, outbound: Outbound
    ) -> None:
        self._settings = settings
        self._in_force = in_force
        self._redactor = redactor
        self._db = db
        self._clock = clock
        self._outbound = outbound
        self._checked: set[tuple[str, str, str]] = set()
        self._refused = ""

    async def look(self) -> None:
        """One round. What is wrong is logged once, and the routes stay as they were."""
        try:
            settings = await with_stored_secrets(await asyncio.to_thread(self._settings.again), self._db, self._clock)
            values = declared(settings)
            self._redactor.learn(known_secrets(settings, values))
            plan = await asyncio.to_thread(model_plan, settings, values, self._clock)
            new = self._in_force.take_up(settings, values, turned(plan, settings, self._clock))
        except (Fixable, SQLAlchemyError, OSError) as wrong:
            self._tell_once(self._redactor.text(str(wrong)))
            return
        self._refused = ""
        for route in new:
            await asyncio.to_thread(route.build)
            log.info("model_route_taken_up", route=route.name)
        await self._check(plan, values)

    def _tell_once(self, wrong: str) -> None:
        if wrong != self._refused:
            self._refused = wrong
            log.error("model_routes_not_taken_up", why=wrong)

    async def _check(self, plan: RoutePlan, values: Mapping[str, str]) -> None:
        """Asks vendors about keys that were not asked about before. A refused one is left alone like a dead account."""
        pools = self._in_force.pools
        asked = (*plan.routes, *(road.planned for road in pools.roads))
        new = [one for one in asked if self._way(one) not in self._checked]
        self._checked |= {self._way(one) for one in new}
        for name, health in (await check_keys(new, values, self._outbound)).items():
            if health.state is State.REFUSED:
                log.error("model_key_refused", route=name, advice=health.advice)
                self._leave_alone(name)
            elif health.state is State.MALFORMED:
                log.warning("model_key_looks_wrong", route=name, advice=health.advice)

    def _leave_alone(self, name: str) -> None:
        for route in self._in_force.models.routes:
            if route.name == name:
                route.breaker.failed(RouteFault(FaultKind.ACCOUNT, "its key was refused"))
        self._in_force.pools.leave_alone(name)

    @staticmethod
    def _way(one: PlannedRoute) -> tuple[str, str, str]:
        return one.provider.name, one.access.api_key, one.access.base_url


def providers_of(plan: RoutePlan) -> tuple[str, ...]:
    """The names of the plan's providers, in the order in which they are asked."""
    return tuple(dict.fromkeys(one.provider.name for one in plan.routes))


def turned(plan: RoutePlan, settings: Settings, clock: Clock) -> RoutePlan:
    """The plan with the keys in the order of this hour."""
    hours = settings.model_key_hours
    return rotated(plan, int(clock.now().timestamp() // 3600) // hours) if hours else plan
