"""Which routes a process has, in order, and by which policy a call chooses among them.

Without a routes file the providers with a key follow each other in MODEL_ORDER. Not for: reading the file
(routes_file/), choosing (choosing/).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.gateways.providers import Access, Provider
from app.gateways.spend import Task
from app.gateways.terms import NO_RULES, ONLY_KEY, PLAIN_TERMS, USUAL_CLASSES, DataRules, ModelClass, Terms

USUAL_WORTH = 100_000  # microdollars: ten cents, some seconds of a person who would have to look it up


class Policy(StrEnum):
    """What decides among the routes that a call may take."""

    LISTED = "listed"  # the order they are written in
    CHEAPEST = "cheapest"  # of those good enough
    FASTEST = "fastest"
    BEST = "best"
    BALANCED = "balanced"


@dataclass(frozen=True)
class PlannedRoute:
    """One model with one key. `access` holds the key, `key_variable` names where it is from, '' for the usual one."""

    provider: Provider
    access: Access
    terms: Terms = PLAIN_TERMS
    key_variable: str = ""

    @property
    def name(self) -> str:
        """Unique in a plan, and the same for the same place in it: the second key has a route of its own."""
        plain = f"{self.provider.name}/{self.access.model or self.provider.default_model}"
        return plain if self.terms.key == ONLY_KEY else f"{plain}#{self.terms.key}"


@dataclass(frozen=True)
class RoutePlan:
    """`classes` is the weakest class of model that is good enough for each kind of call. `worth_microdollars`: what a
    good answer is worth, which says how much more a better model may cost."""

    routes: tuple[PlannedRoute, ...] = ()
    policy: Policy = Policy.LISTED
    classes: Mapping[Task, ModelClass] = field(default_factory=lambda: USUAL_CLASSES)
    worth_microdollars: int = USUAL_WORTH
    rules: DataRules = NO_RULES


def in_order(access: Mapping[str, Access], providers: Mapping[str, Provider]) -> RoutePlan:
    """The providers one after the other. Raises ValueError for one that nobody registered."""
    if unknown := [name for name in access if name not in providers]:
        raise ValueError(f"no provider is named {unknown[0]!r}; there are {', '.join(sorted(providers))}")
    planned = [PlannedRoute(providers[name], one, plain_terms(providers[name])) for name, one in access.items()]
    return RoutePlan(each_key(planned))


def plain_terms(provider: Provider) -> Terms:
    """What holds for a route of which nothing was said."""
    return replace(PLAIN_TERMS, capabilities=provider.capabilities)


def each_key(planned: Iterable[PlannedRoute]) -> tuple[PlannedRoute, ...]:
    """A route for every key of a list of keys, numbered over all routes to the same model."""
    seen: Counter[tuple[str, str]] = Counter()
    routes: list[PlannedRoute] = []
    for one in planned:
        for access in one.access.each_key():
            model = (one.provider.name, access.model or one.provider.default_model)
            seen[model] += 1
            routes.append(replace(one, access=access, terms=replace(one.terms, key=str(seen[model]))))
    return tuple(routes)


def rotated(plan: RoutePlan, turn: int) -> RoutePlan:
    """The plan with another key of each model first: the first one at turn 0, the second at turn 1, and round again.
    Models keep their places."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(plan.routes):
        places.setdefault((one.provider.name, one.access.model), []).append(place)
    routes = list(plan.routes)
    for same in places.values():
        for number, place in enumerate(same):
            routes[place] = plan.routes[same[(number + turn) % len(same)]]
    return replace(plan, routes=tuple(routes))
