"""One turn's way to budgets and limits: room is held before each attempt and what was used is settled after it.

Closed when unsure: a route whose budget cannot be told is not asked. Settling never fails a turn. What budgets and
windows are is decided behind `Spending` and `Admission`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import structlog

from app.domain.errors import RetryLater, SophiaError
from app.gateways.hedge_share import NO_HEDGES, HedgeShare
from app.gateways.spend import (
    Admission,
    AttemptUse,
    CallContext,
    Outcome,
    OverBudget,
    Reservation,
    RouteFacts,
    Spending,
    TokenEstimate,
)
from app.gateways.usage import ModelUse, UsageSink

log = structlog.get_logger(__name__)


class NotAsked(Exception):
    """The route was left out before anything was sent. `reason` is for the trail, `for_people` is what it means;
    `after`: seconds until there is room, None when nobody knows."""

    def __init__(self, reason: str, for_people: SophiaError, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.for_people, self.after = reason, for_people, after


class Unlimited:
    """Spending and admission without budgets, prices or limits: everything may go, and is counted by `uses`."""

    def __init__(self, uses: UsageSink | None = None) -> None:
        self._uses = uses

    async def reserve(self, call: CallContext, route: RouteFacts, estimate: TokenEstimate) -> Reservation:
        return _Counted(call, route, self._uses)

    async def enter(self, call: CallContext, estimate: TokenEstimate) -> None:
        pass

    async def admit(self, route: RouteFacts, estimate: TokenEstimate) -> float | None:
        return None


@dataclass(frozen=True)
class _Counted:
    call: CallContext
    route: RouteFacts
    uses: UsageSink | None
    most: int | None = None

    async def settle(self, actual: AttemptUse) -> int | None:
        if self.uses is not None and (actual.outcome is Outcome.ANSWERED or actual.input_tokens):
            self.uses.record(ModelUse.of(self.call, self.route, actual))

    async def release(self) -> None:
        pass


@dataclass(frozen=True)
class Purse:
    """Who pays for a turn's attempts. `monotonic` gives seconds that only go forward."""

    call: CallContext
    spending: Spending
    admission: Admission
    monotonic: Callable[[], float]
    hedges: HedgeShare = NO_HEDGES

    async def enter(self, estimate: TokenEstimate, *, begun: bool) -> None:
        """Counts one call for its person and workspace. Raises RetryLater when their minute is used up, unless the
        turn has begun: what it did so far is not thrown away for a limit."""
        try:
            await self.admission.enter(self.call, estimate)
        except RetryLater as full:
            if not begun:
                raise
            log.info("turn_past_its_limit", turn=self.call.turn_id, detail=str(full))

    async def hold(self, route: RouteFacts, estimate: TokenEstimate, *, hedge: bool = False) -> Reservation:
        """Room for one attempt on this route; `hedge` when it is made beside another. Raises NotAsked when there is
        none, or when that cannot be told."""
        try:
            reservation = await self.spending.reserve(self.call, route, estimate)
        except OverBudget as full:
            raise NotAsked("over budget", full) from full
        except Exception as broken:
            log.error("budget_unknown", route=route.name, exc_info=broken)
            raise NotAsked("budget unknown", _unknown("budget")) from broken
        if hedge and not self.hedges.hold(reservation.most):
            await reservation.release()
            raise NotAsked("hedges used up", OverBudget("What second tries may cost is used up."))
        try:
            wait = await self.admission.admit(route, estimate)
        except BaseException as broken:
            await self._release(reservation, hedge=hedge)
            if not isinstance(broken, Exception):
                raise
            log.error("limits_unknown", route=route.name, exc_info=broken)
            raise NotAsked("limits unknown", _unknown("limits")) from broken
        if wait is not None:
            await self._release(reservation, hedge=hedge)
            raise NotAsked(f"limited for {ceil(wait)} s", _limited(wait), wait)
        return reservation

    async def settle(self, reservation: Reservation, used: AttemptUse, route: RouteFacts) -> int | None:
        """Settles what was used; returns what it cost. A ledger that fails is logged: the answer was given already."""
        cost: int | None = None
        try:
            cost = await reservation.settle(used)
        except Exception as broken:
            log.error("attempt_not_settled", route=route.name, exc_info=broken)
        finally:
            if not used.hedge:
                self.hedges.spent(cost or 0)
            elif reservation.most is not None:
                self.hedges.settle(reservation.most, reservation.most if cost is None else cost)
        return cost

    async def _release(self, reservation: Reservation, *, hedge: bool) -> None:
        if hedge and reservation.most is not None:
            self.hedges.settle(reservation.most, 0)
        await reservation.release()


def _unknown(what: str) -> RetryLater:
    return RetryLater(
        f"I can't tell whether the AI {what} still {'has' if what == 'budget' else 'have'} room, so I asked no model.",
        next_step="Please try again in a minute.",
        code=f"{what}_unknown",
    )


def _limited(wait: float) -> RetryLater:
    return RetryLater(
        "The limit of requests or tokens a minute that is set for this model is reached.",
        next_step=f"Please try again in {ceil(wait)} seconds.",
        code="model_limit",
        after=wait,
    )
