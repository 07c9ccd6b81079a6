"""Counts of a sliding minute in this process: reckoned as the `limits` library does in Redis, at a tenth of the CPU
that its own memory takes, and all charges of a call at once or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

MINUTE = 60.0

Unit = Literal["requests", "tokens"]
Window = tuple[int, float, int, float]
"""As `limits` gives it: count of the window before and seconds it still weighs, count of this window and seconds it
is still known (it weighs whole until a minute before that)."""


@dataclass(slots=True)
class Charge:
    """`amount` more of a unit for somebody who may have `most` of it a minute."""

    subject: str
    unit: Unit
    most: int
    amount: int


@dataclass(frozen=True)
class Full:
    """The first charge that found no room, and the seconds until it would."""

    charge: Charge
    wait: float


@dataclass(slots=True)
class _Count:
    """What was counted in a minute of the clock, and in the one before it."""

    minute: int
    now: int = 0
    before: int = 0


class Minutes:
    """`monotonic` gives seconds that only go forward."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._counts: dict[tuple[str, Unit, int], _Count] = {}
        self._minute = 0

    def take(self, charges: Sequence[Charge]) -> Full | None:
        """Counts all charges, or none of them and says which is full."""
        at = self._monotonic()
        minute, gone = int(at // MINUTE), at % MINUTE
        if minute != self._minute:
            self._forget(minute)
        share = 1 - gone / MINUTE
        counts: list[_Count] = []
        for charge in charges:
            count = self._count(charge, minute)
            if int(count.before * share + count.now) + min(charge.amount, charge.most) > charge.most:
                left = MINUTE - gone
                window = (count.before, left if count.before else 0.0, count.now, left + MINUTE)
                return Full(charge, seconds_until_room(window, charge.most, charge.amount))
            counts.append(count)
        for charge, count in zip(charges, counts, strict=True):
            count.now += min(charge.amount, charge.most)
        return None

    def _count(self, charge: Charge, minute: int) -> _Count:
        key = (charge.subject, charge.unit, charge.most)
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = _Count(minute)
        elif count.minute != minute:
            count.before = count.now if count.minute == minute - 1 else 0
            count.now, count.minute = 0, minute
        return count

    def _forget(self, minute: int) -> None:
        self._minute = minute
        self._counts = {key: count for key, count in self._counts.items() if count.minute >= minute - 1}


def seconds_until_room(window: Window, most: int, amount: int) -> float:
    """When `amount` more fits under `most`, if nothing else comes in between; never less than that takes."""
    before, before_left, now, now_left = window
    room = most - min(amount, most)
    if now <= room:  # it is enough that the window before fades
        return max(0.0, before_left - (room - now) * MINUTE / before) if before else 0.0
    return max(0.0, now_left - MINUTE) + MINUTE * (1 - room / now)
