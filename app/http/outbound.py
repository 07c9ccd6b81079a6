"""The outbound client: `Outbound` makes one `ServiceClient` per outside service, each with its own egress list, pool,
limits and meter. Answers come back whole and capped; what went wrong comes back as an error named by its consequence.

Not for: streams of model tokens (their SDKs hold their own connections) and vendors' envelopes (app/integrations).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import structlog

from app.domain.clock import Clock
from app.domain.errors import SophiaError
from app.http.egress import EgressGuard, EgressPolicy, Resolve
from app.http.failures import Failures
from app.http.pacing import ALL_CALLS, Allowance, Pacing, RemainingHeaders
from app.http.retry import RETRIED_STATUSES, Repeat, RetryPolicy, retry_after
from app.http.transport import PinnedTransport

Meter = Callable[[str, str, str, float, int], None]
"""Called after every attempt with service, operation, status (`200`, `timeout` …), seconds, bytes received."""

LONGEST_REST = 900.0
"""Seconds for which a vendor's Retry-After is believed without asking again."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ServicePolicy:
    """What holds for one outside service. `key` labels metrics, `label` is for people. Times are in seconds.
    `allowances` and `remaining` say what the vendor allows; a call waits for its turn, unless that takes longer than
    `retry.longest_retry_after`. `asked` reads the wait out of a 429 of a vendor that sends no Retry-After."""

    key: str
    label: str
    egress: EgressPolicy
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    connect_seconds: float = 5.0
    silence_seconds: float = 30.0  # longest pause between two pieces of an answer
    attempt_seconds: float = 60.0  # one attempt as a whole
    connections: int = 8
    max_bytes: int = 64 * 1024 * 1024  # of a decoded answer
    allowances: tuple[Allowance, ...] = ()
    remaining: RemainingHeaders | None = None
    asked: Callable[[Reply], float | None] = lambda reply: None


@dataclass(frozen=True)
class Call:
    """One request. `operation` labels metrics and logs and never holds data. Statuses in `accept` are returned to
    the caller; every other one is raised. `body` is sent as it is, with the content type from `headers`. `lane` names
    the calls that the vendor counts apart."""

    operation: str
    method: str
    url: str
    repeat: Repeat
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    accept: frozenset[int] = frozenset({200, 201, 202, 204})
    lane: str = ALL_CALLS


@dataclass(frozen=True)
class Reply:
    """A whole answer. `body` is decoded (gzip undone); header names are case-insensitive."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return orjson.loads(self.body)


class _TooLarge(Exception):
    """The answer outgrew the cap."""


class _Failed(Exception):
    """One attempt's error, whether the call may be tried again, and how long the vendor asked to wait (seconds)."""

    def __init__(self, error: SophiaError, *, repeatable: bool, asked: float | None = None) -> None:
        super().__init__(error.code)
        self.error, self.repeatable, self.asked = error, repeatable, asked


class Outbound:
    """Makes service clients and closes them. `sleep`, `monotonic`, `chance` and `resolve` are passed in by tests."""

    def __init__(
        self,
        clock: Clock,
        *,
        meter: Meter | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        resolve: Resolve | None = None,
    ) -> None:
        self.clock = clock
        self.meter = meter
        self.sleep = sleep
        self.monotonic = monotonic
        self.chance = chance
        self._resolve = resolve
        self._clients: list[ServiceClient] = []
        for noisy in ("httpx", "httpcore"):  # they log whole addresses, which may hold secrets
            logging.getLogger(noisy).setLevel(logging.WARNING)

    def service(self, policy: ServicePolicy) -> ServiceClient:
        """A client for one service, with a pool of its own."""
        guard = EgressGuard(policy.egress, label=policy.label, resolve=self._resolve)
        client = ServiceClient(self, policy, guard)
        self._clients.append(client)
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
        self._clients.clear()


class ServiceClient:
    """Calls one service. Made by `Outbound.service`."""

    def __init__(self, outbound: Outbound, policy: ServicePolicy, guard: EgressGuard) -> None:
        self._outbound = outbound
        self.policy = policy
        self.failures = Failures(policy.label)
        self._pacing = Pacing(policy.allowances, outbound.monotonic)
        limits = httpx.Limits(max_connections=policy.connections, max_keepalive_connections=policy.connections)
        self._client = httpx.AsyncClient(
            transport=PinnedTransport(guard, limits=limits),
            timeout=httpx.Timeout(policy.silence_seconds, connect=policy.connect_seconds),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Sophia", "Accept-Encoding": "gzip"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, call: Call) -> Reply:
        """Sends the call, again where that is safe, and returns an answer whose status is in `call.accept`.

        Raises RetryLater, NotAllowed, Fixable, and for a NEVER call whose answer was lost OutcomeUnknown.
        """
        attempt = 1
        while True:
            await self._turn(call)
            try:
                return self._judged(call, await self._metered(call))
            except _Failed as failed:
                attempt += 1
                wait = self._wait_after(failed, attempt)
            if wait:
                await self._outbound.sleep(wait)

    def _wait_after(self, failed: _Failed, attempt: int) -> float:
        """Seconds before the next attempt's turn. Raises the failure's error when there must be none."""
        wait = None
        if failed.repeatable:
            chance = self._outbound.chance()
            wait = self.policy.retry.wait_before(attempt, asked=failed.asked, chance=chance)
        if failed.asked is not None:  # for every call of the service, this one's next attempt among them
            self._pacing.rest(min(failed.asked if wait is None else wait, LONGEST_REST))
        if wait is None:
            error = failed.error
            _log.warning("outbound_failed", service=self.policy.key, code=error.code, detail=str(error))
            raise error from None
        return wait if failed.asked is None else 0.0

    async def _turn(self, call: Call) -> None:
        """Waits until the vendor's allowances let the call go. Raises RetryLater when that is too far off."""
        longest = self.policy.retry.longest_retry_after
        wait = self._pacing.turn(call.lane, longest=longest)
        if wait > longest:
            raise self.failures.used_up(call.operation, wait)
        if wait:
            await self._outbound.sleep(wait)

    def _judged(self, call: Call, reply: Reply) -> Reply:
        """The reply, when the caller takes its status. Raises _Failed otherwise."""
        if self.policy.remaining is not None:
            self._pacing.rest(self.policy.remaining.rest(reply.headers, self._outbound.clock.now()))
        if reply.status in call.accept:
            return reply
        may_repeat = call.repeat is not Repeat.NEVER
        asked = retry_after(reply.headers.get("Retry-After"), self._outbound.clock.now())
        if reply.status == 429 and asked is None:
            asked = self.policy.asked(reply)
        if reply.status == 429:  # refused before it was looked at, so even a write may come again
            raise _Failed(self.failures.slow_down(call.operation, asked), repeatable=True, asked=asked)
        error = self.failures.of_status(call.operation, reply.status, may_have_happened=not may_repeat)
        raise _Failed(error, repeatable=may_repeat and reply.status in RETRIED_STATUSES, asked=asked)

    async def _metered(self, call: Call) -> Reply:
        """One exchange, measured. Raises _Failed when no whole answer came back."""
        started, size, outcome = time.perf_counter(), 0, "refused"
        try:
            async with asyncio.timeout(self.policy.attempt_seconds):
                reply = await self._exchange(call)
            size, outcome = len(reply.body), str(reply.status)
            return reply
        except (httpx.TransportError, httpx.DecodingError, TimeoutError, _TooLarge) as broken:
            outcome, failed = self._broken(call, broken)
            raise failed from None
        finally:
            if self._outbound.meter is not None:
                seconds = time.perf_counter() - started
                self._outbound.meter(self.policy.key, call.operation, outcome, seconds, size)

    def _broken(self, call: Call, broken: Exception) -> tuple[str, _Failed]:
        """What a missing answer means: its label for the meter and the failure."""
        may_repeat, kind = call.repeat is not Repeat.NEVER, type(broken).__name__
        lost = self.failures.unreachable if may_repeat else self.failures.unknown_outcome
        match broken:
            case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():  # nothing was sent
                return "unreachable", _Failed(self.failures.unreachable(call.operation, kind), repeatable=True)
            case _TooLarge() if may_repeat:
                error = self.failures.too_large(call.operation, self.policy.max_bytes)
                return "too_large", _Failed(error, repeatable=False)
            case httpx.TimeoutException() | TimeoutError():
                return "timeout", _Failed(lost(call.operation, kind), repeatable=may_repeat)
            case _:
                return "broken", _Failed(lost(call.operation, kind), repeatable=may_repeat)

    async def _exchange(self, call: Call) -> Reply:
        async with self._client.stream(
            call.method, call.url, headers=dict(call.headers), params=dict(call.params) or None, content=call.body
        ) as response:
            pieces: list[bytes] = []
            size = 0
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > self.policy.max_bytes:
                    raise _TooLarge
                pieces.append(piece)
            return Reply(status=response.status_code, headers=response.headers, body=b"".join(pieces))
