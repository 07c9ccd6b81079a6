"""One call as it went, and its form in the table. Holds names and figures only, never a prompt, an answer or a key."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from app.gateways.choosing.choosing import Choice
from app.gateways.spend import AttemptUse, CallContext

ANSWERED = "answered"
LEFT = "left"  # by a caller who went away
LOST = "lost"  # another, asked as well, gave its first token sooner
NOT_NEEDED = "not needed"


@dataclass(slots=True)
class Tried:
    """What became of one candidate. `outcome`: answered, left, lost, the kind of its fault, or why it was left out;
    `asked` is False when nothing was sent; `hedge`: asked beside another that was slow. `cost` in microdollars, None
    when nobody knows; `began_ns` since 1970."""

    route: str
    outcome: str = ""
    asked: bool = False
    hedge: bool = False
    detail: str = ""
    cost: int | None = None
    first_ms: float | None = None
    total_ms: float = 0.0
    use: AttemptUse | None = None
    began_ns: int = field(default_factory=time.time_ns)


@dataclass(slots=True)
class CallRecord:
    """One call. `answered` is a route's name, `embedded`, or '' when nobody answered."""

    call: CallContext
    trace_id: str
    policy: str
    choices: Sequence[Choice] = ()
    tried: list[Tried] = field(default_factory=list[Tried])
    answered: str = ""
    total_ms: float = 0.0

    @property
    def cost(self) -> int:
        return sum(one.cost or 0 for one in self.tried)


class TrailSink(Protocol):
    """Takes note of calls; must not block and must not raise."""

    def record(self, record: CallRecord) -> None: ...


class NoTrail:
    """Where nobody looks."""

    def record(self, record: CallRecord) -> None:
        pass


NO_TRAIL = NoTrail()


def candidates_json(record: CallRecord, redact: Callable[[str], str]) -> str:
    """Every candidate in the order it was considered: those tried, each time they were, then the others.

    A fault's `detail` may quote a code that the vendor sent, so it is redacted."""
    thought = {one.route.name: one for one in record.choices}
    rows = [_row(thought.get(one.route), one, redact) for one in record.tried]
    seen = {one.route for one in record.tried}
    rows += [
        _row(one, Tried(name, one.why_not or NOT_NEEDED), redact) for name, one in thought.items() if name not in seen
    ]
    return orjson.dumps(rows).decode()


def _row(choice: Choice | None, tried: Tried, redact: Callable[[str], str]) -> dict[str, Any]:
    row: dict[str, Any] = {"route": tried.route, "outcome": tried.outcome}
    if tried.asked:
        row |= {"asked": True, "total_ms": round(tried.total_ms)}
        if tried.first_ms is not None:
            row["first_ms"] = round(tried.first_ms)
        if tried.cost is not None:
            row["cost"] = tried.cost
    if tried.hedge:
        row["hedge"] = True
    if tried.detail:
        row["detail"] = redact(tried.detail)[:200]
    if choice is not None and choice.weighed:
        row["thought"] = {
            "quality": round(choice.quality, 3),
            "cost": None if choice.cost is None else round(choice.cost),
            "seconds": round(choice.seconds, 2),
            "score": round(choice.score, 4),
            "good_enough": choice.good_enough,
            "kept": choice.kept,
        }
    return row
