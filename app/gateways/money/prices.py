"""What tokens cost. Rates are dollars per million tokens, which is the same number as microdollars per token.

Amounts are exact decimals until the whole attempt is added up; only then is it rounded to the microdollar. Not for:
where rates come from (price_tables.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from app.gateways.spend import AttemptUse, Fees, Outcome, TokenEstimate

PERCENT = Decimal(100)


@dataclass(frozen=True)
class Rate:
    """Microdollars per token. Above a tier's start (input tokens of the request) the tier's price holds for all."""

    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...] = ()  # ascending

    def at(self, input_tokens: int) -> Decimal:
        return next((price for start, price in reversed(self.tiers) if input_tokens > start), self.base)

    @property
    def highest(self) -> Decimal:
        return max(self.base, *(price for _, price in self.tiers)) if self.tiers else self.base


@dataclass(frozen=True)
class Rates:
    """A model's prices on a day. Where a vendor names no price for cached or cache-write tokens they cost as input."""

    input: Rate
    output: Rate
    cached: Rate
    cache_write: Rate
    origin: str  # whose figures these are

    @classmethod
    def flat(cls, given: Decimal, made: Decimal, *, origin: str) -> Rates:
        """One price for all input and one for all output."""
        return cls(Rate(given), Rate(made), Rate(given), Rate(given), origin)

    def tokens(self, use: AttemptUse) -> Decimal:
        """Microdollars of an attempt's tokens; reasoning tokens are output tokens."""
        size = use.input_tokens
        fresh = max(0, size - use.cached_tokens - use.cache_write_tokens)
        return (
            fresh * self.input.at(size)
            + use.cached_tokens * self.cached.at(size)
            + use.cache_write_tokens * self.cache_write.at(size)
            + use.output_tokens * self.output.at(size)
        )

    def most(self, estimate: TokenEstimate, fees: Fees) -> int:
        """The most that such a request can cost, in microdollars, fees included."""
        dearest = max(self.input.highest, self.cache_write.highest)
        spend = estimate.input_tokens * dearest + estimate.most_output_tokens * self.output.highest
        return rounded_up(spend + fee(fees, spend, Outcome.ANSWERED))


def fee(fees: Fees, spend: Decimal, outcome: Outcome) -> Decimal:
    """What the gateway takes, in microdollars. A request that failed without an answer is not charged for."""
    per_request = 0 if outcome is Outcome.FAILED else fees.per_request_microdollars
    return per_request + spend * fees.pct_of_spend / PERCENT


def rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))


def rounded_up(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))
