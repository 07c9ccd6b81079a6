"""One request with one key, and its money: room is held before it, what it took is booked after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import orjson

from app.domain.errors import NotAllowed, RetryLater, SophiaError
from app.gateways.faults import FaultKind, Refused, RouteFault
from app.gateways.pool.job import AnotherModel, Job, Misread, Patience, Read
from app.gateways.pool.road import PoolRoad
from app.gateways.purse import NotAsked, Purse
from app.gateways.spend import AttemptUse, Outcome, TokenEstimate
from app.gateways.trail.record import Tried
from app.http.failures import RESTING
from app.http.outbound import Call, Reply
from app.http.retry import Repeat

T = TypeVar("T")
_ANY_STATUS = frozenset(range(200, 600))


class Failed(Exception):
    """An attempt's fault, what it means for people, and whether the vendor has done its work all the same."""

    def __init__(self, fault: RouteFault, error: SophiaError, *, billed: bool = False) -> None:
        super().__init__(str(fault))
        self.fault, self.error, self.billed = fault, error, billed


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
            Outcome.ANSWERED,
            input_tokens=job.tokens if tokens is None else tokens,
            counted_here=tokens is None,
            reported_microdollars=None if answer.dollars is None else answer.dollars * 1_000_000,
        )
        return answer.value
    except (SophiaError, NotAsked) as unsent:
        use, note.asked = AttemptUse(Outcome.FAILED), not isinstance(unsent, NotAsked)
        raise
    except Failed as failed:
        if not failed.billed:
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
        url=road.url(path),
        repeat=Repeat.SAFE,
        headers=road.headers,
        body=orjson.dumps({**job.body(road.model), **road.beside}),
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
        if lost.code == RESTING:  # its host is left alone: nothing was sent, and the key is not to blame
            raise NotAsked("resting", lost, lost.after) from None
        raise Failed(RouteFault(FaultKind.TRANSIENT, lost.code), lost) from None
    if reply.status == 200:
        return reply
    raise _refused(road, job.operation, Refused(reply.status, reply.headers, reply.body))


def _read(road: PoolRoad, job: Job[T], reply: Reply) -> Read[T]:
    try:
        return job.read(reply.json())
    except (LookupError, TypeError, ValueError) as wrong:
        if refused := Refused.in_spite_of_200(reply.headers, reply.body):
            raise _refused(road, job.operation, refused) from None
        why = str(wrong) if isinstance(wrong, Misread) else type(wrong).__name__
        error = road.client.failures.nonsense(job.operation, why)
        kind = FaultKind.ACCOUNT if isinstance(wrong, AnotherModel) else FaultKind.NONSENSE
        raise Failed(RouteFault(kind, why), error, billed=True) from None


def _refused(road: PoolRoad, operation: str, refused: Refused) -> Failed:
    fault = road.fault_of(refused)
    return Failed(fault, _for_people(road, operation, refused.status_code, fault))


def _for_people(road: PoolRoad, operation: str, status: int, fault: RouteFault) -> SophiaError:
    failures = road.client.failures
    if status == 429 and fault.kind is FaultKind.TRANSIENT:
        return failures.slow_down(operation, fault.retry_after)
    error = failures.of_status(operation, status, may_have_happened=False)
    if fault.kind is FaultKind.ACCOUNT and not isinstance(error, NotAllowed):
        return failures.credentials(operation, status)
    return error
