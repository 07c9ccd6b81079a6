"""In which order a call tries routes, and why one may not be asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from app.gateways.choosing.choosing import Choosing
from app.gateways.choosing.need import Need, needed
from app.gateways.choosing.quality import Quality, Votes
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.request import Request
from app.gateways.route_plan import Policy, RoutePlan
from app.gateways.routes import Route
from app.gateways.spend import CallContext, Fees, OwnPrice, Task, TokenEstimate
from app.gateways.terms import Capability, DataPolicy, DataRules, ModelClass, Terms
from tests.gateways.scripted import choosing, route
from tests.gateways.standins import Hand

SMALL, STANDARD, STRONG = ModelClass
TOOLS = frozenset({Capability.TOOLS})


def terms(model_class: ModelClass, price: str | None, **more: Any) -> Terms:
    told = None if price is None else OwnPrice(Decimal(price), Decimal(price) * 4)
    return Terms(model_class=model_class, price=told, **more)


def three(hand: Hand) -> list[Route]:
    return [
        route("strong", hand, terms=terms(STRONG, "3")),
        route("standard", hand, terms=terms(STANDARD, "0.5")),
        route("small", hand, terms=terms(SMALL, "0.1")),
    ]


def order(made: Choosing, routes: list[Route], need: Need | None = None, last: str = "") -> list[str]:
    return [one.route.provider.name for one in made.order(routes, need or Need(input_tokens=3000), last)]


@pytest.mark.parametrize(
    ("policy", "task", "first"),
    [
        (Policy.LISTED, Task.PLAN, ["strong", "standard", "small"]),
        (Policy.CHEAPEST, Task.PLAN, ["standard", "strong", "small"]),  # small is not good enough: last resort
        (Policy.CHEAPEST, Task.CLASSIFY, ["small", "standard", "strong"]),
        (Policy.BEST, Task.PLAN, ["strong", "standard", "small"]),
        (Policy.FASTEST, Task.PLAN, ["standard", "strong", "small"]),
        (Policy.FASTEST, Task.SMS, ["small", "standard", "strong"]),
        (Policy.BALANCED, Task.PLAN, ["standard", "strong", "small"]),
    ],
)
def test_the_policy_orders_what_is_good_enough_for_the_kind_of_call(
    policy: Policy, task: Task, first: list[str]
) -> None:
    hand = Hand()
    assert order(choosing(RoutePlan(policy=policy), hand), three(hand), Need(task, input_tokens=3000)) == first


def test_an_own_class_for_a_kind_of_call_holds() -> None:
    hand = Hand()
    plan = RoutePlan(policy=Policy.CHEAPEST, classes={Task.PLAN: STRONG})
    assert order(choosing(plan, hand), three(hand))[0] == "strong"


def test_what_is_measured_decides_which_is_fastest() -> None:
    hand = Hand()
    routes = three(hand)
    for _ in range(10):
        routes[0].pace.answered(0.2, 0.1)
        routes[1].pace.answered(0.9, 0.1)
    assert order(choosing(RoutePlan(policy=Policy.FASTEST), hand), routes)[0] == "strong"


def test_fees_of_a_gateway_make_a_route_dearer() -> None:
    hand = Hand()
    routes = [
        route("gateway", hand, terms=terms(STANDARD, "0.5", fees=Fees(per_request_microdollars=200))),
        route("direct", hand, terms=terms(STANDARD, "0.5")),
    ]
    assert order(choosing(RoutePlan(policy=Policy.CHEAPEST), hand), routes) == ["direct", "gateway"]


def test_a_route_whose_price_nobody_knows_counts_as_the_dearest() -> None:
    hand = Hand()
    routes = [route("unknown", hand, terms=terms(STANDARD, None)), route("known", hand, terms=terms(STANDARD, "5"))]
    assert order(choosing(RoutePlan(policy=Policy.CHEAPEST), hand), routes) == ["unknown", "known"]
    assert order(choosing(RoutePlan(policy=Policy.CHEAPEST), hand), [*routes, *three(hand)])[0] == "standard"


@pytest.mark.parametrize(
    ("barred", "rules", "need", "why"),
    [
        (Terms(capabilities=frozenset()), DataRules(), Need(capabilities=TOOLS), "can't do tools"),
        (Terms(), DataRules(), Need(capabilities=frozenset({Capability.VISION})), "can't do vision"),
        (
            Terms(capabilities=frozenset()),
            DataRules(),
            Need(capabilities=frozenset({Capability.TOOLS, Capability.STRUCTURED_OUTPUT})),
            "can't do structured output and tools",
        ),
        (Terms(), DataRules(no_training=True), Need(), "may train on data"),
        (Terms(data=DataPolicy(no_training=True)), DataRules(zero_retention=True), Need(), "keeps data"),
        (Terms(data=DataPolicy(region="us")), DataRules(regions=("eu",)), Need(), "data leaves eu"),
        (Terms(window=8_000), DataRules(), Need(input_tokens=12_000), "window too small"),
    ],
)  # fmt: skip
def test_a_route_that_may_not_be_asked_is_left_out_with_the_reason(
    barred: Terms, rules: DataRules, need: Need, why: str
) -> None:
    hand = Hand()
    made = choosing(RoutePlan(policy=Policy.BALANCED, rules=rules), hand)
    fit = Terms(capabilities=frozenset(Capability), data=DataPolicy(no_training=True, zero_retention=True, region="eu"))
    choices = made.order([route("barred", hand, terms=barred), route("fit", hand, terms=fit)], need)
    assert [(one.route.provider.name, one.why_not) for one in choices] == [("fit", ""), ("barred", why)]


def test_a_window_that_may_just_do_is_tried_because_estimates_are_high() -> None:
    hand = Hand()
    choices = choosing(RoutePlan(), hand).order(
        [route("a", hand, terms=Terms(window=8_000))], Need(input_tokens=10_000)
    )
    assert choices[0].why_not == ""


class TestAConversation:
    need = Need(input_tokens=3000, conversation="T1/C1:1")

    def test_stays_on_the_road_that_answered_it(self) -> None:
        hand = Hand()
        made = choosing(RoutePlan(policy=Policy.CHEAPEST), hand)
        assert order(made, three(hand), self.need, "strong/strong-1") == ["strong", "standard", "small"]
        assert order(made, three(hand), self.need)[0] == "standard"

    def test_leaves_it_when_it_stumbles(self) -> None:
        hand = Hand()
        routes = three(hand)
        made = choosing(RoutePlan(policy=Policy.CHEAPEST), hand)
        routes[0].breaker.failed(RouteFault(FaultKind.TRANSIENT, "HTTP 500"))
        assert order(made, routes, self.need, "strong/strong-1")[0] == "standard"

    def test_does_not_stay_on_a_last_resort(self) -> None:
        hand = Hand()
        made = choosing(RoutePlan(policy=Policy.CHEAPEST), hand)
        assert order(made, three(hand), self.need, "small/small-1")[0] == "standard"


class TestThumbs:
    def test_a_model_that_people_dislike_is_no_longer_good_enough(self) -> None:
        hand, quality = Hand(), Quality()
        routes = three(hand)
        made = choosing(RoutePlan(policy=Policy.CHEAPEST), hand, quality)
        quality.learn({("standard", "standard-1", "plan"): Votes(good=10, bad=20)})
        assert order(made, routes)[0] == "strong"
        assert order(made, routes, Need(Task.DIGEST, input_tokens=3000))[0] == "standard"

    def test_a_few_do_not_turn_it(self) -> None:
        hand, quality = Hand(), Quality()
        quality.learn({("standard", "standard-1", "plan"): Votes(bad=2)})
        assert order(choosing(RoutePlan(policy=Policy.CHEAPEST), hand, quality), three(hand))[0] == "standard"

    def test_a_model_that_people_like_much_more_is_worth_its_price(self) -> None:
        hand, quality = Hand(), Quality()
        made = choosing(RoutePlan(policy=Policy.BALANCED), hand, quality)
        assert order(made, three(hand))[0] == "standard"
        quality.learn(
            {
                ("standard", "standard-1", "plan"): Votes(good=80, bad=20),
                ("strong", "strong-1", "plan"): Votes(good=200, bad=1),
            }
        )
        assert order(made, three(hand))[0] == "strong"

    def test_they_count_for_every_road_to_the_same_model(self) -> None:
        hand, quality = Hand(), Quality()
        first, second = route("a", hand), route("a", hand, terms=Terms(key="2"))
        quality.learn({("a", "a-1", "plan"): Votes(good=90)})
        assert quality.of(first, Task.PLAN) == quality.of(second, Task.PLAN)
        assert quality.of(first, Task.PLAN).mean == pytest.approx(0.98)
        assert quality.of(first, Task.SMS).votes == 0

    def test_the_file_says_where_they_begin(self) -> None:
        assert Quality().of(route("a", Hand(), terms=Terms(quality=0.95)), Task.PLAN).mean == pytest.approx(0.95)


def test_what_a_request_needs_is_read_off_it() -> None:
    call = CallContext("t", "T", "U", "C", Task.SMS, conversation="C:1")
    image = HumanMessage([{"type": "image_url", "image_url": {"url": "data:,"}}])
    estimate = TokenEstimate(500, 100)
    assert needed(Request([AIMessage("a")], [], {}, estimate), call) == Need(Task.SMS, frozenset(), 500, "T/C:1")
    wanted = needed(Request([image], [object()], {"response_format": {}}, estimate), call).capabilities
    assert wanted == {Capability.TOOLS, Capability.STRUCTURED_OUTPUT, Capability.VISION}
