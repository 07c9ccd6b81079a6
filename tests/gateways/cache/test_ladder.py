"""The cache ladder: what is answered without a model, and everything that never is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk

from app.gateways.cache.alike import Alike
from app.gateways.cache.keys import Sharing
from app.gateways.cache.ladder import AnswerCache
from app.gateways.cache.shelves import OwnShelf
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.models import ChatModels, ModelTurn
from app.gateways.providers import Access
from app.gateways.spend import Outcome, Task
from tests.gateways.scripted import provider, says
from tests.gateways.standins import FixedPlanner, Hand, Uses, no_names

TTL = 600.0
ASKED: list[BaseMessage] = [SystemMessage("You are Sophia. v1"), HumanMessage("What is the occupancy at Maple Grove?")]
READ, WRITE = "get_occupancy", "create_work_order"
TOOLS = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in (READ, WRITE)]
TURN = ModelTurn(
    turn_id="turn_1",
    workspace_id="T1",
    user_id="U1",
    channel="C1",
    names=no_names,
    now=datetime(2026, 3, 18, tzinfo=UTC),
    timezone="UTC",
    sharing=Sharing(rights="leasing", reads=frozenset({READ})),
)
Pieces = list[AIMessageChunk | RouteFault]


def calls(name: str, arguments: str = '{"property": "Maple Grove"}') -> Pieces:
    return [
        AIMessageChunk("", tool_call_chunks=[tool_call_chunk(name=name, args=arguments, id="call_9", index=0)]),
        AIMessageChunk("", response_metadata={"finish_reason": "tool_calls"}, chunk_position="last"),
    ]


@dataclass
class House:
    """Models over one scripted provider that counts how often it is asked."""

    answer: Callable[[], Pieces] = lambda: says("95.2 %")
    asked: int = 0
    hand: Hand = field(default_factory=Hand)
    uses: Uses = field(default_factory=Uses)
    embed: Any = None
    backup: Callable[[], Pieces] | None = None

    def models(self) -> ChatModels:
        async def pause(seconds: float) -> None: ...

        def first(messages: list[BaseMessage]) -> Pieces:
            self.asked += 1
            return self.answer()

        providers = {"acme": provider("acme", first)}
        if backup := self.backup:
            providers["other"] = provider("other", lambda _: backup())
        alike = Alike(self.embed) if self.embed else None
        return ChatModels(
            access={name: Access("k") for name in providers},
            planner=lambda **_: FixedPlanner(),
            uses=self.uses,
            cache=AnswerCache(OwnShelf(self.hand), TTL, alike),
            monotonic=self.hand,
            pause=pause,
            providers=providers,
        )


async def ask(
    models: ChatModels,
    turn: ModelTurn = TURN,
    messages: Sequence[BaseMessage] = ASKED,
    tools: Sequence[Any] = TOOLS,
    **options: Any,
) -> AIMessageChunk:
    whole: AIMessageChunk | None = None
    async for piece in models.for_turn(turn).pieces(list(messages), tools, **options):
        whole = piece if whole is None else whole + piece
    assert whole is not None
    return whole


async def test_the_same_call_is_answered_once_and_shown_at_no_cost() -> None:
    house = House()
    models = house.models()
    first, second = await ask(models), await ask(models, replace(TURN, turn_id="turn_2", user_id="U2"))
    assert (first.text, second.text, house.asked) == ("95.2 %", "95.2 %", 1)
    assert second.response_metadata["finish_reason"] == "stop"
    hit = house.uses.rows[-1]
    assert (hit.outcome, hit.cost_microdollars, hit.input_tokens, hit.user_id) == (Outcome.CACHED, 0, 0, "U2")


async def test_a_kept_call_of_a_reading_tool_is_called_again_under_an_id_of_its_own() -> None:
    house = House(answer=lambda: calls(READ))
    models = house.models()
    first, second = await ask(models), await ask(models)
    assert house.asked == 1
    assert [call["args"] for call in second.tool_calls] == [{"property": "Maple Grove"}]
    assert first.tool_calls[0]["id"] != second.tool_calls[0]["id"]


OTHERS: dict[str, ModelTurn] = {
    "workspace": replace(TURN, workspace_id="T2"),
    "rights": replace(TURN, sharing=replace(TURN.sharing, rights="maintenance")),
    "no known rights": replace(TURN, sharing=replace(TURN.sharing, rights="")),
    "tools that read": replace(TURN, sharing=replace(TURN.sharing, reads=frozenset())),
    "task": replace(TURN, task=Task.SUMMARISE),
}


@pytest.mark.parametrize("what", OTHERS)
async def test_an_answer_is_never_shared_with_another(what: str) -> None:
    house = House()
    models = house.models()
    await ask(models)
    await ask(models, OTHERS[what])
    assert house.asked == 2


@pytest.mark.parametrize(
    ("messages", "tools", "options"),
    [
        ([SystemMessage("You are Sophia. v2"), ASKED[1]], TOOLS, {}),
        ([ASKED[0], HumanMessage("What is the occupancy at Oakwood?")], TOOLS, {}),
        ([ASKED[0], HumanMessage("Hello"), ASKED[1]], TOOLS, {}),
        (ASKED, TOOLS[:1], {}),
        (ASKED, [{**TOOLS[0], "strict": True}, TOOLS[1]], {}),
        (ASKED, TOOLS, {"stop": ["\n"]}),
    ],
)
async def test_whatever_the_answer_may_depend_on_makes_it_another_call(messages: Any, tools: Any, options: Any) -> None:
    house = House()
    models = house.models()
    await ask(models)
    await ask(models, messages=messages, tools=tools, **options)
    assert house.asked == 2


async def test_results_of_other_data_make_it_another_call_and_ids_do_not() -> None:
    def after(call_id: str, result: str) -> list[BaseMessage]:
        call = AIMessage("", tool_calls=[{"name": READ, "args": {}, "id": call_id}])
        return [*ASKED, call, ToolMessage(result, tool_call_id=call_id)]

    house = House()
    models = house.models()
    for call_id, result in (("call_1", "118 of 124"), ("call_2", "118 of 124"), ("call_3", "117 of 124")):
        await ask(models, messages=after(call_id, result))
    assert house.asked == 2


async def test_what_is_no_plain_data_is_never_shared() -> None:
    house = House()
    models = house.models()
    for _ in range(2):
        await ask(models, tools=[object()])
    assert house.asked == 2


@pytest.mark.parametrize(
    "answer",
    [
        lambda: calls(WRITE),
        lambda: calls("unknown_tool"),
        lambda: [AIMessageChunk("Cut by the", response_metadata={"finish_reason": "length"})],
        lambda: [AIMessageChunk("No.", response_metadata={"finish_reason": "content_filter"})],
    ],
)
async def test_what_writes_or_is_not_whole_is_not_kept(answer: Callable[[], Pieces]) -> None:
    house = House(answer=answer)
    models = house.models()
    await ask(models)
    await ask(models)
    assert house.asked == 2


async def test_a_turn_that_called_a_writing_tool_takes_nothing_from_the_cache() -> None:
    call = AIMessage("", tool_calls=[{"name": WRITE, "args": {}, "id": "call_1"}])
    messages = [*ASKED, call, ToolMessage("waits for approval", tool_call_id="call_1")]
    house = House()
    models = house.models()
    for _ in range(2):
        await ask(models, messages=messages)
    assert house.asked == 2


async def test_an_answer_that_was_continued_or_failed_first_is_not_kept() -> None:
    broken: Pieces = [AIMessageChunk("95."), RouteFault(FaultKind.TRANSIENT, "connection lost")]
    house = House(answer=lambda: list(broken), backup=lambda: says("2 % and that is the whole of the answer."))
    models = house.models()
    assert str((await ask(models)).text).startswith("95.2 %")
    await ask(models)
    assert house.asked == 2
    assert not [row for row in house.uses.rows if row.outcome == Outcome.CACHED]


async def test_what_the_planner_says_is_not_kept() -> None:
    house = House(answer=lambda: [RouteFault(FaultKind.REQUEST, "no")])
    models = house.models()
    for _ in range(2):
        assert str((await ask(models)).text) == "From the embedded planner."
    assert house.asked == 2


async def test_an_answer_holds_as_long_as_it_was_kept_for() -> None:
    house = House()
    models = house.models()
    await ask(models)
    house.hand.at += TTL - 1
    await ask(models)
    assert house.asked == 1
    house.hand.at += 1
    await ask(models)
    assert house.asked == 2


async def test_callers_at_the_same_time_share_one_answer() -> None:
    house = House()
    models = house.models()
    answers = await asyncio.gather(*(ask(models) for _ in range(20)))
    assert ({str(answer.text) for answer in answers}, house.asked) == ({"95.2 %"}, 1)


async def test_who_waited_for_an_answer_that_may_not_be_shared_asks_alone() -> None:
    house = House(answer=lambda: calls(WRITE))
    models = house.models()
    answers = await asyncio.gather(*(ask(models) for _ in range(5)))
    assert house.asked == 5
    assert all(answer.tool_calls[0]["name"] == WRITE for answer in answers)


async def test_who_waited_for_a_caller_that_went_away_asks_alone() -> None:
    house = House()
    models = house.models()
    leaving = models.for_turn(TURN).pieces(list(ASKED), TOOLS)
    await anext(leaving)
    waiting = asyncio.create_task(ask(models))
    await asyncio.sleep(0)
    await leaving.aclose()
    assert str((await asyncio.wait_for(waiting, 5)).text) == "95.2 %"
    assert house.asked == 2


CLASSIFY = replace(TURN, task=Task.CLASSIFY)


async def embed(text: str) -> list[float]:
    """Letters counted: almost the same for almost the same words."""
    return [float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"]


@pytest.mark.parametrize(
    ("question", "turn", "tools", "asked"),
    [
        ("is this message urgent or is it routine?", CLASSIFY, (), 1),
        ("is this message urgent or is it not routine?", CLASSIFY, (), 2),
        ("is this message 2 urgent or is it routine?", CLASSIFY, (), 2),
        ("is this message urgent or is it routine, Anna?", CLASSIFY, (), 2),
        ("does the roof leak in the kitchen?", CLASSIFY, (), 2),
        ("is this message urgent or is it routine?", replace(CLASSIFY, workspace_id="T2"), (), 2),
        ("is this message urgent or is it routine?", replace(CLASSIFY, sharing=Sharing("other")), (), 2),
        ("is this message urgent or is it routine?", replace(CLASSIFY, task=Task.SUMMARISE), (), 2),
        ("is this message urgent or is it routine?", CLASSIFY, TOOLS, 2),
    ],
)
async def test_only_a_question_that_means_the_same_to_the_same_people_shares_an_answer(
    question: str, turn: ModelTurn, tools: Any, asked: int
) -> None:
    house = House(embed=embed)
    models = house.models()
    first = [ASKED[0], HumanMessage("is the message urgent or is it routine?")]
    await ask(models, replace(turn, workspace_id="T1", sharing=TURN.sharing), messages=first, tools=tools)
    await ask(models, turn, messages=[ASKED[0], HumanMessage(question)], tools=tools)
    assert house.asked == asked


async def test_an_embedder_that_fails_costs_only_the_comparison() -> None:
    async def broken(text: str) -> list[float]:
        raise OSError

    house = House(embed=broken)
    models = house.models()
    for _ in range(2):
        assert str((await ask(models, CLASSIFY, tools=())).text) == "95.2 %"
    assert house.asked == 1
