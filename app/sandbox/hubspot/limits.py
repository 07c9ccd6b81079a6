"""How many calls HubSpot takes: in ten seconds and a day for the token, and searches a second for the account."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.sandbox.hubspot.wire import Refused


@dataclass
class Limits:
    """The figures of a private app on a Professional account."""

    ten_seconds: int = 190
    daily: int = 650_000
    searches: int = 5  # a second
    _calls: deque[datetime] = field(default_factory=deque[datetime])
    _searches: deque[datetime] = field(default_factory=deque[datetime])
    _today: int = 0

    def take(self, now: datetime, *, search: bool) -> dict[str, str]:
        """Counts a call and gives its headers; searches carry none. Raises Refused when it is one too many."""
        if search:
            _drop(self._searches, now - timedelta(seconds=1))
            if len(self._searches) >= self.searches:
                raise _too_many("You have reached your secondly limit.", "SECONDLY")
            self._searches.append(now)
        _drop(self._calls, now - timedelta(seconds=10))
        if self._today >= self.daily:
            raise _too_many("You have reached your daily limit.", "DAILY")
        if len(self._calls) >= self.ten_seconds:
            raise _too_many("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING")
        self._calls.append(now)
        self._today += 1
        if search:
            return {}
        return {
            "X-HubSpot-RateLimit-Max": str(self.ten_seconds),
            "X-HubSpot-RateLimit-Remaining": str(self.ten_seconds - len(self._calls)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Daily": str(self.daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(self.daily - self._today),
        }


def _drop(calls: deque[datetime], before: datetime) -> None:
    while calls and calls[0] <= before:
        calls.popleft()


def _too_many(message: str, policy: str) -> Refused:
    """429 without a Retry-After: whoever calls must know how long to wait."""
    return Refused(429, "RATE_LIMITS", message, more={"errorType": "RATE_LIMIT", "policyName": policy})
