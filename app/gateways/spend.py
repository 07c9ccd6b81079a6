"""What a model call asks of money and limits, as protocols: reserve before, settle after, wait for nobody.

The failover asks both for every attempt, a failover's and a hedge's target included; what a budget, a price or a
window is stays behind them. Amounts are microdollars.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from app.domain.errors import NotAllowed

DIRECT = "direct"  # the gateway of a provider that is asked without one


class Task(StrEnum):
    """What a call is for; chooses the class of model and is a column of the ledger."""

    PLAN = "plan"
    SUMMARISE = "summarise"
    CLASSIFY = "classify"
    DIGEST = "digest"
    SMS = "sms"
    EMBED = "embed"
    RERANK = "rerank"


class Outcome(StrEnum):
    """How an attempt that may cost something ended."""

    ANSWERED = "answered"
    CUT = "cut"  # the stream broke: what came is paid for
    FAILED = "failed"
    LOST = "lost"  # a hedge's loser, cancelled
    ABANDONED = "abandoned"  # the caller went away
    CACHED = "cached"  # nobody was asked


@dataclass(frozen=True)
class CallContext:
    """On whose account a call is made. `tool` is the tool that needs the model, '' for the turn itself; calls of
    one `conversation` stay on one road; `reads` are the tools that only read."""

    turn_id: str
    workspace_id: str
    user_id: str
    channel: str
    task: Task = Task.PLAN
    tool: str = ""
    conversation: str = ""
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fees:
    """What a gateway takes besides the tokens. `pct_of_spend` is in percent: 5.5 means 5.5 % of the tokens' price."""

    per_request_microdollars: int = 0
    pct_of_spend: Decimal = Decimal(0)


NO_FEES = Fees()


@dataclass(frozen=True)
class OwnPrice:
    """What the operator pays, in dollars per million tokens; None for cached and cache-write tokens that cost as
    input."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    cache_write: Decimal | None = None


@dataclass(frozen=True)
class PerMinute:
    """The most requests and tokens of a minute; 0 for as many as come."""

    requests: int = 0
    tokens: int = 0

    @classmethod
    def of(cls, text: str) -> PerMinute:
        """From `60/200000`, `60` or `/200000`: requests, then tokens."""
        requests, _, tokens = text.partition("/")
        return cls(int(requests or 0), int(tokens or 0))


NO_LIMIT = PerMinute()


@dataclass(frozen=True)
class RouteFacts:
    """What prices and limits need to know of a route. `key` names a key of the pool and is never the key itself."""

    gateway: str  # "direct", "portkey", "openrouter", "kong"
    provider: str
    model: str
    key: str
    price_ref: str = ""  # name in the price table when the model's own name is not in it
    fees: Fees = NO_FEES
    window: int = 0  # tokens, 0 when the price table's figure holds
    limit: PerMinute | None = None  # None for what holds for every route
    price: OwnPrice | None = None  # None for the price table's
    makes_text: bool = True  # else only what is sent has a price
    listed: OwnPrice | None = None  # the vendor's, where the table does not know the model

    @property
    def name(self) -> str:
        """`openai/gpt-5.4-mini` when asked directly, else `portkey:openai/gpt-5.4-mini`."""
        road = "" if self.gateway == DIRECT else f"{self.gateway}:"
        return f"{road}{self.provider}/{self.model}"


@dataclass(frozen=True)
class TokenEstimate:
    """Tokens before a call: counted input, and the most output the request allows."""

    input_tokens: int
    most_output_tokens: int


@dataclass(frozen=True)
class AttemptUse:
    """Tokens and time of one attempt. `input_tokens` includes the cached and cache-write ones, `output_tokens` the
    reasoning ones. `reported_microdollars` is what the provider says it took, None when it does not say."""

    outcome: Outcome
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    counted_here: bool = False  # the provider reported nothing, as for a cut stream
    hedge: bool = False
    reported_microdollars: Decimal | None = None
    total_ms: float = 0.0


class OverBudget(NotAllowed):
    """A budget has no room for this attempt on this route. A cheaper route may still fit."""

    code = "over_budget"


class Reservation(Protocol):
    """Room held in every budget that the call counts against. Exactly one of `settle` and `release` is called, once."""

    @property
    def most(self) -> int | None:
        """The most that the attempt may cost, in microdollars; None when nobody knows."""
        ...

    async def settle(self, actual: AttemptUse) -> int | None:
        """Takes what was used and gives the rest back. Returns what it cost in microdollars, None when nobody knows."""
        ...

    async def release(self) -> None:
        """Gives everything back: nothing was sent."""
        ...


class Spending(Protocol):
    """Budgets and the ledger."""

    async def reserve(self, call: CallContext, route: RouteFacts, estimate: TokenEstimate) -> Reservation:
        """Holds the estimate's price. Raises OverBudget when it does not fit, or when that cannot be told."""
        ...


class Admission(Protocol):
    """Requests and tokens per minute of a route, a person and a workspace."""

    async def enter(self, call: CallContext, estimate: TokenEstimate) -> None:
        """Counts a call for its person and workspace, once, whatever routes it goes. Raises a RetryLater that says
        when to ask again."""
        ...

    async def admit(self, route: RouteFacts, estimate: TokenEstimate) -> float | None:
        """None when the route may be asked now and that is counted; else seconds until it may, nothing counted."""
        ...
