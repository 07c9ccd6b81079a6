"""Time and identity as things that are passed in, so that every rule can be tested at any moment.

Not for: scheduling or sleeping (app/runtime).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time. `now()` is always timezone-aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests and for planning "as if it were" another day."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC) if self.at.tzinfo else self.at.replace(tzinfo=UTC)


class Ids(Protocol):
    """Makes identifiers. `new("apr")` returns a unique string such as `apr_5f0c…`."""

    def new(self, prefix: str) -> str: ...


class RandomIds:
    """Unguessable identifiers (122 random bits)."""

    def new(self, prefix: str) -> str:
        return f"{prefix}_{uuid.uuid4().hex}"


@dataclass
class CountingIds:
    """Predictable identifiers for tests: `apr_1`, `apr_2`, …"""

    next_number: int = 1

    def new(self, prefix: str) -> str:
        made = f"{prefix}_{self.next_number}"
        self.next_number += 1
        return made


def local_date(clock: Clock, timezone: str) -> date:
    """Today's date where the asking person is. `timezone` is an IANA name such as `America/Chicago`."""
    return clock.now().astimezone(ZoneInfo(timezone)).date()
