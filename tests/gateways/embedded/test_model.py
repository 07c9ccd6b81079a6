"""The LangChain face: bound tools, streams, tool results, questions back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from app.domain.clock import FixedClock
from app.domain.names import Names
from app.gateways.embedded import EmbeddedPlanner, Planner


class Fixed:
    def __init__(self, names: Names) -> None:
        self.names = names

    def current(self) -> Names:
        return self.names


def schema(name: str) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": name, "description": "", "parameters": {"type": "object", "properties": {}}},
    }


@pytest.fixture
def model(planner: Planner, nasty: Names) -> EmbeddedPlanner:
    clock = FixedClock(datetime(2026, 3, 18, 15, 30, tzinfo=UTC))
    return EmbeddedPlanner(planner=planner, names=Fixed(nasty), clock=clock, timezone="America/Chicago")


def bound(model: EmbeddedPlanner, *, ask: bool = True) -> Any:
    names = [*model.planner.shapes, *(["ask_person"] if ask else [])]
    return model.bind_tools([schema(name) for name in names])


def result(call: Any, text: str, **more: Any) -> ToolMessage:
    status = "error" if more.get("status") == "error" else "success"
    return ToolMessage(json.dumps({"text": text, **more}), tool_call_id=call["id"], name=call["name"], status=status)


async def test_a_request_becomes_a_tool_call(model: EmbeddedPlanner) -> None:
    answer = await bound(model).ainvoke([SystemMessage("be kind"), HumanMessage("occupancy at union")])
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [("get_occupancy", {"property": "Union"})]
    assert answer.usage_metadata == {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    assert len({c["id"] for c in answer.tool_calls}) == 1


async def test_only_bound_tools_are_called(model: EmbeddedPlanner) -> None:
    only = model.bind_tools([schema("get_rent_roll")])
    answer = await only.ainvoke("text Tom Bell that the gym is open")
    assert all(call["name"] == "get_rent_roll" for call in answer.tool_calls)


async def test_tool_results_become_the_answer_word_for_word(model: EmbeddedPlanner) -> None:
    talk: list[BaseMessage] = [HumanMessage("occupancy at union and open work orders at union")]
    answer = await bound(model).ainvoke(talk)
    assert len(answer.tool_calls) == 2
    talk += [
        answer,
        result(answer.tool_calls[0], "Union is 95.1 % occupied."),
        result(answer.tool_calls[1], "12 are open."),
    ]
    assert (await bound(model).ainvoke(talk)).content == "Union is 95.1 % occupied.\n\n12 are open."


async def test_a_part_that_no_tool_can_do_is_told_under_the_answer_to_the_rest(model: EmbeddedPlanner) -> None:
    question = HumanMessage("How full is Union? What's the weather like?")
    calls = await bound(model).ainvoke([question])
    assert [call["name"] for call in calls.tool_calls] == ["get_occupancy"]
    answer = await bound(model).ainvoke([question, calls, result(calls.tool_calls[0], "Union is 95% full.")])
    assert answer.content == "Union is 95% full.\n\nI can't help with “What's the weather like”."


async def test_an_approval_and_an_error_keep_their_sentences(model: EmbeddedPlanner) -> None:
    talk: list[BaseMessage] = [HumanMessage("text Tom Bell that the gym is open")]
    answer = await bound(model).ainvoke(talk)
    waiting = "Waiting for approval: text Tom Bell."
    talk += [answer, result(answer.tool_calls[0], waiting, status="pending_approval")]
    assert (await bound(model).ainvoke(talk)).content == waiting
    plain = ToolMessage("I could not reach the system.", tool_call_id="x", name="send_sms", status="error")
    assert (await bound(model).ainvoke([HumanMessage("hi"), plain])).content == "I could not reach the system."


async def test_something_missing_is_asked_by_the_agents_own_tool(model: EmbeddedPlanner) -> None:
    answer = await bound(model).ainvoke("rent roll for Stone")
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [
        ("ask_person", {"question": "Which Stone?", "options": ["Stone Creek", "Stone Harbor"]})
    ]


async def test_without_that_tool_the_question_is_text(model: EmbeddedPlanner) -> None:
    answer = await bound(model, ask=False).ainvoke("rent roll for Stone")
    assert answer.tool_calls == []
    assert answer.content == "Which Stone?\n• Stone Creek\n• Stone Harbor"


@pytest.mark.parametrize(
    ("message", "reply", "wanted"),
    [
        ("rent roll for Stone", "Stone Harbor", ("get_rent_roll", {"property": "Stone Harbor"})),
        ("rent roll for Stone", "creek", ("get_rent_roll", {"property": "Stone Creek"})),
        ("rent roll for Stone", "the first one", ("get_rent_roll", {"property": "Stone Creek"})),
        (
            "set up a payment plan for Tom Bell",
            "4",
            ("create_payment_plan", {"resident": "Tom Bell", "installments": 4}),
        ),
        (
            "serve Tom Bell a notice",
            "late rent",
            ("serve_notice", {"resident": "Tom Bell", "notice_type": "late_rent"}),
        ),
        (
            "text Tom Bell",
            "the pool opens at noon",
            ("send_sms", {"recipient": "Tom Bell", "message": "the pool opens at noon"}),
        ),
    ],
)
async def test_an_answer_finishes_the_call_that_was_asked_about(
    model: EmbeddedPlanner, message: str, reply: str, wanted: tuple[str, dict[str, Any]]
) -> None:
    asked = await bound(model).ainvoke(message)
    talk = [HumanMessage(message), asked, result(asked.tool_calls[0], "asked"), HumanMessage(reply)]
    answer = await bound(model).ainvoke(talk)
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [wanted]


async def test_another_request_instead_of_an_answer_is_planned(model: EmbeddedPlanner) -> None:
    asked = await bound(model).ainvoke("rent roll for Stone")
    talk = [HumanMessage("rent roll for Stone"), asked, HumanMessage("who is late on rent at villa rosa")]
    answer = await bound(model).ainvoke(talk)
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [
        ("list_delinquent_residents", {"property": "Villa Rosa"})
    ]


async def test_a_follow_up_reads_the_last_call_from_the_history(model: EmbeddedPlanner) -> None:
    first = await bound(model).ainvoke("occupancy at union")
    talk = [HumanMessage("occupancy at union"), first, result(first.tool_calls[0], "95 %"), AIMessage("95 %")]
    answer = await bound(model).ainvoke([*talk, HumanMessage("and at villa rosa?")])
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [("get_occupancy", {"property": "Villa Rosa"})]


async def test_a_stream_adds_up_to_the_same_message(model: EmbeddedPlanner) -> None:
    chunks = [chunk async for chunk in bound(model).astream("hi")]
    assert len(chunks) > 2
    assert "".join(str(c.content) for c in chunks) == (await bound(model).ainvoke("hi")).content
    whole: AIMessageChunk | None = None
    async for chunk in bound(model).astream("occupancy at union"):
        whole = chunk if whole is None else whole + chunk
    assert whole is not None
    assert [(c["name"], c["args"]) for c in whole.tool_calls] == [("get_occupancy", {"property": "Union"})]


async def test_a_question_that_no_tool_is_about_is_looked_up_in_the_documents_before_she_declines(
    model: EmbeddedPlanner,
) -> None:
    question = HumanMessage("who won the super bowl")
    looked = await bound(model).ainvoke([question])
    assert [call["name"] for call in looked.tool_calls] == ["search_knowledge"]
    nothing = result(looked.tool_calls[0], "None of the 3 documents answers that.", data={"found": []})
    declined = await bound(model).ainvoke([question, looked, nothing])
    assert "I can look up" in str(declined.content)
    something = result(looked.tool_calls[0], "Games says: “The blue team won.” [1]", data={"found": [{"number": 1}]})
    answered = await bound(model).ainvoke([question, looked, something])
    assert answered.content == "Games says: “The blue team won.” [1]"


@pytest.mark.parametrize(
    "question",
    [
        "what does emergency mean for maintenance",
        "car on the lot with expired registration, can we tow it",
        "do late fees add up every day",
        "same repair came back after two weeks",
        "when does the move in survey go out",
    ],
)
async def test_what_may_be_asked_of_a_rule_is_looked_up_first(model: EmbeddedPlanner, question: str) -> None:
    looked = await bound(model).ainvoke([HumanMessage(question)])
    assert [(call["name"], call["args"]) for call in looked.tool_calls] == [("search_knowledge", {"query": question})]
    something = result(looked.tool_calls[0], "Rules says: “So it is.” [1]", data={"found": [{"number": 1}]})
    answered = await bound(model).ainvoke([HumanMessage(question), looked, something])
    assert (answered.content, answered.tool_calls) == ("Rules says: “So it is.” [1]", [])


@pytest.mark.parametrize(
    "question",
    [
        "how many units are vacant at Union",
        "which leases end next month",
        "any pet friendly apartments under 1500",
        "can we see who is late on rent",
        "how many units are vacant",
        "what is the renewal rate this year?",
        "what's our delinquency rate",
    ],
)
async def test_what_is_clearly_asked_of_the_systems_is_not_looked_up(model: EmbeddedPlanner, question: str) -> None:
    planned = await bound(model).ainvoke([HumanMessage(question)])
    assert planned.tool_calls
    assert "search_knowledge" not in [call["name"] for call in planned.tool_calls]


@pytest.mark.parametrize("vain", [{"data": {"found": []}}, {"status": "error"}], ids=["nothing found", "failed"])
async def test_after_a_look_in_vain_what_was_planned_is_done_and_told_alone(
    model: EmbeddedPlanner, vain: dict[str, Any]
) -> None:
    question = HumanMessage("car on the lot with expired registration, can we tow it")
    looked = await bound(model).ainvoke([question])
    nothing = result(looked.tool_calls[0], "None of the 3 documents answers that.", **vain)
    planned = await bound(model).ainvoke([question, looked, nothing])
    assert [call["name"] for call in planned.tool_calls] == ["list_lease_expirations"]
    leases = result(planned.tool_calls[0], "Four leases end.")
    told = await bound(model).ainvoke([question, looked, nothing, planned, leases])
    assert (told.content, told.tool_calls) == ("Four leases end.", [])


async def test_a_thing_alone_goes_on_with_the_documents_and_else_stands_for_itself(model: EmbeddedPlanner) -> None:
    before = [
        HumanMessage("what is the deposit for a two bedroom"),
        AIMessage(
            "", tool_calls=[{"name": "search_knowledge", "args": {"query": "deposit"}, "id": "c", "type": "tool_call"}]
        ),
        result({"id": "c", "name": "search_knowledge"}, "It is $350. [1]", data={"found": [{"number": 1}]}),
        AIMessage("It is $350. [1]"),
        HumanMessage("what about a three bedroom?"),
    ]
    looked = await bound(model).ainvoke(before)
    assert [call["args"] for call in looked.tool_calls] == [{"query": "deposit; what about a three bedroom?"}]
    nothing = result(looked.tool_calls[0], "None of the 3 documents answers that.", data={"found": []})
    planned = await bound(model).ainvoke([*before, looked, nothing])
    assert [(c["name"], c["args"]) for c in planned.tool_calls] == [("search_available_units", {"bedrooms": 3})]


async def test_what_is_refused_is_looked_up_and_the_refusal_stands_where_nothing_is_found(
    model: EmbeddedPlanner,
) -> None:
    question = HumanMessage("what did we earn in revenue in 2024")
    planned = await bound(model).ainvoke([question])
    assert [call["name"] for call in planned.tool_calls] == ["get_kpi"]
    refused = result(planned.tool_calls[0], "Your role does not let you see budgets.", status="error")
    looked = await bound(model).ainvoke([question, planned, refused])
    assert [call["name"] for call in looked.tool_calls] == ["search_knowledge"]
    nothing = result(looked.tool_calls[0], "None of the 3 documents answers that.", data={"found": []})
    told = await bound(model).ainvoke([question, planned, refused, looked, nothing])
    assert (told.content, told.tool_calls) == ("Your role does not let you see budgets.", [])
    something = result(looked.tool_calls[0], "Owners says: “Two million.” [1]", data={"found": [{"number": 1}]})
    answered = await bound(model).ainvoke([question, planned, refused, looked, something])
    assert answered.content == "Owners says: “Two million.” [1]"


async def test_numbers_of_a_past_time_at_a_place_stand_in_no_document(model: EmbeddedPlanner) -> None:
    answer = await bound(model).ainvoke([HumanMessage("website visits of Union this month")])
    assert answer.tool_calls == []
    assert "I can look up" in str(answer.content)


@pytest.mark.parametrize("words", ["delete the records of Tom Bell", "book a flight to Denver"])
async def test_a_refusal_says_what_can_be_asked(model: EmbeddedPlanner, words: str) -> None:
    answer = await bound(model).ainvoke(words)
    assert answer.tool_calls == []
    assert "I can look up" in str(answer.content)


@pytest.mark.parametrize(
    ("words", "part"), [("thank you!", "welcome"), ("what can you do", "I can look up"), ("hello", "Hi!")]
)
async def test_small_talk_is_answered_kindly(model: EmbeddedPlanner, words: str, part: str) -> None:
    answer = await bound(model).ainvoke(words)
    assert answer.tool_calls == []
    assert part in str(answer.content)
