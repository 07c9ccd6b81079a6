"""What a call will probably cost on a route, to compare routes. Exact amounts are the ledger's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.gateways.choosing.need import Need
from app.gateways.money.prices import Rates
from app.gateways.routes import Route
from app.gateways.spend import RouteFacts, Task

ANSWER_TOKENS: Mapping[Task, int] = {
    Task.PLAN: 300,
    Task.SUMMARISE: 250,
    Task.CLASSIFY: 20,
    Task.DIGEST: 700,
    Task.SMS: 80,
}
"""Usual lengths of answers."""
CACHED_SHARE = 0.8  # of a prompt, when the route has the conversation's last call in its cache
READ_EVERY = 3600.0  # seconds until prices are looked up again


@dataclass(frozen=True)
class _Figures:
    """Microdollars a token, and what the gateway takes."""

    given: float
    cached: float
    made: float
    per_request: float
    factor: float
    until: float


class Costs:
    """`rates` gives a route's prices today, None when nobody knows them."""

    def __init__(self, rates: Callable[[RouteFacts], Rates | None], monotonic: Callable[[], float]) -> None:
        self._rates = rates
        self._monotonic = monotonic
        self._known: dict[str, _Figures | None] = {}

    def expected(self, route: Route, need: Need, *, cached: bool = False) -> float | None:
        """Microdollars; None when no price is known. `cached`: the route has the conversation in its cache."""
        figures = self._known.get(route.name)
        if figures is None or self._monotonic() > figures.until:
            if figures is None and route.name in self._known:
                return None
            figures = self._known[route.name] = self._read(route)
            if figures is None:
                return None
        given = figures.given
        if cached:
            given += CACHED_SHARE * (figures.cached - given)
        spend = need.input_tokens * given + ANSWER_TOKENS.get(need.task, 0) * figures.made
        return spend * figures.factor + figures.per_request

    def _read(self, route: Route) -> _Figures | None:
        rates = self._rates(route.facts)
        if rates is None:
            return None
        fees = route.facts.fees
        return _Figures(
            given=float(rates.input.base),
            cached=float(rates.cached.base),
            made=float(rates.output.base),
            per_request=float(fees.per_request_microdollars),
            factor=1 + float(fees.pct_of_spend) / 100,
            until=self._monotonic() + READ_EVERY,
        )
