"""Who may ask the models how often: requests and tokens a minute of a route, a person and a workspace.

A route at its limit is passed over, another may answer; a person or workspace at theirs is told when to ask again.
Tokens are the estimate of what is sent; what comes back is known too late to be held against a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from app.domain.errors import RetryLater
from app.gateways.counters import Counters
from app.gateways.minutes import Charge, Unit
from app.gateways.spend import NO_LIMIT, CallContext, PerMinute, RouteFacts, TokenEstimate

_UNITS: dict[Unit, str] = {"requests": "model requests", "tokens": "tokens for models"}


@dataclass(frozen=True)
class CallLimits:
    """What a minute may hold. `route` is for routes that say nothing themselves."""

    route: PerMinute = NO_LIMIT
    user: PerMinute = NO_LIMIT
    workspace: PerMinute = NO_LIMIT


class OverLimit(RetryLater):
    """A person or workspace has used up its minute. `after` says when there is room again, in seconds."""

    code = "model_limit"


class MinuteLimits:
    """The admission of the process. `limits` may change while it runs."""

    def __init__(self, limits: CallLimits, counters: Counters) -> None:
        self.limits = limits
        self._counters = counters

    async def enter(self, call: CallContext, estimate: TokenEstimate) -> None:
        """Counts a call for its person and workspace. Raises OverLimit, having counted nothing."""
        person = NO_LIMIT if not call.user_id else self.limits.user  # nobody: documents that are taken in
        charges = [
            *_charges(f"user:{call.workspace_id}/{call.user_id}", person, estimate),
            *_charges(f"workspace:{call.workspace_id}", self.limits.workspace, estimate),
        ]
        if charges and (full := await self._counters.take(charges)):
            whose = (
                "You have reached your" if full.charge.subject.startswith("user:") else "Your company has reached its"
            )
            seconds = max(1, ceil(full.wait))
            raise OverLimit(
                f"{whose} limit of {full.charge.most:,} {_UNITS[full.charge.unit]} a minute.",
                next_step=f"Please ask again in {seconds} second{'s' if seconds > 1 else ''}.",
                after=full.wait,
            )

    async def admit(self, route: RouteFacts, estimate: TokenEstimate) -> float | None:
        """None when the route may be asked, which is then counted; else seconds until it may."""
        limit = self.limits.route if route.limit is None else route.limit
        charges = list(_charges(f"route:{route.name}#{route.key}", limit, estimate))
        full = await self._counters.take(charges) if charges else None
        return full.wait if full else None


def _charges(subject: str, limit: PerMinute, estimate: TokenEstimate) -> Iterator[Charge]:
    if limit.requests:
        yield Charge(subject, "requests", limit.requests, 1)
    if limit.tokens:
        yield Charge(subject, "tokens", limit.tokens, estimate.input_tokens)
