"""What a message takes from the calls before it."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.names import Names
from app.gateways.embedded import Planner
from tests.gateways.embedded.conftest import planned

FEBRUARY = {"start_date": "2026-02-01", "end_date": "2026-02-28"}


@pytest.mark.parametrize(
    ("last", "arguments", "words", "wanted"),
    [
        ("get_occupancy", {"property": "Union"}, "and at villa rosa?", {"property": "Villa Rosa"}),
        ("get_occupancy", {"property": "Union"}, "what about the whole portfolio", {}),
        (
            "get_kpi",
            {"metric": "noi", "property": "Union", **FEBRUARY},
            "same for january",
            {"metric": "noi", "property": "Union", "start_date": "2026-01-01", "end_date": "2026-01-31"},
        ),
        (
            "get_kpi",
            {"metric": "noi", **FEBRUARY},
            "and the month before?",
            {"metric": "noi", "start_date": "2026-01-01", "end_date": "2026-01-31"},
        ),
        (
            "get_kpi",
            {"metric": "noi", **FEBRUARY},
            "same month last year",
            {"metric": "noi", "start_date": "2025-02-01", "end_date": "2025-02-28"},
        ),
        ("search_available_units", {"bedrooms": 2}, "pet friendly ones only", {"bedrooms": 2, "pet_friendly": True}),
        ("list_tasks", {"assignee": "Kim"}, "what about Dev's", {"assignee": "Dev"}),
    ],
)
def test_one_thing_of_the_last_call_is_changed(
    planner: Planner, nasty: Names, last: str, arguments: dict[str, Any], words: str, wanted: dict[str, Any]
) -> None:
    assert planned(planner, words, nasty, (last, arguments)) == [(last, wanted)]


def test_a_pronoun_takes_the_person_of_the_last_call(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "text her that the package arrived", nasty, ("lookup_resident", {"name": "Rose Chance"}))
    assert calls == [("send_sms", {"recipient": "Rose Chance", "message": "the package arrived"})]


def test_it_takes_the_work_order_of_the_last_call(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "close it", nasty, ("get_work_order", {"work_order_id": "WO-1042"}))
    assert calls == [("update_work_order", {"work_order_id": "WO-1042", "status": "completed"})]


def test_without_a_call_before_it_a_pronoun_is_asked_about(planner: Planner, nasty: Names) -> None:
    assert planned(planner, "text her that the package arrived", nasty) == []


def test_a_whole_request_stands_on_its_own(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "who's late at union", nasty, ("get_occupancy", {"property": "Villa Rosa"}))
    assert calls == [("list_delinquent_residents", {"property": "Union"})]


def test_the_second_request_of_a_message_may_point_at_the_first(planner: Planner, nasty: Names) -> None:
    calls = planned(planner, "show me Tom Bell's ledger and put him on a 3 month payment plan", nasty)
    assert calls == [
        ("get_resident_ledger", {"resident": "Tom Bell"}),
        ("create_payment_plan", {"resident": "Tom Bell", "installments": 3}),
    ]


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("and for cats?", "what is the pet fee for dogs; and for cats?"),
        ("who approves that?", "what is the pet fee for dogs; who approves that?"),
        ("and at villa rosa?", "what is the pet fee for dogs; and at villa rosa?"),
        ("how long do we have to answer", "what is the pet fee for dogs; how long do we have to answer"),
        ("by when?", "what is the pet fee for dogs; by when?"),
        ("how much notice is needed to end a lease", "how much notice is needed to end a lease"),
        ("what if they are assistance animals", "what is the pet fee for dogs; what if they are assistance animals"),
    ],
)
def test_a_question_to_documents_goes_on_from_the_one_before(
    planner: Planner, nasty: Names, words: str, query: str
) -> None:
    first = ("search_knowledge", {"query": "what is the pet fee for dogs?"})
    assert planned(planner, words, nasty, first) == [("search_knowledge", {"query": query})]
    further = ("search_knowledge", {"query": "what is the pet fee for dogs; and for snakes?"})
    assert planned(planner, words, nasty, further) == [("search_knowledge", {"query": query})]


def test_another_request_after_a_look_into_documents_stands_on_its_own(planner: Planner, nasty: Names) -> None:
    first = ("search_knowledge", {"query": "what is the pet fee for dogs?"})
    assert planned(planner, "and how full is Villa Rosa?", nasty, first) == [
        ("get_occupancy", {"property": "Villa Rosa"})
    ]
    assert planned(planner, "thanks, that helps!", nasty, first) == []
    assert planned(planner, "what can you do?", nasty, first) == []
