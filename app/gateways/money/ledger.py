"""The ledger: holds room in every budget before an attempt, books what it cost after it.

Closed when unsure: where a budget applies, a route without a known price is not asked. Without budgets nothing is
written before the call, and a row of the ledger is written behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.clock import Clock
from app.gateways.money.budgets import Budget, Budgets, Kind, Window, dollars
from app.gateways.money.holdings import Hold, Holdings
from app.gateways.money.price_tables import PriceTables
from app.gateways.money.prices import Rates, fee, rounded
from app.gateways.spend import AttemptUse, CallContext, Outcome, OverBudget, RouteFacts, TokenEstimate
from app.gateways.usage import ModelUse, UsageSink

_WHOSE = {
    Kind.WORKSPACE: "Your company's AI budget",
    Kind.CHANNEL: "This channel's AI budget",
    Kind.USER: "Your AI budget",
}


@dataclass(frozen=True)
class Cost:
    """What an attempt costs, in microdollars. `total` includes the fee."""

    total: int
    fee: int
    priced: int | None
    reported: int | None


def cost_of(use: AttemptUse, route: RouteFacts, rates: Rates | None) -> Cost:
    """The provider's own figure where it gives one, else the price table's; the gateway's fee on top of either."""
    priced = None if rates is None else rates.tokens(use)
    reported = use.reported_microdollars
    spend = reported if reported is not None else priced or Decimal(0)
    taken = fee(route.fees, spend, use.outcome)
    return Cost(
        total=rounded(spend + taken),
        fee=rounded(taken),
        priced=None if priced is None else rounded(priced),
        reported=None if reported is None else rounded(reported),
    )


class Ledger:
    """`Spending` over the database. A price is taken as of the day of the call."""

    def __init__(
        self, budgets: Budgets, holdings: Holdings, prices: PriceTables, uses: UsageSink, clock: Clock
    ) -> None:
        self._budgets = budgets
        self._holdings = holdings
        self._prices = prices
        self._uses = uses
        self._clock = clock

    async def reserve(self, call: CallContext, route: RouteFacts, estimate: TokenEstimate) -> Held:
        rates = self._prices.rates(route, self._clock.now().date())
        budgets = await self._budgets.on(call, route)
        if not budgets:
            return Held(self._holdings, self._uses, call, route, estimate, rates, None)
        if rates is None:
            raise OverBudget(
                f"What {route.name} costs is not known, and a budget applies.",
                next_step="An administrator can set its price in MODEL_PRICES.",
                code="unknown_price",
            )
        windows = [self._budgets.window(budget) for budget in budgets]
        hold = await self._holdings.hold(windows, rates.most(estimate, route.fees))
        if isinstance(hold, Window):
            raise _full(hold.budget)
        return Held(self._holdings, self._uses, call, route, estimate, rates, hold)


@dataclass(frozen=True)
class Held:
    """One attempt's room in its budgets."""

    holdings: Holdings
    uses: UsageSink
    call: CallContext
    route: RouteFacts
    estimate: TokenEstimate
    rates: Rates | None
    hold: Hold | None

    @property
    def most(self) -> int | None:
        """The most that the attempt may cost, in microdollars; None when no price is known."""
        return None if self.rates is None else self.rates.most(self.estimate, self.route.fees)

    async def settle(self, actual: AttemptUse) -> int | None:
        use = _supposed(actual, self.estimate)
        cost = cost_of(use, self.route, self.rates)
        self.uses.record(
            ModelUse.of(
                self.call,
                self.route,
                use,
                cost_microdollars=cost.total,
                fee_microdollars=cost.fee,
                priced_microdollars=cost.priced,
                reported_microdollars=cost.reported,
            )
        )
        if self.hold is not None:
            await self.holdings.settle(self.hold, cost.total)
        return None if cost.priced is None and cost.reported is None else cost.total

    async def release(self) -> None:
        if self.hold is not None:
            await self.holdings.settle(self.hold, 0)


def _supposed(use: AttemptUse, estimate: TokenEstimate) -> AttemptUse:
    """A request that was left while it was being answered is billed for what was asked, though nobody says so."""
    if use.outcome in (Outcome.LOST, Outcome.ABANDONED) and not use.input_tokens:
        return replace(use, input_tokens=estimate.input_tokens, counted_here=True)
    return use


def _full(budget: Budget) -> OverBudget:
    whose = _WHOSE.get(budget.kind, f"The AI budget of {budget.subject}")
    return OverBudget(
        f"{whose} of ${dollars(budget.limit_microdollars):,.2f} a {budget.period} has no room for this.",
        next_step="An administrator can raise it with `sophia budget set`.",
    )
