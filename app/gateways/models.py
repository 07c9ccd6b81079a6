"""The one seam to models: `ChatModels.for_turn(...)` gives the LangChain chat model of a turn: the routes of the plan,
chosen for each call, then the embedded planner."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from langchain_core.language_models import BaseChatModel

from app.domain.names import Names
from app.gateways.cache.keys import SHARED_WITH_NOBODY, Sharing
from app.gateways.cache.ladder import AnswerCache
from app.gateways.cache.turns import TurnCache
from app.gateways.candidates import Candidates
from app.gateways.choosing.affinity import OwnAffinity, SharedAffinity
from app.gateways.choosing.choosing import Choosing
from app.gateways.choosing.costs import Costs
from app.gateways.choosing.quality import Quality
from app.gateways.failover import Roads, TurnModel
from app.gateways.fleet import Fleet
from app.gateways.hedge_share import HedgeShare
from app.gateways.money.prices import Rates
from app.gateways.providers import Access, Deadlines, Provider, discover
from app.gateways.purse import Purse, Unlimited
from app.gateways.route_plan import RoutePlan, in_order
from app.gateways.routes import Route
from app.gateways.spend import Admission, CallContext, RouteFacts, Spending, Task
from app.gateways.trail.record import NO_TRAIL, TrailSink
from app.gateways.usage import UsageSink
from app.http.rests import OwnRests, RedisRests


@dataclass(frozen=True)
class ModelTurn:
    """For whom and when a model is asked. `names` is only awaited when the embedded planner has to answer."""

    turn_id: str
    workspace_id: str
    user_id: str
    channel: str
    names: Callable[[], Awaitable[Names]]
    now: datetime  # aware
    timezone: str
    task: Task = Task.PLAN
    conversation: str = ""  # turns of one conversation stay on one road
    sharing: Sharing = SHARED_WITH_NOBODY


def no_prices(route: RouteFacts) -> Rates | None:
    """Prices where nobody asks for them."""
    return None


class PlannerFactory(Protocol):
    """Makes the embedded planner of a turn; cheap, the trained parts are shared."""

    def __call__(self, *, names: Names, now: datetime, timezone: str) -> BaseChatModel: ...


class ChatModels:
    """All models of the process.

    access: a plan of routes, or keys and models by provider name in the order they are tried; empty means the planner
        answers alone.
    prices: what a route's tokens cost today, for choosing.
    records: hears how each call went.
    redis: an address over which processes share which routes rest and which road a conversation went; '' when there is
        one process.
    spending, admission: budgets with their ledger, and limits, asked before every attempt; None for none at all.
    cache: answers that turns may share; None for none.
    hedge_percent: of the spend, what second tries beside slow routes may cost; 0 for none.
    Raises ValueError for a provider that nobody registered.
    """

    def __init__(
        self,
        *,
        access: Mapping[str, Access] | RoutePlan,
        planner: PlannerFactory,
        uses: UsageSink,
        spending: Spending | None = None,
        admission: Admission | None = None,
        cache: AnswerCache | None = None,
        prices: Callable[[RouteFacts], Rates | None] = no_prices,
        records: TrailSink = NO_TRAIL,
        hedge_percent: float = 0.0,
        redis: str = "",
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        providers: Mapping[str, Provider] | None = None,
    ) -> None:
        if not isinstance(access, RoutePlan):
            access = in_order(access, discover() if providers is None else providers)
        self._fleet = Fleet(access, deadlines, monotonic)
        self._rests = RedisRests(redis, self._fleet.breakers, monotonic, kind="models") if redis else OwnRests()
        self.quality = Quality()
        self._affinity = SharedAffinity(redis, monotonic) if redis else OwnAffinity(monotonic)
        self._prices = prices
        self._candidates = Candidates(
            self._fleet.routes, self._rests, monotonic, pause, self._choosing(access, monotonic), self._affinity
        )
        self._planner = planner
        self._uses = uses
        self._spending = spending or Unlimited(uses)
        self._admission = admission or Unlimited(uses)
        self.hedges = HedgeShare(hedge_percent, monotonic)
        self._cache = cache
        self._records = records
        self._monotonic = monotonic

    def for_turn(self, turn: ModelTurn) -> TurnModel:
        """The chat model of one turn. Asynchronous, streams, takes tools; raises only ModelsUnavailable."""

        async def planner() -> BaseChatModel:
            return self._planner(names=await turn.names(), now=turn.now, timezone=turn.timezone)

        call = CallContext(
            turn.turn_id,
            turn.workspace_id,
            turn.user_id,
            turn.channel,
            turn.task,
            conversation=turn.conversation,
            reads=turn.sharing.reads,
        )
        purse = Purse(call, self._spending, self._admission, self._monotonic, self.hedges)
        shared = None
        if self._cache is not None and self.routes:
            names = tuple(route.name for route in self.routes)
            shared = TurnCache(self._cache, turn.sharing, call, names, self._uses)
        return TurnModel(Roads(self._candidates, planner, self._uses, purse, self._records, shared))

    @property
    def routes(self) -> tuple[Route, ...]:
        """In the order of the plan."""
        return self._fleet.routes

    def take_up(self, plan: RoutePlan) -> list[Route]:
        """Goes on with this plan, for calls that begin from now on; returns the routes that are new. Routes that stay
        keep their health."""
        new = self._fleet.take_up(plan)
        self.quality.forget_priors()
        self._candidates.routes = self._fleet.routes
        self._candidates.choosing = self._choosing(plan, self._monotonic)
        return new

    def _choosing(self, plan: RoutePlan, monotonic: Callable[[], float]) -> Choosing:
        return Choosing(plan, Costs(self._prices, monotonic), self.quality)

    async def warm(self) -> None:
        """Loads the SDKs and builds the clients in a thread; at start, so that no turn waits for it."""
        for route in self.routes:
            await asyncio.to_thread(route.build)

    async def aclose(self) -> None:
        """Ends all connections; at shutdown."""
        await self._fleet.aclose()
        await self._rests.aclose()
        await self._affinity.aclose()
        if self._cache is not None:
            await self._cache.aclose()
