"""One model and its keys: the next is tried at once when one is limited, refused or broken, and all of them again after
a wait, as long as the caller's patience lasts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import structlog

from app.domain.errors import RetryLater, SophiaError
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.pool.attempt import Failed, attempt
from app.gateways.pool.job import Job, Patience
from app.gateways.pool.road import PoolRoad
from app.gateways.purse import NotAsked, Purse
from app.gateways.route_plan import Policy
from app.gateways.spend import CallContext, TokenEstimate
from app.gateways.trail.record import ANSWERED, LEFT, CallRecord, TrailSink, Tried
from app.http.rests import Rests
from app.telemetry.trace import current_trace_id

log = structlog.get_logger(__name__)
T = TypeVar("T")

FIRST_WAIT, LONGEST_GROWN = 0.5, 8.0  # seconds between two rounds over all keys, doubled each time
_ALIKE = (FaultKind.REQUEST, FaultKind.CONTEXT)  # whichever key of a place it is sent with


@dataclass(frozen=True)
class Means:
    """What every pool of a process works with: who pays, who hears how a call went, which keys rest, how to wait."""

    purse: Callable[[CallContext], Purse]
    records: TrailSink
    rests: Rests
    sleep: Callable[[float], Awaitable[None]]


@dataclass
class _Course:
    """How a call is going. `error` says for people why nobody answered so far; `passes`: it may be over soon, in
    `again_in` seconds as far as is known; no key of the places in `refused_at` needs to be asked."""

    tried: list[Tried] = field(default_factory=list[Tried])
    answered: str = ""
    refused_at: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    entered: bool = False
    error: SophiaError | None = None
    passes: bool = False
    again_in: float = 0.0

    def goes_on(self, error: SophiaError, *, passes: bool, again_in: float = 0.0) -> None:
        """This key did not answer."""
        self.error = error
        self.again_in = again_in if not self.passes else min(self.again_in, again_in)
        self.passes = self.passes or passes


class Pool:
    """Made by `Pools.of`. `path` follows a road's address, by the model's name."""

    def __init__(self, means: Means, path: Callable[[str], str]) -> None:
        self._means = means
        self._path = path
        self.roads: Sequence[PoolRoad] = ()

    async def ask(self, job: Job[T], on: CallContext, patience: Patience) -> T:
        """The answer of the first key that gives one. Raises OverBudget, NotAllowed, Fixable or RetryLater: what it
        means for people that none did."""
        purse = self._means.purse(replace(on, task=job.task))
        course = _Course()
        began = purse.monotonic()
        try:
            for number in range(patience.rounds):
                if number:
                    await self._means.sleep(_wait(course, patience, number))
                course.passes, course.again_in = False, 0.0
                if not await _entered(course, purse, job):
                    continue
                await self._means.rests.look()
                for road in self.roads:
                    if road.place in course.refused_at:
                        continue
                    async with _Turn(self._means, road, job.operation, course) as turn:
                        if turn.admitted:
                            answer = await attempt(road, self._path, job, purse, patience, turn.note)
                            turn.answered()
                            return answer
                if all(road.place in course.refused_at for road in self.roads):
                    break
            raise course.error or _no_key()
        finally:
            total_ms = (purse.monotonic() - began) * 1000
            self._means.records.record(
                CallRecord(
                    purse.call,
                    current_trace_id(),
                    Policy.LISTED,
                    tried=course.tried,
                    answered=course.answered,
                    total_ms=total_ms,
                )
            )


async def _entered(course: _Course, purse: Purse, job: Job[Any]) -> bool:
    """Counts the call for its person and workspace, once; False while their minute is used up. A turn that has begun is
    not held up by that."""
    if course.entered:
        return True
    try:
        await purse.enter(TokenEstimate(job.tokens, 0), begun=bool(purse.call.turn_id))
    except RetryLater as full:
        course.goes_on(full, passes=True, again_in=full.after or 0.0)
        return False
    course.entered = True
    return True


def _wait(course: _Course, patience: Patience, number: int) -> float:
    """Seconds until all keys are tried again. Raises why nobody answered, when waiting would not help or take too
    long."""
    wait = max(min(FIRST_WAIT * 2 ** (number - 1), LONGEST_GROWN), course.again_in)
    if not course.passes or wait > patience.longest_wait:
        raise course.error or _no_key()
    return wait


class _Turn:
    """One key's turn within a call: whether it may be tried, and what becomes of that for its breaker, the trail and
    the rest of the call. A failed attempt ends here, unless the call must."""

    def __init__(self, means: Means, road: PoolRoad, operation: str, course: _Course) -> None:
        self._means, self._road, self._operation, self._course = means, road, operation, course
        self.note = Tried(road.name, LEFT)
        self.admitted = False
        self._known = False

    async def __aenter__(self) -> _Turn:
        breaker = self._road.breaker
        if breaker.half_open and not await self._means.rests.may_probe(self._road.name):
            self._left_out("probed by another process")
        elif breaker.admit():
            self.admitted = True
        else:
            self._left_out("resting")
        return self

    def answered(self) -> None:
        self._known = True
        self._road.breaker.succeeded()
        self.note.outcome = ANSWERED
        self._course.answered = self._road.name

    async def __aexit__(self, _type: object, error: BaseException | None, _trace: object) -> bool:
        self._course.tried.append(self.note)
        if not self.admitted:
            return False
        over = self._ended(error)
        if not self._known:
            self._road.breaker.abandoned()
        await self._means.rests.tell(self._road.name)
        if isinstance(error, Failed) and not over:
            raise error.error from None
        return over

    def _left_out(self, why: str) -> None:
        self.note.outcome = why
        road = self._road
        self._course.goes_on(road.resting(self._operation), passes=not road.dead, again_in=road.breaker.rest_left)

    def _ended(self, error: BaseException | None) -> bool:
        """True when another road may do better; what was refused for its content is sent to nobody else."""
        if isinstance(error, NotAsked):
            self.note.outcome = error.reason
            self._course.goes_on(error.for_people, passes=error.after is not None, again_in=error.after or 0.0)
            return True
        if not isinstance(error, Failed):
            return False
        self._known = True
        fault, road = error.fault, self._road
        road.failed(fault, error.error)
        _tell(road, fault)
        self.note.outcome, self.note.detail = str(fault.kind), fault.detail
        self._course.goes_on(error.error, passes=fault.kind is FaultKind.TRANSIENT, again_in=road.breaker.rest_left)
        if fault.kind in _ALIKE:
            self._course.refused_at.add(road.place)
        return fault.kind is not FaultKind.POLICY


def _tell(road: PoolRoad, fault: RouteFault) -> None:
    level = log.error if fault.kind is FaultKind.ACCOUNT else log.warning
    level("model_route_failed", route=road.name, kind=str(fault.kind), detail=fault.detail)


def _no_key() -> SophiaError:
    return RetryLater("There is no key for this model right now.", code="no_key")
