"""When a request may be sent again, and how long to wait first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum


class Repeat(StrEnum):
    """SAFE: reads, or writes that end in the same state however often they arrive. KEYED: the vendor honors an
    idempotency key that is in the request. NEVER: a second arrival would do it twice."""

    SAFE = "safe"
    KEYED = "keyed"
    NEVER = "never"


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` counts the first one. Waits grow from `first_wait` by doubling up to `longest_wait` seconds, each
    drawn between half and the whole of it. A Retry-After above `longest_retry_after` is handed to the caller."""

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 8.0
    longest_retry_after: float = 30.0

    def wait_before(self, attempt: int, *, asked: float | None, chance: float) -> float | None:
        """Seconds to wait before attempt number `attempt` (2, 3 …), None when it must not be made. `asked` is the
        vendor's Retry-After in seconds, `chance` a number in [0, 1)."""
        if attempt > self.attempts:
            return None
        grown = min(self.first_wait * 2 ** (attempt - 2), self.longest_wait)
        drawn = grown * (0.5 + chance / 2)
        if asked is None:
            return drawn
        return None if asked > self.longest_retry_after else max(asked, drawn)


RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header (RFC 9110 §10.2.3: number or HTTP date); None when absent or unreadable."""
    if not value:
        return None
    text = value.strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
