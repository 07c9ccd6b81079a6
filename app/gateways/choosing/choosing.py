"""The order in which a call tries routes.

Hard filters say which may be asked at all: abilities, what may be done with data, the window. Health, limits and
budgets change while a call runs and are asked for at each attempt (candidates.py, purse.py). Then the policy orders;
models that are not good enough for the call come last, because a weak answer beats none. docs/adr/0037.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.gateways.choosing.costs import Costs
from app.gateways.choosing.need import Need
from app.gateways.choosing.quality import USUAL_QUALITY, Quality
from app.gateways.route_plan import Policy, RoutePlan
from app.gateways.routes import Route
from app.gateways.spend import Task
from app.gateways.terms import USUAL_CLASSES, ModelClass

USUAL_SECONDS: Mapping[ModelClass, float] = {ModelClass.SMALL: 0.5, ModelClass.STANDARD: 0.8, ModelClass.STRONG: 1.5}
"""To the first token, until a route's own pace is known."""
HOPE = 0.5
"""Standard deviations that a model is thought to be better than its thumbs say: else one that had bad luck at first
would never be tried again."""
SLACK = 0.10  # a model may be this much worse than is usual in its class before it is not good enough
SECOND = 0.01
"""Balanced: a second of waiting for the first word counts like so much less of a chance to be liked."""
TOO_HIGH = 0.75  # estimates of tokens are high by a third; a window is held against the likely figure


@dataclass(slots=True)  # made for every route at every call: frozen ones cost four times as much
class Choice:
    """One route as a candidate of a call. `cost` in microdollars, None when unknown; `seconds` to the first token;
    `quality` is the share of answers people like, `hoped` what it may well be; `score` orders within a call, higher is
    better; `why_not` says why it may not be asked, '' when it may; `kept`: the conversation stays on
    it; the figures are only there when it was `weighed`."""

    route: Route
    why_not: str = ""
    quality: float = 0.0
    hoped: float = 0.0
    cost: float | None = None
    seconds: float = 0.0
    score: float = 0.0
    good_enough: bool = True
    kept: bool = False
    weighed: bool = False


class Choosing:
    """Chooses for all calls of a process."""

    def __init__(self, plan: RoutePlan, costs: Costs, quality: Quality) -> None:
        self.policy = plan.policy
        self._plan = plan
        self._costs = costs
        self._quality = quality

    @property
    def weighs(self) -> bool:
        """False when the written order holds, whatever is known of the routes."""
        return self._plan.policy is not Policy.LISTED

    def order(self, routes: Sequence[Route], need: Need, last: str = "") -> list[Choice]:
        """Every route: those that may be asked, the best first, then those that may not. `last` names the route that
        has the conversation in its cache."""
        weighs = self.weighs
        allowed: list[Choice] = []
        barred: list[Choice] = []
        for route in routes:
            why_not = self._why_not(route, need)
            if why_not:
                barred.append(Choice(route, why_not))
            else:
                allowed.append(self._weighed(route, need, route.name == last) if weighs else Choice(route))
        if weighs:
            allowed = self._scored(allowed)
        return allowed + barred

    def _why_not(self, route: Route, need: Need) -> str:
        terms = route.terms
        if not need.capabilities <= terms.capabilities:
            return f"can't do {' and '.join(sorted(need.capabilities - terms.capabilities))}".replace("_", " ")
        if broken := self._plan.rules.broken_by(terms.data):
            return broken
        if terms.window and need.input_tokens * TOO_HIGH > terms.window:
            return "window too small"
        return ""

    def _weighed(self, route: Route, need: Need, kept: bool) -> Choice:
        quality = self._quality.of(route, need.task)
        wanted = self._plan.classes.get(need.task, USUAL_CLASSES[Task.PLAN])
        own = route.terms.model_class
        return Choice(
            route,
            weighed=True,
            quality=quality.mean,
            hoped=quality.mean + HOPE * quality.deviation,
            cost=self._costs.expected(route, need, cached=kept),
            seconds=route.pace.typical_first or USUAL_SECONDS[own],
            good_enough=own.rank >= wanted.rank and quality.mean + quality.deviation >= USUAL_QUALITY[wanted] - SLACK,
            kept=kept and not route.breaker.troubled,
        )

    def _scored(self, choices: list[Choice]) -> list[Choice]:
        if len(choices) < 2:
            return choices
        dearest = max((one.cost for one in choices if one.cost is not None), default=0.0) or 1.0
        slowest = max(one.seconds for one in choices) or 1.0
        for one in choices:
            one.score = self._score(one, dearest, slowest)
        choices.sort(key=lambda one: (one.kept and one.good_enough, one.good_enough, one.score), reverse=True)
        return choices

    def _score(self, one: Choice, dearest: float, slowest: float) -> float:
        """Higher is better; the other figures break ties. Balanced weighs the chance of a liked answer against what it
        costs, as the operator says a good answer is worth."""
        cost = 1.0 if one.cost is None else one.cost / dearest  # what nobody knows the price of may be the dearest
        seconds = one.seconds / slowest
        match self._plan.policy:
            case Policy.CHEAPEST:
                return -cost - 1e-3 * seconds + 1e-6 * one.hoped
            case Policy.FASTEST:
                return -seconds - 1e-3 * cost
            case Policy.BEST:
                return one.hoped - 1e-3 * cost - 1e-4 * seconds
            case _:
                spent = dearest if one.cost is None else one.cost
                return one.hoped - spent / self._plan.worth_microdollars - SECOND * one.seconds
