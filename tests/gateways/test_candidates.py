"""Which route a call tries next."""

from __future__ import annotations

from app.gateways.candidates import Course
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.terms import Terms
from tests.gateways.scripted import candidates, one_call, route
from tests.gateways.standins import Hand

BROKEN = RouteFault(FaultKind.TRANSIENT, "HTTP 500")
TOO_LONG = RouteFault(FaultKind.CONTEXT, "too long")
REFUSED = RouteFault(FaultKind.POLICY, "refused")


async def test_a_dead_primary_is_asked_at_most_once_in_fifty_calls() -> None:
    hand = Hand()
    routes = [route("dead", hand), route("good", hand)]
    order = candidates(routes, hand)
    asked: list[str] = []
    for call in range(1200):
        first, _ = await one_call(routes, {"dead/dead-1": BROKEN}, order)
        asked += first if call >= 200 else []
        hand.at += 1
    assert asked.count("good/good-1") == 1000
    assert asked.count("dead/dead-1") <= 20


async def test_a_primary_that_is_back_is_used_again_after_its_probe() -> None:
    hand = Hand()
    routes = [route("first", hand), route("second", hand)]
    order = candidates(routes, hand)
    for _ in range(3):
        await one_call(routes, {"first/first-1": BROKEN}, order)
    assert (await one_call(routes, {}, order)) == (["second/second-1"], ["first/first-1: resting"])
    hand.at += 2
    assert (await one_call(routes, {}, order))[0] == ["first/first-1"]


async def test_when_every_route_rests_the_one_back_soonest_is_probed_but_not_by_every_call() -> None:
    hand = Hand()
    routes = [route("first", hand), route("second", hand)]
    order = candidates(routes, hand)
    broken = {"first/first-1": BROKEN, "second/second-1": BROKEN}
    for _ in range(12):  # until both rest for longer than the calls that follow take
        await one_call(routes, broken, order)
        hand.at += 6
    asked = [await one_call(routes, broken, order) for _ in range(10)]
    assert sum(len(tried) for tried, _ in asked) <= 2
    hand.at += 5
    assert (await one_call(routes, {}, order))[0] != []


async def test_a_route_that_said_when_to_come_back_is_not_probed_before() -> None:
    hand = Hand()
    routes = [route("only", hand)]
    order = candidates(routes, hand)
    await one_call(routes, {"only/only-1": RouteFault(FaultKind.TRANSIENT, "HTTP 429", retry_after=30)}, order)
    hand.at += 20
    assert (await one_call(routes, {}, order))[0] == []


async def test_a_request_too_long_for_one_model_goes_to_a_bigger_window_only() -> None:
    hand = Hand()
    routes = [
        route("small", hand, terms=Terms(window=8_000)),
        route("smaller", hand, terms=Terms(window=4_000)),
        route("unknown", hand),
        route("big", hand, terms=Terms(window=200_000)),
    ]
    asked, skipped = await one_call(
        routes, {"small/small-1": TOO_LONG, "unknown/unknown-1": BROKEN}, candidates(routes, hand)
    )
    assert asked == ["small/small-1", "unknown/unknown-1", "big/big-1"]
    assert skipped == ["smaller/smaller-1: window no bigger"]


async def test_the_window_of_a_known_model_comes_from_the_price_table() -> None:
    from app.gateways.spend import RouteFacts
    from app.gateways.windows import window_of

    assert window_of(RouteFacts("direct", "openai", "gpt-5.4-mini", "1")) == 400_000
    assert window_of(RouteFacts("direct", "openai", "my-own", "1")) == 0
    assert window_of(RouteFacts("direct", "openai", "gpt-5.4-mini", "1", window=9)) == 9


async def test_refused_content_is_only_shown_to_routes_that_take_it() -> None:
    hand = Hand()
    routes = [route("strict", hand), route("also", hand), route("open", hand, terms=Terms(takes_refused=True))]
    course = Course()
    asked, skipped = await one_call(routes, {"strict/strict-1": REFUSED}, candidates(routes, hand), course=course)
    assert asked == ["strict/strict-1", "open/open-1"]
    assert skipped == ["also/also-1: not for refused content"]


async def test_a_second_key_of_a_provider_takes_over_when_the_first_is_limited() -> None:
    hand = Hand()
    routes = [route("openai", hand), route("openai", hand, terms=Terms(key="2"))]
    order = candidates(routes, hand)
    limited = {"openai/openai-1": RouteFault(FaultKind.TRANSIENT, "HTTP 429", retry_after=20)}
    assert (await one_call(routes, limited, order))[0] == ["openai/openai-1", "openai/openai-1#2"]
    assert (await one_call(routes, limited, order))[0] == ["openai/openai-1#2"]
    assert routes[1].facts.key == "2"


async def test_every_key_of_a_list_is_a_route_of_its_own_that_names_the_key_by_number() -> None:
    from app.gateways.models import ChatModels
    from app.gateways.providers import Access
    from app.settings import load_settings
    from tests.gateways.standins import FixedPlanner, Uses

    keys = "sk-first-of-the-two, sk-second-of-the-two,"
    models = ChatModels(access={"openai": Access(keys, "m")}, planner=lambda **_: FixedPlanner(), uses=Uses())
    assert [(one.name, one.facts.key) for one in models.routes] == [("openai/m", "1"), ("openai/m#2", "2")]
    assert "sk-" not in repr([vars(one) for one in models.routes])
    secrets = load_settings(openai_api_key=keys).secret_values
    assert {"sk-first-of-the-two", "sk-second-of-the-two"} <= set(secrets)
