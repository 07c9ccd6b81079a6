"""When the planner acts, asks, or refuses."""

from __future__ import annotations

import pytest

from app.domain.names import Names
from app.gateways.embedded import Planner
from tests.gateways.embedded.conftest import NOW, planned


def test_a_property_nobody_has_is_passed_on_rather_than_answered_for_all(planner: Planner, nasty: Names) -> None:
    assert planned(planner, "noi at Foobar Heights", nasty) == [
        ("get_kpi", {"metric": "noi", "property": "Foobar Heights"})
    ]


def test_a_name_alone_is_asked_about(planner: Planner, nasty: Names) -> None:
    plan = planner.plan("Villa Rosa", nasty, NOW)
    assert (plan.action, plan.question) == ("clarify", "What would you like to know about Villa Rosa?")


def test_what_no_tool_does_is_left_out_and_the_rest_is_done(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "delete WO-1042 and text Tom Bell that it is fixed", nasty)
    assert calls == [("send_sms", {"recipient": "Tom Bell", "message": "it is fixed"})]


@pytest.mark.parametrize(
    "words",
    [
        "delete all the resident records at union",
        "fire Dev",
        "evict Tom Bell",
        "wire $5,000 to quick fix",
        "cancel WO-1042",
        "pay the bright air invoice",
        "book a hotel in Dallas",
        "wipe the crm",
        "unlock unit 204",
        "remove Kim from the team",
    ],
)
def test_an_act_no_tool_offers_is_refused(planner: Planner, nasty: Names, words: str) -> None:
    plan = planner.plan(words, nasty, NOW)
    assert (plan.action, plan.calls) == ("decline", ())


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("schedule a tour", "prospect"),
        ("set up a payment plan for Tom Bell", "installments"),
        ("create a work order for villa rosa, heater broken", "unit"),
        ("text Tom Bell", "message"),
        ("compare union and villa rosa", "metric"),
    ],
)
def test_one_question_is_asked_for_what_is_missing(planner: Planner, nasty: Names, words: str, asked: str) -> None:
    plan = planner.plan(words, nasty, NOW)
    assert (plan.action, plan.asked) == ("clarify", asked)
    assert plan.question.endswith("?") or "?" in plan.question


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("show me 3 beds at union, no wait, 2 beds", {"property": "Union", "bedrooms": 2}),
        ("2 beds at union, sorry I mean villa rosa", {"property": "Villa Rosa", "bedrooms": 2}),
    ],
)
def test_a_correction_takes_back_what_it_replaces(
    planner: Planner, nasty: Names, words: str, wanted: dict[str, object]
) -> None:
    assert planned(planner, words, nasty) == [("search_available_units", wanted)]


def test_several_requests_become_several_calls(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "occupancy at union, open work orders at union and text Tom Bell that we're on it", nasty)
    assert [name for name, _ in calls] == ["get_occupancy", "list_work_orders", "send_sms"]


def test_two_metrics_of_one_question_become_two_calls(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "noi and revenue for union last quarter", nasty)
    period = {"property": "Union", "start_date": "2025-10-01", "end_date": "2025-12-31"}
    assert calls == [("get_kpi", {"metric": "noi", **period}), ("get_kpi", {"metric": "revenue", **period})]
