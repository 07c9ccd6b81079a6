"""What is asked of a model that writes no text, and how patiently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from app.gateways.spend import Task

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How often all keys are tried, the longest wait before they are tried again, and the longest attempt; seconds."""

    rounds: int
    longest_wait: float
    attempt: float


SOMEBODY_WAITS = Patience(rounds=2, longest_wait=1.0, attempt=8.0)
# Taking in a folder meets a limit per minute sooner or later: waiting for it is better than giving up half way.
NOBODY_WAITS = Patience(rounds=6, longest_wait=120.0, attempt=60.0)


@dataclass(frozen=True)
class Read(Generic[T]):
    """An answer, the tokens the vendor says it took, or what it counts in their place, and what a gateway says it cost,
    in dollars; None when they are silent."""

    value: T
    tokens: int | None
    dollars: Decimal | None = None


class Misread(ValueError):
    """An answer of another shape. Its text says in what way, and holds nothing of the answer."""


class AnotherModel(Misread):
    """Another model answered than was asked: how the road is set up, so that it would every time."""


@dataclass(frozen=True)
class Job(Generic[T]):
    """One call. `tokens` is an estimate, rather too high; `body` is the request by the model's name on a road; `read`
    raises LookupError, TypeError or ValueError (Misread says why) for an answer that is none."""

    operation: str
    task: Task
    tokens: int
    body: Callable[[str], Mapping[str, Any]]
    read: Callable[[Any], Read[T]]
