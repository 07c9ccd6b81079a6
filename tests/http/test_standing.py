"""A service that is down is left alone: no call reaches it but one probe a rest, in this process and in all."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import NotAllowed, OutcomeUnknown, RetryLater
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServiceClient, ServicePolicy
from app.http.retry import RetryPolicy
from tests.gateways.conftest import redis_server
from tests.http.patience import Patience
from tests.http.scripted import Scripted, answer, scripted
from tests.http.test_outbound import NOW, read, write

ONCE = RetryPolicy(attempts=1)
OPENS_AFTER = 5


@dataclass
class Process:
    """A process of its own that calls one service."""

    redis: str = ""
    patience: Patience = field(default_factory=Patience)
    metered: list[str] = field(default_factory=list[str])
    audited: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def __post_init__(self) -> None:
        self.outbound = Outbound(
            FixedClock(NOW),
            meter=lambda service, operation, status, seconds, size: self.metered.append(status),
            redis=self.redis,
            sleep=self.patience.sleep,
            monotonic=self.patience.monotonic,
            chance=lambda: 0.0,
        )
        self.outbound.audit = lambda service, operation, outcome: self.audited.append((service, operation, outcome))

    def client(self, url: str, *, key: str = "vendor", retry: RetryPolicy = ONCE) -> ServiceClient:
        egress = EgressPolicy.for_base_url(url, configured=True)
        return self.outbound.service(ServicePolicy(key, "Vendor", egress, retry=retry))

    async def codes(self, server: Scripted, times: int, call: Call | None = None) -> list[str]:
        """What so many calls one after the other end with: a status or an error's code."""
        client = self.client(server.url)
        ends: list[str] = []
        for _ in range(times):
            try:
                ends.append(str((await client.send(call or read(server.url))).status))
            except (RetryLater, NotAllowed, OutcomeUnknown) as failed:
                ends.append(failed.code)
        return ends


async def test_a_dead_service_is_asked_once_a_rest_and_others_are_told_at_once() -> None:
    async with scripted(answer(503)) as server:
        process = Process()
        assert await process.codes(server, 100) == ["vendor_unreachable"] * OPENS_AFTER + ["vendor_resting"] * 95
        assert len(server.seen) == OPENS_AFTER
        for probes in (1, 2, 3):
            process.patience.now += 61
            await process.codes(server, 20)
            assert len(server.seen) == OPENS_AFTER + probes
        assert process.metered.count("resting") == 95 + 3 * 19
        await process.outbound.close()


async def test_two_services_on_one_machine_do_not_share_their_trouble() -> None:
    async with scripted(answer(503)) as broken, scripted(answer(200)) as well:
        process = Process()
        assert (await process.codes(broken, OPENS_AFTER + 1))[-1] == "vendor_resting"
        assert await process.codes(well, 1) == ["200"]
        await process.outbound.close()


async def test_when_the_probe_is_answered_everybody_may_call_again() -> None:
    async with scripted(*[answer(503)] * OPENS_AFTER, answer(200)) as server:
        process = Process()
        await process.codes(server, OPENS_AFTER)
        process.patience.now += 2
        assert await process.codes(server, 10) == ["200"] * 10
        await process.outbound.close()


async def test_who_comes_while_one_probes_is_not_let_through() -> None:
    async with scripted(*[answer(503)] * OPENS_AFTER, answer(200)) as server:
        process = Process()
        await process.codes(server, OPENS_AFTER)
        process.patience.now += 2
        ends = await asyncio.gather(*(process.codes(server, 1) for _ in range(10)))
        assert sorted(ends) == [["200"], *[["vendor_resting"]] * 9]
        await process.outbound.close()


async def test_a_call_stops_repeating_when_its_service_begins_to_rest() -> None:
    async with scripted(answer(503)) as server:
        process = Process()
        await process.codes(server, OPENS_AFTER - 2)
        with pytest.raises(RetryLater):
            await process.client(server.url, retry=RetryPolicy(attempts=9)).send(read(server.url))
        assert len(server.seen) == OPENS_AFTER
        await process.outbound.close()


async def test_one_calls_own_repetitions_rest_nothing_so_that_a_lost_write_can_be_looked_up() -> None:
    async with scripted(*[answer(503)] * 8, answer(200)) as server:
        process = Process()
        client = process.client(server.url, retry=RetryPolicy(attempts=8))
        with pytest.raises(RetryLater):
            await client.send(read(server.url))
        assert (await client.send(read(server.url))).status == 200
        await process.outbound.close()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
async def test_a_refusal_is_an_answer_and_rests_nothing(status: int) -> None:
    async with scripted(answer(status)) as server:
        process = Process()
        client = process.client(server.url)
        for _ in range(20):
            with pytest.raises(Exception, match=f"HTTP {status}"):
                await client.send(read(server.url))
        assert len(server.seen) == 20
        await process.outbound.close()


async def test_a_write_to_a_resting_service_is_not_sent_and_known_not_to_be() -> None:
    async with scripted(answer(503)) as server:
        process = Process()
        await process.codes(server, OPENS_AFTER)
        with pytest.raises(RetryLater) as refused:
            await process.client(server.url).send(write(server.url))
        assert (refused.value.code, len(server.seen), process.audited) == ("vendor_resting", OPENS_AFTER, [])
        assert refused.value.after is not None and refused.value.after > 0
        await process.outbound.close()


async def test_one_dead_host_or_service_stops_no_other() -> None:
    async with scripted(answer(200)) as server:
        process = Process()
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            dead = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            for _ in range(OPENS_AFTER):
                with pytest.raises(RetryLater):
                    await process.client(dead, key="other").send(read(dead))
        assert await process.codes(server, 1) == ["200"]
        await process.outbound.close()


async def test_a_caller_that_goes_away_leaves_the_probe_to_the_next() -> None:
    async with scripted(*[answer(503)] * OPENS_AFTER, answer(200)) as server:
        process = Process()
        await process.codes(server, OPENS_AFTER)
        process.patience.now += 2
        leaving = asyncio.create_task(process.codes(server, 1))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert await process.codes(server, 1) == ["200"]
        await process.outbound.close()


async def test_what_may_have_changed_something_is_put_on_record_with_how_it_ended() -> None:
    async with scripted(answer(200), answer(200), None) as server:
        process = Process()
        await process.codes(server, 1)
        await process.codes(server, 2, write(server.url))
        await process.outbound.close()
    assert process.audited == [("vendor", "things.create", "200"), ("vendor", "things.create", "broken")]


async def test_replicas_share_which_service_rests_and_which_one_probes(tmp_path: Path) -> None:
    async with redis_server(tmp_path) as redis, scripted(answer(503)) as server:
        patience = Patience()
        first, second = Process(redis, patience), Process(redis, patience)
        await first.codes(server, OPENS_AFTER)
        patience.now += 1.5  # both look again
        await first.codes(server, 1)  # the probe, which fails: the rest is doubled and shared
        patience.now += 1.1
        seen = len(server.seen)
        assert await second.codes(server, 3) == ["vendor_resting"] * 3
        assert len(server.seen) == seen
        for process in (first, second):
            await process.outbound.close()
