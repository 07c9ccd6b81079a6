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
from app.domain.errors import Fixable
from app.http.attempts import Failed, TooLarge, broken
from app.http.egress import EgressGuard, EgressPolicy, Resolve
from app.http.failures import Failures
from app.http.pacing import ALL_CALLS, Allowance, Pacing, RemainingHeaders
from app.http.retry import RETRIED_STATUSES, Repeat, RetryPolicy, retry_after
from app.http.roads import KongRoute
from app.http.standing import ServiceFault, Standing
from app.http.transport import PinnedTransport
from app.http.watching import Watch, Watched, unwatched

Meter = Callable[[str, str, str, float, int], None]
"""Called after every attempt with service, operation, status (`200`, `timeout` …), seconds, bytes received; with
`resting` when nothing was sent because the service is left alone."""

Audit = Callable[[str, str, str], None]
"""Called after every attempt that may have changed something, with service, operation and status. Must not block."""

LONGEST_REST = 900.0
"""Seconds for which a vendor's Retry-After, or that no call is left, is believed without asking again."""

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


class Outbound:
    """Makes service clients and closes them. `roads` are the services that are reached through Kong, by key; `redis`
    is REDIS_URL's value, over which replicas share which services rest. `sleep`, `monotonic`, `chance` and `resolve`
    are for tests; `audit` may be set later."""

    def __init__(
        self,
        clock: Clock,
        *,
        meter: Meter | None = None,
        watch: Watch = unwatched,
        roads: Mapping[str, KongRoute] | None = None,
        redis: str = "",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        resolve: Resolve | None = None,
    ) -> None:
        self.clock, self.meter, self.watch = clock, meter, watch
        self.audit: Audit | None = None
        self.roads = roads or {}
        self.standing = Standing(monotonic, redis=redis)
        self.sleep = sleep
        self.monotonic = monotonic
        self.chance = chance
        self._resolve = resolve
        self._clients: list[ServiceClient] = []
        for noisy in ("httpx", "httpcore"):  # they log whole addresses, which may hold secrets
            logging.getLogger(noisy).setLevel(logging.WARNING)

    def service(self, policy: ServicePolicy) -> ServiceClient:
        """A client for one service, with a pool of its own. Raises Fixable for a service that Kong cannot lead to."""
        road = self.roads.get(policy.key)
        egress = policy.egress
        if road is not None:
            if len(egress.hosts) != 1 or any(host.startswith("*") for host in egress.hosts):
                raise Fixable(
                    f"{policy.label} is at more than one address, and a route of Kong's leads to one.",
                    next_step=f"Take {policy.key} out of KONG_SERVICES.",
                    code="bad_settings",
                )
            egress = EgressPolicy.for_base_url(road.address, configured=True)
        guard = EgressGuard(egress, label=policy.label, resolve=self._resolve)
        client = ServiceClient(self, policy, guard, road)
        self._clients.append(client)
        return client

    async def close(self) -> None:
        while self._clients:
            await self._clients.pop().close()
        await self.standing.close()


class ServiceClient:
    """Calls one service. Made by `Outbound.service`."""

    def __init__(
        self, outbound: Outbound, policy: ServicePolicy, guard: EgressGuard, road: KongRoute | None = None
    ) -> None:
        self._outbound = outbound
        self._standing = outbound.standing
        self._own = EgressGuard(policy.egress, label=policy.label)
        self._road = road
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

        Raises RetryLater, NotAllowed, Fixable, and for a NEVER call whose answer was lost OutcomeUnknown."""
        attempt, name = 1, self._name_of(call)
        way = (call.method, self.policy.key, call.operation, self._address(call))
        while True:
            await self._turn(call)
            if rest := await self._standing.admit(name, attempts=self.policy.retry.attempts):
                self._measure(call, "resting", 0.0, 0)
                raise self.failures.resting(call.operation, rest)
            try:
                with self._outbound.watch(*way, attempt) as told:
                    return await self._attempt(call, name, told)
            except Failed as failed:
                attempt += 1
                wait = self._wait_after(failed, attempt, name)
            if wait:
                await self._outbound.sleep(wait)

    async def _attempt(self, call: Call, name: str, told: Watched) -> Reply:
        """One attempt, of which the service's breaker hears. Raises Failed."""
        outcome: ServiceFault | bool = False
        try:
            reply = await self._metered(call)
            told.set({"http.response.status_code": reply.status})
            reply = self._judged(call, reply)
            outcome = True
            return reply
        except Failed as failed:
            told.failed(failed.error.code)
            outcome = failed.fault or failed.answered
            raise
        finally:
            if isinstance(outcome, ServiceFault):
                await self._standing.failed(name, outcome)
            elif outcome:
                await self._standing.answered(name)
            else:
                self._standing.abandoned(name)

    def _name_of(self, call: Call) -> str:
        """Whose health it is: a service may have many hosts, or ports of one, of which one is down."""
        return f"{self.policy.key}@{httpx.URL(self._address(call)).netloc.decode()}"

    def _address(self, call: Call) -> str:
        """Where the call is sent."""
        return self._road.address if self._road else call.url

    def _wait_after(self, failed: Failed, attempt: int, name: str) -> float:
        """Seconds before the next attempt's turn. Raises the failure's error when there must be none."""
        wait = None
        if failed.repeatable and not self._standing.resting(name):
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
        """The reply, when the caller takes its status. Raises Failed otherwise."""
        if self.policy.remaining is not None:
            self._pacing.rest(min(self.policy.remaining.rest(reply.headers, self._outbound.clock.now()), LONGEST_REST))
        if reply.status in call.accept:
            return reply
        may_repeat = call.repeat is not Repeat.NEVER
        asked = retry_after(reply.headers.get("Retry-After"), self._outbound.clock.now())
        if reply.status == 429 and asked is None:
            asked = self.policy.asked(reply)
        if reply.status == 429:  # refused before it was looked at, so even a write may come again
            error = self.failures.slow_down(call.operation, asked)
            raise Failed(error, repeatable=True, asked=asked, answered=True)
        error = self.failures.of_status(call.operation, reply.status, may_have_happened=not may_repeat)
        repeatable = may_repeat and reply.status in RETRIED_STATUSES
        fault = ServiceFault() if reply.status >= 500 or reply.status in (408, 425) else None
        raise Failed(error, repeatable=repeatable, asked=asked, fault=fault, answered=fault is None)

    async def _metered(self, call: Call) -> Reply:
        """One exchange, measured. Raises Failed when no whole answer came back."""
        started, size, outcome = time.perf_counter(), 0, "refused"
        try:
            async with asyncio.timeout(self.policy.attempt_seconds):
                reply = await self._exchange(call)
            size, outcome = len(reply.body), str(reply.status)
            return reply
        except (httpx.TransportError, httpx.DecodingError, TimeoutError, TooLarge) as lost:
            outcome, failed = broken(self.failures, call.operation, lost, may_repeat=call.repeat is not Repeat.NEVER)
            raise failed from None
        finally:
            self._measure(call, outcome, time.perf_counter() - started, size)
            if call.repeat is not Repeat.SAFE and self._outbound.audit is not None:
                self._outbound.audit(self.policy.key, call.operation, outcome)

    def _measure(self, call: Call, outcome: str, seconds: float, size: int) -> None:
        if self._outbound.meter is not None:
            self._outbound.meter(self.policy.key, call.operation, outcome, seconds, size)

    async def _exchange(self, call: Call) -> Reply:
        url, headers = httpx.URL(call.url), dict(call.headers)
        if self._road is not None:
            self._own.check(url)
            url, headers = self._road.of(url), {**headers, **self._road.headers}
        async with self._client.stream(
            call.method, url, headers=headers, params=dict(call.params) or None, content=call.body
        ) as response:
            pieces: list[bytes] = []
            size = 0
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > self.policy.max_bytes:
                    raise TooLarge(self.policy.max_bytes)
                pieces.append(piece)
            return Reply(status=response.status_code, headers=response.headers, body=b"".join(pieces))
