"""Slack's rate limits by method tier, as token buckets, scaled by a multiplier.

Tiers are requests a minute: 1, 20, 50, 100. `chat.postMessage` has its own rule: one message a second
to a channel, short bursts allowed (docs.slack.dev/apis/web-api/rate-limits).
"""

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

from app.sandbox.slack.errors import RateLimitedError

Tier: TypeAlias = Literal["Tier1", "Tier2", "Tier3", "Tier4", "posting", "none"]

PER_MINUTE: dict[Tier, int] = {"Tier1": 1, "Tier2": 20, "Tier3": 50, "Tier4": 100, "posting": 60}


class RateLimiter:
    """Counts calls per bucket; `multiplier` None lets everything pass."""

    def __init__(self, now: Callable[[], float], multiplier: float | None) -> None:
        self._now = now
        self.multiplier = multiplier
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, method: str, tier: Tier, channel: str = "") -> None:
        """Use one call; raises RateLimitedError with the seconds to wait when there is none left."""
        if self.multiplier is None or tier == "none":
            return
        per_minute = PER_MINUTE[tier] * self.multiplier
        burst = max(per_minute / 6, 1.0) if tier == "posting" else max(per_minute, 1.0)
        key = f"{method}:{channel}" if tier == "posting" else method
        now = self._now()
        level, last = self._buckets.get(key, (burst, now))
        level = min(burst, level + (now - last) * per_minute / 60)
        if level < 1:
            raise RateLimitedError(max(1, math.ceil((1 - level) * 60 / per_minute)))
        self._buckets[key] = (level - 1, now)
