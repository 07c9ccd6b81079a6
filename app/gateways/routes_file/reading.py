"""Reads a routes file and fits it to this machine: its keys, its roads, its price table. Refuses all that is wrong at
once, before anything starts."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from app.domain.errors import Fixable
from app.gateways.providers import Access, Provider
from app.gateways.route_plan import PlannedRoute, RoutePlan, each_key
from app.gateways.routes import facts_of
from app.gateways.routes_file.complaints import Complaint, SourceText, of_shape
from app.gateways.routes_file.schema import MICRODOLLARS, FileEntry, RouteEntry
from app.gateways.spend import DIRECT, NO_LIMIT, RouteFacts
from app.gateways.terms import Terms


@dataclass(frozen=True)
class Machine:
    """What a file is fitted to: every set value by lower-case name, the roads, and whether a model's price is known."""

    values: Mapping[str, str]
    providers: Mapping[str, Provider]
    priced: Callable[[RouteFacts], bool]


@dataclass(frozen=True)
class RoutesFile:
    """A file whose shape is right."""

    entry: FileEntry
    source: SourceText

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The variables that the file names as holders of keys."""
        return tuple(dict.fromkeys(one.key for one in self.entry.route if one.key))

    def plan(self, machine: Machine) -> RoutePlan:
        """The routes of the file. Raises Fixable for what does not fit, all of it at once."""
        entry = self.entry
        complaints = [*_doubled(entry.route, machine.providers)]
        planned: list[PlannedRoute] = []
        for number, one in enumerate(entry.route):
            found = list(_unfit(one, machine))
            complaints += [Complaint(problem, number, field) for field, problem in found]
            if not found:
                planned.append(_planned(one, machine))
        if not complaints:
            complaints += _unmet(entry)
        if complaints:
            raise self.source.refuse(complaints, [f"{one.road}/{one.model}" for one in entry.route])
        return RoutePlan(
            each_key(planned),
            entry.policy,
            entry.classes.told(),
            worth_microdollars=int(entry.worth * MICRODOLLARS),
            rules=entry.data.told(),
        )


def read_routes(path: Path) -> RoutesFile:
    """The file at `path`. Raises Fixable with one line per thing that is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise Fixable(
            f"MODEL_ROUTES_FILE names {path}, which can't be read ({type(unreadable).__name__}).",
            next_step="Correct the path, or leave MODEL_ROUTES_FILE empty: then MODEL_ORDER holds.",
            code="bad_routes",
        ) from None
    source = SourceText(path, text)
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as wrong:
        raise source.refuse([Complaint(f"it is no TOML: {wrong}")], ()) from None
    try:
        return RoutesFile(FileEntry.model_validate(raw), source)
    except ValidationError as wrong:
        raise source.refuse(of_shape(wrong), _names(raw)) from None


def _names(raw: Mapping[str, object]) -> list[str]:
    """The routes' models, as far as they are given."""
    routes = raw.get("route")
    if not isinstance(routes, list):
        return []
    given: list[object] = [one.get("model") if isinstance(one, dict) else None for one in routes]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return [one if isinstance(one, str) else "" for one in given]


def _doubled(routes: tuple[RouteEntry, ...], providers: Mapping[str, Provider]) -> Iterator[Complaint]:
    seen: Counter[object] = Counter()
    for number, one in enumerate(routes):
        provider = providers.get(one.road)
        key = one.key or (provider.key_variable if provider else "")
        way = (one.road, one.model, key, one.base_url, tuple(sorted(one.options.items())))
        if seen[way]:
            yield Complaint("is the same route as an earlier one: same gateway, model and key", number)
        seen[way] += 1


def _unfit(one: RouteEntry, machine: Machine) -> Iterator[tuple[str, str]]:
    """Field and problem of everything about a route that does not fit."""
    provider = machine.providers.get(one.road)
    if provider is None or (provider.gateway == DIRECT) != (one.gateway == DIRECT):
        yield _no_road(one, machine.providers)
        return
    key = one.key or provider.key_variable
    if not machine.values.get(key.lower()) and (one.key or not provider.keyless):
        yield "key", f"{key} is not set; set it in the environment or with `sophia secrets set {key}`"
    if provider.needs_address and not _address(one, provider, machine):
        yield "base_url", f"it has no address; write `base_url`, or set {provider.address_name}"
    allowed = [name.lower() for name in provider.variables]
    if unknown := [name for name in one.options if name not in allowed]:
        there = f"; it has {_list(allowed)}" if allowed else ""
        yield "options", f"{provider.label} has no option `{unknown[0]}`{there}"
    yield from _contradictions(one)
    if not (one.price and one.price_ref) and not machine.priced(facts_of(provider, one.model, _terms(one, provider))):
        yield (
            "price_ref" if one.price_ref else "model",
            "no price is known for this model, so it may be misspelled; correct it, or write its `price` "
            "(0 for one that costs nothing)",
        )


def _contradictions(one: RouteEntry) -> Iterator[tuple[str, str]]:
    if one.price and one.price_ref:
        yield "price", "`price` and `price_ref` say the same thing twice; keep one"
    limit = one.limit.told() if one.limit else NO_LIMIT
    if limit.tokens and limit.requests > limit.tokens:
        yield "limit", f"{limit.requests:,} requests a minute can't be made of {limit.tokens:,} tokens; correct `limit`"


def _no_road(one: RouteEntry, providers: Mapping[str, Provider]) -> tuple[str, str]:
    direct = sorted(name for name, known in providers.items() if known.gateway == DIRECT)
    gateways = sorted(name for name, known in providers.items() if known.gateway != DIRECT)
    if one.gateway != DIRECT:
        return "gateway", f"there is no gateway `{one.gateway}`; there are {_list(['direct', *gateways])}"
    if not one.provider:
        return "provider", f"`provider` is missing; there are {_list(direct)}"
    if one.provider in gateways:
        return "provider", f'`{one.provider}` is a gateway; write `gateway = "{one.provider}"`'
    return "provider", f"there is no provider `{one.provider}`; there are {_list(direct)}"


def _unmet(entry: FileEntry) -> list[Complaint]:
    """What the file asks for and no route of it gives."""
    complaints: list[Complaint] = []
    strongest = max((one.model_class for one in entry.route), key=lambda given: given.rank)
    for task, wanted in entry.classes.told().items():
        if wanted.rank > strongest.rank:
            complaints.append(
                Complaint(
                    f"calls to {task} ask for a {wanted} model, and no route is of that class; give one "
                    f'`class = "{wanted}"`, or write `{task} = "{strongest}"` under [classes]',
                    field=task,
                )
            )
    rules = entry.data.told()
    reasons = [rules.broken_by(one.data.told()) for one in entry.route]
    if all(reasons):
        complaints.append(
            Complaint(
                f"[data] rules out every route ({_list(list(dict.fromkeys(reasons)))}); correct it, or the "
                "routes' own `data`",
                field="data",
            )
        )
    return complaints


def _planned(one: RouteEntry, machine: Machine) -> PlannedRoute:
    provider = machine.providers[one.road]
    values = machine.values
    options = {name.lower(): values[name.lower()] for name in provider.variables if values.get(name.lower())}
    access = Access(
        api_key=values.get((one.key or provider.key_variable).lower(), ""),
        model=one.model,
        base_url=_address(one, provider, machine),
        options={**options, **one.options},
    )
    return PlannedRoute(provider, access, _terms(one, provider), one.key or "")


def _terms(one: RouteEntry, provider: Provider) -> Terms:
    return Terms(
        owner=one.provider,
        price_ref=one.price_ref,
        price=one.price.told() if one.price else None,
        fees=one.fees.told() if one.fees else None,
        window=one.window or 0,
        takes_refused=one.takes_refused,
        limit=one.limit.told() if one.limit else None,
        model_class=one.model_class,
        capabilities=provider.capabilities if one.capabilities is None else one.capabilities,
        data=one.data.told(),
        quality=one.quality,
    )


def _address(one: RouteEntry, provider: Provider, machine: Machine) -> str:
    return one.base_url or machine.values.get(provider.address_name.lower(), "")


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" if name.isidentifier() else name for name in names)
