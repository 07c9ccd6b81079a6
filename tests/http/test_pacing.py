"""Calls wait for their turn: what a vendor allows is not overstepped, and what it asks holds for every call."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import RetryLater
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServiceClient, ServicePolicy
from app.http.pacing import Allowance, Pacing, RemainingHeaders
from app.http.retry import Repeat
from tests.http.patience import Patience
from tests.http.scripted import Answer, answer, scripted

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def turns(pacing: Pacing, count: int, lane: str = "") -> list[float]:
    return [pacing.turn(lane, longest=60.0) for _ in range(count)]


def test_so_many_go_at_once_and_the_next_wait_for_the_oldest_to_leave() -> None:
    pacing = Pacing([Allowance(3, 1.0)], Patience().monotonic)
    assert turns(pacing, 7) == [0, 0, 0, 1, 1, 1, 2]


def test_any_span_of_the_window_holds_no_more_than_allowed_whenever_calls_come() -> None:
    patience = Patience()
    pacing = Pacing([Allowance(7, 15.0), Allowance(2, 1.0)], patience.monotonic)
    went: list[float] = []
    for step in range(60):
        patience.now += (step * 7 % 5) / 10
        went.append(patience.now + pacing.turn("", longest=1000.0))
    for at in went:
        assert sum(at <= other < at + 15.0 for other in went) <= 7
        assert sum(at <= other < at + 1.0 for other in went) <= 2


def test_a_lane_counts_only_its_own_calls() -> None:
    pacing = Pacing([Allowance(1, 1.0, lane="search"), Allowance(3, 1.0)], Patience().monotonic)
    assert turns(pacing, 2, "search") == [0, 1]
    assert turns(Pacing([Allowance(1, 1.0, lane="search")], Patience().monotonic), 5) == [0] * 5


def test_a_turn_that_is_too_far_off_takes_no_place() -> None:
    patience = Patience()
    pacing = Pacing([Allowance(1, 3600.0)], patience.monotonic)
    assert turns(pacing, 1) == [0]
    assert pacing.turn("", longest=30.0) == 3600.0
    patience.now = 3600.0
    assert turns(pacing, 1) == [0]


def test_a_rest_holds_for_every_lane_and_a_shorter_one_does_not_end_it() -> None:
    patience = Patience()
    pacing = Pacing([], patience.monotonic)
    pacing.rest(10.0)
    pacing.rest(2.0)
    assert (pacing.turn("", longest=60.0), pacing.turn("search", longest=60.0)) == (10.0, 10.0)


HUBSPOT = RemainingHeaders("X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Interval-Milliseconds", scale=0.001)
SENTRY = RemainingHeaders("X-Sentry-Rate-Limit-Remaining", "X-Sentry-Rate-Limit-Reset", since_epoch=True)


@pytest.mark.parametrize(
    ("told", "remaining", "until", "rest"),
    [
        (HUBSPOT, "0", "10000", 10.0),
        (HUBSPOT, "1", "10000", 0.0),
        (HUBSPOT, "none", "10000", 0.0),
        (HUBSPOT, "0", "", 0.0),
        (SENTRY, "0", str(int(NOW.timestamp()) + 4), 4.0),
        (SENTRY, "0", str(int(NOW.timestamp()) - 4), 0.0),
    ],
)
def test_what_is_left_is_read_from_the_vendors_headers(
    told: RemainingHeaders, remaining: str, until: str, rest: float
) -> None:
    assert told.rest({told.remaining: remaining, told.until: until}, NOW) == rest


def test_a_vendor_without_these_headers_asks_for_no_rest() -> None:
    assert HUBSPOT.rest({}, NOW) == 0.0


class Paced:
    def __init__(self, url: str, *allowances: Allowance, remaining: RemainingHeaders | None = None) -> None:
        self.url, self.patience = url, Patience()
        self.outbound = Outbound(
            FixedClock(NOW), sleep=self.patience.sleep, monotonic=self.patience.monotonic, chance=lambda: 0.0
        )
        egress = EgressPolicy.for_base_url(url, configured=True)
        policy = ServicePolicy("vendor", "Vendor", egress, allowances=allowances, remaining=remaining)
        self.client: ServiceClient = self.outbound.service(policy)

    async def get(self) -> int:
        reply = await self.client.send(Call("things.list", "GET", f"{self.url}/things", Repeat.SAFE))
        return reply.status


async def test_a_reply_that_says_none_is_left_makes_the_next_call_wait() -> None:
    last: Answer = answer(
        200, b"{}", "X-HubSpot-RateLimit-Remaining: 0", "X-HubSpot-RateLimit-Interval-Milliseconds: 10000"
    )
    async with scripted(last, answer(200, b"{}")) as server:
        paced = Paced(server.url, remaining=HUBSPOT)
        assert [await paced.get(), await paced.get()] == [200, 200]
        await paced.outbound.close()
    assert paced.patience.waits == [10.0]


async def test_a_429_of_one_call_holds_back_the_others() -> None:
    async with scripted(answer(429, b"", "Retry-After: 20"), *[answer(200, b"{}")] * 3) as server:
        paced = Paced(server.url)
        assert await paced.get() == 200
        paced.patience.now -= 20.0  # as it was when the 429 came: the other calls are asked at the same moment
        await asyncio.gather(paced.get(), paced.get())
        await paced.outbound.close()
    assert paced.patience.waits[0] == 20.0
    assert paced.patience.waits[1] == 20.0


async def test_nothing_is_sent_when_the_allowance_is_used_up_for_long() -> None:
    async with scripted(answer(200, b"{}")) as server:
        paced = Paced(server.url, Allowance(1, 86_400.0))
        assert await paced.get() == 200
        with pytest.raises(RetryLater) as used_up:
            await paced.get()
        await paced.outbound.close()
        assert len(server.seen) == 1
    assert (used_up.value.code, used_up.value.after) == ("vendor_allowance_used_up", 86_400.0)
    assert paced.patience.waits == []


async def test_a_vendor_that_asks_for_a_year_is_asked_again_after_a_quarter_of_an_hour() -> None:
    async with scripted(answer(429, b"", "Retry-After: 31536000"), answer(200, b"{}")) as server:
        paced = Paced(server.url)
        with pytest.raises(RetryLater):
            await paced.get()
        paced.patience.now += 900.0
        assert await paced.get() == 200
        await paced.outbound.close()


@pytest.mark.parametrize("until", ["31536000000", "inf", "1e300"])
async def test_a_vendor_that_has_none_left_for_a_year_is_asked_again_after_a_quarter_of_an_hour(until: str) -> None:
    none_left = answer(
        200, b"{}", "X-HubSpot-RateLimit-Remaining: 0", f"X-HubSpot-RateLimit-Interval-Milliseconds: {until}"
    )
    async with scripted(none_left, answer(200, b"{}")) as server:
        paced = Paced(server.url, remaining=HUBSPOT)
        assert await paced.get() == 200
        with pytest.raises(RetryLater):
            await paced.get()
        paced.patience.now += 900.0
        assert await paced.get() == 200
        await paced.outbound.close()
