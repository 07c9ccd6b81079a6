"""One request with one key, and its money: room is held before it, what it took is booked after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import orjson

from app.domain.errors import NotAllowed, RetryLater, SophiaError
from app.gateways.faults import FaultKind, Refused, RouteFault
from app.gateways.pool.job import Job, Misread, Patience, Read
from app.gateways.pool.road import PoolRoad
from app.gateways.purse import Purse
from app.gateways.spend import AttemptUse, Outcome, TokenEstimate
from app.gateways.trail.record import Tried
from app.http.outbound import Call, Reply
from app.http.retry import Repeat

T = TypeVar("T")
_ANY_STATUS = frozenset(range(200, 600))


class Failed(Exception):
    """An attempt's fault, and what it means for people."""

    def __init__(self, fault: RouteFault, error: SophiaError) -> None:
        super().__init__(str(fault))
        self.fault, self.error = fault, error


async def attempt(
    road: PoolRoad, path: Callable[[str], str], job: Job[T], purse: Purse, patience: Patience, note: Tried
) -> T:
    """The answer. `note` is filled in. Raises NotAsked when there was no room for it, or Failed."""
    reservation = await purse.hold(road.facts, TokenEstimate(job.tokens, 0))
    note.asked = True
    started = purse.monotonic()
    use = AttemptUse(Outcome.ABANDONED)
    try:
        reply = await _reply(road, path, job, patience)
        # From here on the vendor has done its work, whether that can be used or not.
        use = AttemptUse(Outcome.CUT, input_tokens=job.tokens, counted_here=True)
        answer = _read(road, job, reply)
        tokens = answer.tokens
        use = AttemptUse(
            Outcome.ANSWERED, input_tokens=job.tokens if tokens is None else tokens, counted_here=tokens is None
        )
        return answer.value
    except SophiaError:  # not even sent
        use = AttemptUse(Outcome.FAILED)
        raise
    except Failed as failed:
        if failed.fault.kind is not FaultKind.NONSENSE:
            use = AttemptUse(Outcome.FAILED)
        raise
    finally:
        note.total_ms = (purse.monotonic() - started) * 1000
        note.use = replace(use, total_ms=note.total_ms)
        note.cost = await purse.settle(reservation, note.use, road.facts)


async def _reply(road: PoolRoad, path: Callable[[str], str], job: Job[T], patience: Patience) -> Reply:
    call = Call(
        operation=job.operation,
        method="POST",
        url=road.url(path(road.model)),
        repeat=Repeat.SAFE,
        headers=road.headers,
        body=orjson.dumps(job.body(road.model)),
        accept=_ANY_STATUS,
    )
    failures = road.client.failures
    try:
        async with asyncio.timeout(patience.attempt):
            reply = await road.client.send(call)
    except TimeoutError:
        fault = RouteFault(FaultKind.TRANSIENT, f"nothing came for {patience.attempt:g} s", stalled=True)
        raise Failed(fault, failures.unreachable(job.operation, "timeout")) from None
    except RetryLater as lost:
        raise Failed(RouteFault(FaultKind.TRANSIENT, lost.code), lost) from None
    if reply.status == 200:
        return reply
    fault = road.fault_of(Refused(reply.status, reply.headers, reply.body))
    raise Failed(fault, _for_people(road, job.operation, reply.status, fault))


def _read(road: PoolRoad, job: Job[T], reply: Reply) -> Read[T]:
    try:
        return job.read(reply.json())
    except (LookupError, TypeError, ValueError) as wrong:
        why = str(wrong) if isinstance(wrong, Misread) else type(wrong).__name__
        error = road.client.failures.nonsense(job.operation, why)
        raise Failed(RouteFault(FaultKind.NONSENSE, why), error) from None


def _for_people(road: PoolRoad, operation: str, status: int, fault: RouteFault) -> SophiaError:
    failures = road.client.failures
    if status == 429 and fault.kind is FaultKind.TRANSIENT:
        return failures.slow_down(operation, fault.retry_after)
    error = failures.of_status(operation, status, may_have_happened=False)
    if fault.kind is FaultKind.ACCOUNT and not isinstance(error, NotAllowed):
        return failures.credentials(operation, status)
    return error
