"""Requests and tokens a minute: of a route, which is then passed over, and of a person, who is told when to come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llmock.pytest_plugin import LLMock

from app.domain.errors import Fixable
from app.gateways.admission import CallLimits, MinuteLimits, OverLimit
from app.gateways.counters import Counters
from app.gateways.minutes import Charge, Minutes, seconds_until_room
from app.gateways.models import ChatModels
from app.gateways.spend import CallContext, PerMinute, RouteFacts, TokenEstimate
from app.settings import load_settings
from tests.gateways.conftest import redis_server
from tests.gateways.standins import QUESTION, Hand, Providers, streamed, turn_model

ROUTE = RouteFacts("direct", "openai", "gpt", "1")
SMALL = TokenEstimate(100, 8192)


@pytest.fixture(params=["memory", "redis"])
async def counters(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Counters]:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(redis_server(tmp_path)) if request.param == "redis" else ""
        made = Counters(address, Hand())
        stack.push_async_callback(made.aclose)
        yield made


@pytest.fixture
def two_requests(providers: Providers) -> Providers:
    """The first provider may be asked twice a minute, each person three times."""
    providers.admission = MinuteLimits(CallLimits(user=PerMinute(3), route=PerMinute(2)), Counters("", Hand()))
    return providers


def call(user: str = "U1", workspace: str = "T1") -> CallContext:
    return CallContext("turn_1", workspace, user, "C1")


async def test_of_many_at_once_no_more_go_than_a_minute_may_hold(counters: Counters) -> None:
    one = Charge("user:T1/U1", "requests", 40, 1)
    answers = await asyncio.gather(*(counters.take([one]) for _ in range(200)))
    assert answers.count(None) == 40
    assert all(0 < full.wait <= 120 for full in answers if full)


async def test_what_does_not_fit_everywhere_is_counted_nowhere(counters: Counters) -> None:
    few, many = Charge("user:T1/U1", "requests", 1, 1), Charge("workspace:T1", "requests", 2, 1)
    assert await counters.take([many, few]) is None
    assert (await counters.take([many, few])) is not None
    assert await counters.take([many]) is None


async def test_a_request_bigger_than_the_whole_minute_goes_when_the_minute_is_empty(counters: Counters) -> None:
    big = Charge("route:a", "tokens", 1000, 5000)
    assert await counters.take([big]) is None
    assert await counters.take([big]) is not None


async def test_two_processes_count_together_in_redis(redis_address: str) -> None:
    here, there = Counters(redis_address, Hand()), Counters(redis_address, Hand())
    one = Charge("route:a", "requests", 2, 1)
    assert [await here.take([one]), await there.take([one])] == [None, None]
    assert await there.take([one]) is not None
    await here.aclose()
    await there.aclose()


async def test_without_a_reachable_redis_each_process_counts_for_itself() -> None:
    alone = Counters("redis://127.0.0.1:9/0", Hand())
    one = Charge("route:a", "requests", 1, 1)
    assert await alone.take([one]) is None
    assert await alone.take([one]) is not None
    await alone.aclose()


@given(
    before=st.integers(0, 500),
    now=st.integers(0, 500),
    left=st.floats(0.1, 60),
    most=st.integers(1, 500),
    amount=st.integers(1, 500),
)
def test_after_the_told_wait_there_is_room_for_it(before: int, now: int, left: float, most: int, amount: int) -> None:
    wait = seconds_until_room((before, left, now, left + 60), most, amount)
    assert 0 <= wait <= 120
    fading = before * max(0.0, left - wait) / 60 + now * min(1.0, 1 - (wait - left) / 60)
    assert fading + min(amount, most) <= most + 1e-6


@given(steps=st.lists(st.tuples(st.floats(0.1, 90), st.integers(1, 12)), max_size=60))
def test_no_sixty_seconds_hold_more_than_twice_what_a_minute_may_and_no_clock_minute_more_than_that(
    steps: list[tuple[float, int]],
) -> None:
    hand, most = Hand(), 10
    minutes = Minutes(hand)
    taken: list[tuple[float, int]] = []
    for passed, amount in steps:
        hand.at += passed
        if minutes.take([Charge("a", "tokens", most, amount)]) is None:
            taken.append((hand.at, min(amount, most)))
    for start, _ in taken:
        assert sum(size for at, size in taken if start // 60 == at // 60) <= most
        assert sum(size for at, size in taken if start <= at < start + 60) <= 2 * most


def test_after_the_told_wait_a_minute_in_memory_takes_it() -> None:
    hand = Hand()
    minutes = Minutes(hand)
    one = Charge("a", "requests", 3, 1)
    for _ in range(20):
        while (full := minutes.take([one])) is None:
            hand.at += 1.7
        assert full.wait > 0
        hand.at += full.wait + 1e-6
        assert minutes.take([one]) is None


def test_who_was_not_heard_of_for_two_minutes_is_forgotten() -> None:
    hand = Hand()
    minutes = Minutes(hand)
    for number in range(500):
        minutes.take([Charge(f"user:{number}", "requests", 3, 1)])
    hand.at += 121
    minutes.take([Charge("user:1", "requests", 3, 1)])
    assert len(minutes._counts) == 1


async def test_people_and_companies_are_counted_apart(counters: Counters) -> None:
    limits = MinuteLimits(CallLimits(user=PerMinute(requests=1), workspace=PerMinute(requests=2)), counters)
    await limits.enter(call("U1"), SMALL)
    with pytest.raises(OverLimit) as person:
        await limits.enter(call("U1"), SMALL)
    assert person.value.for_people.startswith("You have reached your limit of 1 model requests a minute.")
    await limits.enter(call("U2"), SMALL)
    with pytest.raises(OverLimit, match="Your company has reached its limit of 2"):
        await limits.enter(call("U3"), SMALL)
    await limits.enter(call("U1", workspace="T2"), SMALL)


async def test_tokens_are_limited_like_requests_and_a_routes_own_limit_wins(counters: Counters) -> None:
    limits = MinuteLimits(CallLimits(route=PerMinute(tokens=150)), counters)
    assert await limits.admit(ROUTE, SMALL) is None
    assert await limits.admit(ROUTE, SMALL) is not None
    own = RouteFacts("direct", "openai", "gpt", "2", limit=PerMinute(requests=1))
    assert await limits.admit(own, SMALL) is None
    assert 0 < (await limits.admit(own, SMALL) or 0) <= 120


async def test_a_route_at_its_limit_is_passed_over_with_its_reason_and_stays_healthy(
    llm: LLMock, two_requests: Providers
) -> None:
    llm.reply("By the first.", provider="openai", times=2)
    llm.reply("By the second.", provider="anthropic")
    models = two_requests.models()
    for _ in range(2):
        await streamed(turn_model(models))
    third = turn_model(models)
    pieces, _ = await streamed(third)
    assert "".join(pieces) == "By the second."
    (route, why), answered = third.trail.tried
    assert (route, why.startswith("limited for ")) == ("openai/gpt-4o-mini", True)
    assert answered[1] == "answered"
    assert not models.routes[0].breaker.troubled


async def test_a_person_at_their_limit_is_told_when_to_ask_again(llm: LLMock, two_requests: Providers) -> None:
    models = await _asked_three_times(llm, two_requests)
    asked_before = len(llm.requests)
    with pytest.raises(OverLimit) as told:
        await streamed(turn_model(models))
    assert "Please ask again in " in told.value.for_people
    assert told.value.after is not None
    assert len(llm.requests) == asked_before


async def test_a_turn_that_has_begun_is_not_thrown_away_for_a_limit(llm: LLMock, two_requests: Providers) -> None:
    models = two_requests.models()
    llm.reply("Yes.")
    turn = turn_model(models)
    for _ in range(4):
        assert (await turn.ainvoke(QUESTION)).text
    with pytest.raises(OverLimit):
        await streamed(turn_model(models))


async def _asked_three_times(llm: LLMock, providers: Providers) -> ChatModels:
    models = providers.models()
    llm.reply("Yes.")
    for _ in range(3):
        await streamed(turn_model(models))
    return models


@pytest.mark.parametrize(
    ("text", "limit"),
    [("60/200000", PerMinute(60, 200_000)), ("60", PerMinute(60)), ("/9", PerMinute(0, 9)), ("", PerMinute())],
)
def test_a_limit_is_written_as_requests_and_tokens(text: str, limit: PerMinute) -> None:
    assert PerMinute.of(load_settings(model_user_limit=text).model_user_limit) == limit


@pytest.mark.parametrize("text", ["sixty", "/", "-1/5", "0", "60/200/1"])
def test_a_limit_that_is_none_is_a_clear_error_at_start(text: str) -> None:
    with pytest.raises(Fixable, match=r"MODEL_USER_LIMIT[\s\S]*requests/tokens a minute"):
        load_settings(model_user_limit=text)
