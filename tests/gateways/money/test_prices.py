"""Costs are exact to the microdollar, from the tokens that OpenAI, Anthropic and OpenRouter report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import Fixable
from app.gateways.money.ledger import cost_of
from app.gateways.money.price_tables import PriceTables, own_prices
from app.gateways.money.prices import Rate, Rates
from app.gateways.spend import AttemptUse, Fees, Outcome, RouteFacts, TokenEstimate

DAY = date(2026, 11, 2)
OPENAI = RouteFacts("direct", "openai", "gpt-5.4-mini", "1")
ANTHROPIC = RouteFacts("direct", "anthropic", "claude-sonnet-5", "1")
OPENROUTER = RouteFacts("openrouter", "openai", "gpt-5.4-mini", "1", fees=Fees(200, Decimal("5.5")))
UNKNOWN = RouteFacts("direct", "replicate", "acme/unheard-of", "1")


def answered(**tokens: Any) -> AttemptUse:
    return AttemptUse(Outcome.ANSWERED, **tokens)


@pytest.mark.parametrize(
    ("route", "use", "microdollars"),
    [
        # 8,000 fresh × 0.75 + 2,000 cached × 0.075 + 1,000 out × 4.5
        (OPENAI, answered(input_tokens=10_000, cached_tokens=2_000, output_tokens=1_000, reasoning_tokens=600), 10_650),
        # 1,000 fresh × 2 + 6,000 cached × 0.2 + 3,000 written × 2.5 + 500 out × 10
        (
            ANTHROPIC,
            answered(input_tokens=10_000, cached_tokens=6_000, cache_write_tokens=3_000, output_tokens=500),
            15_700,
        ),
        (OPENAI, answered(input_tokens=1, output_tokens=1), 5),  # 5.25, rounded once at the end
        (OPENAI, AttemptUse(Outcome.FAILED), 0),
    ],
)
def test_each_kind_of_token_has_its_own_price(route: RouteFacts, use: AttemptUse, microdollars: int) -> None:
    cost = cost_of(use, route, PriceTables().rates(route, DAY))
    assert (cost.total, cost.priced, cost.reported) == (microdollars, microdollars, None)


def test_what_the_gateway_says_it_took_counts_and_our_own_figure_stands_beside_it() -> None:
    use = AttemptUse(Outcome.ANSWERED, input_tokens=1_000, output_tokens=100, reported_microdollars=Decimal("1210.5"))
    cost = cost_of(use, OPENROUTER, PriceTables().rates(OPENROUTER, DAY))
    assert (cost.reported, cost.priced) == (1_211, 1_200)
    assert cost.fee == 267  # 200 a request + 5.5 % of 1,210.5
    assert cost.total == 1_477


def test_a_gateway_takes_nothing_for_a_request_that_failed() -> None:
    assert cost_of(AttemptUse(Outcome.FAILED), OPENROUTER, PriceTables().rates(OPENROUTER, DAY)).total == 0


def test_a_long_request_costs_the_tier_it_reaches() -> None:
    tiered = Rate(Decimal(2), ((200_000, Decimal(4)),))
    rates = Rates(tiered, Rate(Decimal(10)), tiered, tiered, "test")
    assert rates.tokens(answered(input_tokens=200_000)) == 400_000
    assert rates.tokens(answered(input_tokens=200_001)) == 800_004
    assert rates.most(TokenEstimate(10, 10), Fees()) == 140


def test_a_model_nobody_knows_has_no_price_until_the_operator_names_one() -> None:
    assert PriceTables().rates(UNKNOWN, DAY) is None
    priced = PriceTables(own_prices("replicate/acme/unheard-of=0.65/2.75"))
    rates = priced.rates(UNKNOWN, DAY)
    assert rates is not None
    assert rates.tokens(answered(input_tokens=100, output_tokens=100)) == 340


@pytest.mark.parametrize("text", ["gpt", "gpt=cheap/2", "gpt=1", "=1/2", "gpt=-1/2", "gpt=NaN/1"])
def test_a_price_that_is_none_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(Fixable, match="no price"):
        own_prices(text)


def test_two_price_sources_that_disagree_are_told() -> None:
    together = RouteFacts("direct", "together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "1")
    told = [str(one) for one in PriceTables().disagreements(together, DAY)]
    assert told == [
        "meta-llama/Llama-3.3-70B-Instruct-Turbo: input $0.88/M tokens, a second source says $1.04/M",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo: output $0.88/M tokens, a second source says $1.04/M",
    ]
    assert PriceTables().disagreements(OPENAI, DAY) == []
    assert PriceTables().disagreements(UNKNOWN, DAY) == []
