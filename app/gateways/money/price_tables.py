"""Where prices come from: the operator's own figures first (routes file, MODEL_PRICES), then the `genai-prices` table,
checked against a second.

A route is looked up once a day and kept. The second source is an extract of LiteLLM's price list
(second_prices.json); it is never used to price a call, only to notice that the two disagree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.errors import Fixable
from app.gateways.money.prices import Rate, Rates
from app.gateways.spend import DIRECT, OwnPrice, RouteFacts

SECOND = Path(__file__).with_name("second_prices.json")
TABLE = "genai-prices"
_KEPT = 500  # routes × days


@dataclass(frozen=True)
class Disagreement:
    """Two sources name different prices for a model; dollars per million tokens."""

    model: str
    what: str  # "input", "output"
    first: Decimal
    second: Decimal

    def __str__(self) -> str:
        return f"{self.model}: {self.what} ${self.first}/M tokens, a second source says ${self.second}/M"


class PriceTables:
    """Prices by route and day. `own` are the operator's figures by route name or model name; they win, and may change
    while a process runs."""

    def __init__(self, own: Mapping[str, Rates] | None = None) -> None:
        self.own = own or {}
        self._known: dict[tuple[str, str, date], Rates | None] = {}

    def rates(self, route: RouteFacts, on: date) -> Rates | None:
        """The route's prices on a day; None when nobody knows them. The first call of a process takes 0.4 s."""
        if route.price is not None:
            return _told(route.price, "the routes file")
        if own := self.own.get(route.name) or self.own.get(route.model):
            return own
        key = (route.name, route.price_ref, on)
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            listed = None if route.listed is None else _told(route.listed, "the vendor's price list")
            self._known[key] = _looked_up(route, on) or listed
        return self._known[key]

    def disagreements(self, route: RouteFacts, on: date) -> list[Disagreement]:
        """Where the second source differs from the table for this route; empty too when it does not know the model, or
        when the operator said what is paid."""
        rates = self.rates(route, on)
        other = _second().get(f"{route.provider}/{route.model}") or _second().get(route.model)
        if rates is None or other is None or rates.origin != TABLE:
            return []
        pairs = (("input", rates.input.base, other["input"]), ("output", rates.output.base, other["output"]))
        return [Disagreement(route.model, what, one, Decimal(two)) for what, one, two in pairs if one != Decimal(two)]


def own_prices(text: str) -> dict[str, Rates]:
    """Prices from `MODEL_PRICES`: `replicate/meta/llama-3=0.65/2.75, my-model=0/0`, input/output in dollars per
    million tokens. Raises Fixable."""
    prices: dict[str, Rates] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, figures = part.partition("=")
        given, _, made = figures.partition("/")
        try:
            read, written = Decimal(given.strip()), Decimal(made.strip())
        except InvalidOperation:
            read = written = Decimal(-1)
        if not (name.strip() and read.is_finite() and written.is_finite() and min(read, written) >= 0):
            raise Fixable(
                f"MODEL_PRICES says {part!r}, which is no price.",
                next_step="Write route=input/output in dollars per million tokens, as in my-model=0.65/2.75.",
                code="bad_settings",
            )
        prices[name.strip()] = Rates.flat(read, written, origin="MODEL_PRICES")
    return prices


@cache
def _told(price: OwnPrice, origin: str) -> Rates:
    given = Rate(price.input)
    return Rates(
        input=given,
        output=Rate(price.output),
        cached=given if price.cached is None else Rate(price.cached),
        cache_write=given if price.cache_write is None else Rate(price.cache_write),
        origin=origin,
    )


def _looked_up(route: RouteFacts, on: date) -> Rates | None:
    from genai_prices import data_snapshot  # noqa: PLC0415 - loads all tables of 47 vendors

    snapshot = data_snapshot.get_snapshot()
    for vendor, model in _names(route):
        try:
            _, found = snapshot.find_provider_model(model, None, vendor, None)
        except LookupError:
            continue
        price: Any = found.get_prices(datetime.combine(on, time(), UTC))
        if price.input_mtok is None or (price.output_mtok is None and route.makes_text):
            continue
        given = _rate(price.input_mtok)
        return Rates(
            input=given,
            output=_rate(price.output_mtok or Decimal(0)),
            cached=given if price.cache_read_mtok is None else _rate(price.cache_read_mtok),
            cache_write=given if price.cache_write_mtok is None else _rate(price.cache_write_mtok),
            origin=TABLE,
        )
    return None


def _names(route: RouteFacts) -> list[tuple[str | None, str]]:
    """Vendor and model as the table may know them, the surest first. A gateway's own list wins over its vendors'."""
    if route.price_ref:
        vendor, _, model = route.price_ref.rpartition(":")
        return [(vendor or None, model)]
    names: list[tuple[str | None, str]] = [(route.provider, route.model)]
    if route.gateway != DIRECT:
        names.insert(0, (route.gateway, f"{route.provider}/{route.model}"))
        names.append((None, route.model))
    return names


def _rate(price: Any) -> Rate:
    if isinstance(price, Decimal):
        return Rate(price)
    return Rate(price.base, tuple((tier.start, tier.price) for tier in price.tiers))


@cache
def _second() -> dict[str, dict[str, str]]:
    return json.loads(SECOND.read_text())["models"]
