"""A second route is asked when the first one's first token is late: one of them answers, both are paid for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import ToolCall, ToolCallChunk
from llmock.pytest_plugin import LLMock
from prometheus_client import REGISTRY

from app.gateways.cache.keys import Sharing
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.models import ChatModels
from app.gateways.pace import ENOUGH
from app.gateways.providers import Access, Provider
from app.gateways.route_plan import PlannedRoute, RoutePlan
from app.gateways.routes import Route
from app.gateways.spend import AttemptUse, CallContext, Outcome, OverBudget, RouteFacts, TokenEstimate
from app.gateways.trail.metering import meter
from app.gateways.trail.reading import ToldCall, figures_of
from app.gateways.trail.record import CallRecord, candidates_json
from app.gateways.trail.telling import sentences
from tests.gateways.conftest import Wire
from tests.gateways.scripted import Scripted
from tests.gateways.standins import TURN, FixedPlanner, Uses, streamed, turn_model

MOST, COST = 1000, 40  # microdollars an attempt may cost, and costs
READ, WRITE = "get_occupancy", "create_work_order"
TOOLS = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in (READ, WRITE)]
ASKED: list[BaseMessage] = [HumanMessage("How full is Maple Grove?")]
SLOW = RouteFault(FaultKind.TRANSIENT, "HTTP 500")
STOP = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"})


@dataclass
class Voice:
    """A model that says its pieces when it is let, and knows who listened, stopped listening and is listening."""

    pieces: list[Any]
    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    left: int = 0
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    listening_again: asyncio.Event = field(default_factory=asyncio.Event)

    async def said(self) -> AsyncIterator[Any]:
        self.asked += 1
        (self.listening_again if self.asked > 1 else self.listening).set()
        try:
            await self.let.wait()
            for piece in self.pieces:
                if isinstance(piece, RouteFault):
                    raise piece
                yield piece.model_copy() if isinstance(piece, AIMessageChunk) else AIMessageChunk(content=piece)
        except (asyncio.CancelledError, GeneratorExit):
            self.left += 1
            raise


@dataclass
class Books:
    """Budgets and limits that hold whatever comes, unless told otherwise."""

    full: set[str] = field(default_factory=set)
    unpriced: bool = False
    wanted: int = 0  # times that room was wanted
    tell_at: int = -1
    all_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    open: list[str] = field(default_factory=list)
    settled: list[tuple[str, AttemptUse]] = field(default_factory=list)

    async def reserve(self, call: CallContext, route: RouteFacts, estimate: TokenEstimate) -> _Room:
        if route.provider in self.full:
            raise OverBudget("The budget is used up.")
        self.open.append(route.provider)
        self.wanted += 1
        if self.wanted == self.tell_at:
            self.all_wanted.set()
        return _Room(self, route.provider, None if self.unpriced else MOST)

    async def enter(self, call: CallContext, estimate: TokenEstimate) -> None:
        pass

    async def admit(self, route: RouteFacts, estimate: TokenEstimate) -> float | None:
        return None


@dataclass
class _Room:
    books: Books
    who: str
    most: int | None

    async def settle(self, actual: AttemptUse) -> int | None:
        await asyncio.sleep(0)
        self.books.open.remove(self.who)
        self.books.settled.append((self.who, actual))
        return COST

    async def release(self) -> None:
        self.books.open.remove(self.who)


class Calls:
    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    def record(self, record: CallRecord) -> None:
        self.records.append(record)


class House:
    """Models over two voices, the first of which is known to begin within five milliseconds."""

    def __init__(self, *voices: Voice, percent: float = 5.0, spent: int = 10**9, keys: tuple[str, ...] = ()) -> None:
        self.books, self.calls, self.voices = Books(), Calls(), voices
        names = ("first", "second", "third")
        self.models = ChatModels(
            access=RoutePlan(
                tuple(
                    PlannedRoute(_provider(name if not keys else "one", voice), Access(key, name))
                    for name, voice, key in zip(names, voices, keys or names, strict=False)
                )
            ),
            planner=lambda **_: FixedPlanner(),
            uses=Uses(),
            spending=self.books,
            admission=self.books,
            records=self.calls,
            hedge_percent=percent,
        )
        self.models.hedges.spent(spent)
        for _ in range(ENOUGH):
            self.first.pace.answered(0.005, 0.001)

    @property
    def first(self) -> Route:
        return self.models.routes[0]

    async def ask(
        self, messages: list[BaseMessage] = ASKED, tools: Any = (), reads: frozenset[str] | None = None
    ) -> Any:
        """Every piece that is handed on, joined."""
        turn = replace(TURN, sharing=Sharing("", frozenset({READ}) if reads is None else reads))
        whole: AIMessageChunk | None = None
        async with aclosing(self.models.for_turn(turn).pieces(messages, tools)) as pieces:
            async for piece in pieces:
                whole = piece if whole is None else whole + piece
        return whole

    def outcomes(self) -> list[tuple[str, str, bool]]:
        return [(one.route.split("/")[0], one.outcome, one.hedge) for one in self.calls.records[-1].tried]


def _provider(name: str, voice: Voice) -> Provider:
    async def close(model: Any) -> None:
        pass

    return Provider(
        name, name, "X_API_KEY", "m", lambda access, deadlines: _Speaking(pieces=voice.said), lambda error: None, close
    )


class _Speaking(Scripted):
    async def _astream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        from langchain_core.outputs import ChatGenerationChunk

        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                yield ChatGenerationChunk(message=piece)


def says(*texts: str, at_once: bool = False) -> Voice:
    voice = Voice([*texts, STOP])
    if at_once:
        voice.let.set()
    return voice


async def test_the_second_answers_when_the_first_is_late_and_the_first_is_left_and_paid_for() -> None:
    slow, quick = says("Never heard."), says("95", ".2 %", at_once=True)
    house = House(slow, quick)
    whole = await house.ask()
    assert whole.text == "95.2 %"
    assert (slow.asked, slow.left, quick.asked, quick.left) == (1, 1, 1, 0)
    assert sorted((who, use.outcome, use.hedge) for who, use in house.books.settled) == [
        ("first", Outcome.LOST, False),
        ("second", Outcome.ANSWERED, True),
    ]
    assert house.books.open == []
    assert sorted(house.outcomes()) == [("first", "lost", False), ("second", "answered", True)]
    record = house.calls.records[0]
    assert (record.answered, record.cost) == ("second/second", 2 * COST)


async def test_the_first_answers_when_it_comes_before_the_second_and_the_second_is_left() -> None:
    first, second = says("95", ".2 %"), says("Never heard.")
    house = House(first, second)
    asking = asyncio.create_task(house.ask())
    await second.listening.wait()
    first.let.set()
    assert (await asking).text == "95.2 %"
    assert (second.asked, second.left, first.left) == (1, 1, 0)
    assert sorted(house.outcomes()) == [("first", "answered", False), ("second", "lost", True)]
    assert not house.models.routes[1].breaker.troubled


async def test_when_both_come_at_once_only_one_is_heard() -> None:
    first, second = says("95.2 %"), says("96 %")
    house = House(first, second)
    asking = asyncio.create_task(house.ask())
    await second.listening.wait()
    first.let.set()
    second.let.set()
    assert (await asking).text == "95.2 %"
    assert sorted(house.outcomes()) == [("first", "answered", False), ("second", "lost", True)]
    assert house.books.open == []


async def test_nobody_else_is_asked_when_the_first_begins_in_time() -> None:
    first, second = says("95.2 %", at_once=True), says("Never heard.")
    house = House(first, second)
    await house.ask()
    assert second.asked == 0


async def test_the_beginning_of_a_tool_call_is_a_first_token() -> None:
    def part(name: str, arguments: str) -> AIMessageChunk:
        call = ToolCallChunk(name=name, args=arguments, id="c1", index=0, type="tool_call_chunk")
        return AIMessageChunk(content="", tool_call_chunks=[call])

    class Slowly(Voice):
        async def said(self) -> AsyncIterator[Any]:
            yield part(READ, "{")
            async for piece in super().said():
                yield piece

    first, second = Slowly([part("", "}"), STOP]), says("Never heard.")
    house = House(first, second)
    asking = asyncio.create_task(house.ask(tools=TOOLS))
    await first.listening.wait()
    await asyncio.wait([asking], timeout=0.05)
    first.let.set()
    whole = await asking
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == [(READ, {})]
    assert second.asked == 0


def called(name: str) -> list[BaseMessage]:
    call = ToolCall(name=name, args={}, id="c1", type="tool_call")
    return [*ASKED, AIMessage("", tool_calls=[call]), ToolMessage("done", tool_call_id="c1")]


@pytest.mark.parametrize(
    ("messages", "reads"),
    [(called(WRITE), frozenset({READ})), (ASKED, frozenset[str]()), (called("ask_person"), frozenset({READ}))],
    ids=["it called a tool that writes", "nobody said which of its tools only read", "it called an unknown tool"],
)
async def test_a_turn_that_may_have_written_is_never_hedged(messages: list[BaseMessage], reads: frozenset[str]) -> None:
    first, second = says("Done."), says("Never heard.", at_once=True)
    house = House(first, second)
    asking = asyncio.create_task(house.ask(messages, TOOLS, reads))
    await first.listening.wait()
    await asyncio.wait([asking], timeout=0.05)
    first.let.set()
    assert (await asking).text == "Done."
    assert second.asked == 0


async def test_a_turn_that_only_read_so_far_is() -> None:
    house = House(says("Never heard."), says("95.2 %", at_once=True))
    assert (await house.ask(called(READ), TOOLS)).text == "95.2 %"


@pytest.mark.parametrize(
    "prepared",
    [
        lambda house: setattr(house.models.hedges, "percent", 0),
        lambda house: house.first.breaker.failed(SLOW),
        lambda house: house.models.routes[1].breaker.failed(SLOW),
        lambda house: setattr(house.first.pace, "usual_first", None),
    ],
    ids=["off", "the first is being probed", "the second is in trouble", "its pace is not known"],
)
async def test_no_second_is_asked_when(prepared: Callable[[House], None]) -> None:
    first, second = says("95.2 %"), says("Never heard.", at_once=True)
    house = House(first, second)
    prepared(house)
    asking = asyncio.create_task(house.ask())
    await first.listening.wait()
    await asyncio.wait([asking], timeout=0.05)
    first.let.set()
    assert (await asking).text == "95.2 %"
    assert second.asked == 0


async def test_the_same_key_is_never_asked_twice() -> None:
    first, same, other = says("Never heard."), says("Never heard.", at_once=True), says("95.2 %", at_once=True)
    house = House(first, same, other, keys=("k", "k", "other"))
    assert (await house.ask()).text == "95.2 %"
    assert (same.asked, other.asked) == (0, 1)


@pytest.mark.parametrize("why", ["over budget", "hedges used up", "unpriced"])
async def test_closed_when_there_is_no_room_or_nobody_can_tell(why: str) -> None:
    first, second = says("95.2 %"), says("Never heard.", at_once=True)
    house = House(first, second, spent=10**9 if why != "hedges used up" else 19 * MOST)
    house.books.unpriced = why == "unpriced"
    house.books.full = {"second"} if why == "over budget" else set()
    asking = asyncio.create_task(house.ask())
    await first.listening.wait()
    await asyncio.wait([asking], timeout=0.05)
    first.let.set()
    assert (await asking).text == "95.2 %"
    assert second.asked == 0
    reason = "over budget" if why == "over budget" else "hedges used up"
    assert sorted(house.outcomes()) == [("first", "answered", False), ("second", reason, True)]
    assert house.books.open == []


async def test_a_first_that_fails_while_the_second_is_asked_has_its_fault_and_the_second_goes_on() -> None:
    first, second = Voice([SLOW]), says("95.2 %")
    house = House(first, second)
    asking = asyncio.create_task(house.ask())
    await second.listening.wait()
    first.let.set()
    second.let.set()
    assert (await asking).text == "95.2 %"
    assert sorted(house.outcomes()) == [("first", "transient", False), ("second", "answered", True)]
    assert house.first.breaker.troubled
    assert second.asked == 1


async def test_a_second_that_fails_leaves_the_first_its_time() -> None:
    first, second = says("95.2 %"), Voice([SLOW])
    second.let.set()
    house = House(first, second)
    asking = asyncio.create_task(house.ask())
    await second.listening.wait()
    await asyncio.sleep(0)
    first.let.set()
    assert (await asking).text == "95.2 %"
    assert sorted(house.outcomes()) == [("first", "answered", False), ("second", "transient", True)]


async def test_when_the_winner_breaks_off_the_one_that_was_left_goes_on_without_a_doubled_word() -> None:
    first = says("Maple Grove is 95.2 % occupied, Oakwood 91 %.")
    second = Voice(["Maple Grove is ", SLOW])
    second.let.set()
    house = House(first, second)
    asking = asyncio.create_task(house.ask())
    await second.listening.wait()
    await first.listening_again.wait()
    first.let.set()
    assert (await asking).text == "Maple Grove is 95.2 % occupied, Oakwood 91 %."
    assert house.outcomes()[-1] == ("first", "answered", False)
    assert house.books.open == []


async def test_a_caller_who_goes_away_leaves_nothing_held_and_nothing_running() -> None:
    first, second = says("Never heard."), says("Never heard.")
    house = House(first, second)
    before = asyncio.all_tasks()
    asking = asyncio.create_task(house.ask())
    await second.listening.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert asyncio.all_tasks() <= before
    assert house.books.open == []
    assert (first.left, second.left) == (1, 1)
    assert {use.outcome for _, use in house.books.settled} == {Outcome.ABANDONED}
    assert {outcome for _, outcome, _ in house.outcomes()} == {"left"}
    assert house.models.hedges.hold(MOST)


async def test_no_task_is_left_behind_when_a_race_is_over() -> None:
    house = House(says("Never heard."), says("95.2 %", at_once=True))
    before = asyncio.all_tasks()
    await house.ask()
    assert asyncio.all_tasks() == before


async def test_one_race_blames_nobody_but_one_that_is_always_late_rests() -> None:
    slow, quick = says("Never heard."), says("95.2 %", at_once=True)
    house = House(slow, quick)
    await house.ask()
    assert not house.first.breaker.resting
    assert not house.first.breaker.troubled
    for _ in range(2):
        await house.ask()
    assert (house.first.breaker.resting, house.first.breaker.reason) == (True, "slow")


async def test_what_a_late_route_was_waited_for_counts_in_its_pace() -> None:
    house = House(says("Never heard."), says("95.2 %", at_once=True))
    for _ in range(9):
        house.first.pace.answered(0.005, 0.001)
    await house.ask()
    usual = house.first.pace.usual_first
    assert usual is not None
    for _ in range(9):
        house.first.pace.waited(5.0)
    house.first.pace.waited(5.0)
    assert house.first.pace.usual_first == 5.0
    assert not house.first.pace.waited(0.001)


async def test_a_thousand_callers_at_once_never_spend_more_than_the_share_on_second_tries() -> None:
    callers, room = 1_000, 7
    slow, quick = says("At last."), says("95.2 %")
    house = House(slow, quick, percent=5.0, spent=room * MOST * 20)
    house.books.tell_at = 2 * callers  # each wants room for the first and, as that is late, for the second
    asking = [asyncio.create_task(house.ask()) for _ in range(callers)]
    await house.books.all_wanted.wait()
    await asyncio.sleep(0)
    assert quick.asked == room
    slow.let.set()
    quick.let.set()
    answers = await asyncio.gather(*asking)
    assert {answer.text for answer in answers} <= {"At last.", "95.2 %"}
    assert sum(use.hedge for _, use in house.books.settled) == room
    assert house.books.open == []
    spent = sum(COST for _, use in house.books.settled if use.hedge)
    assert spent <= 0.05 * room * MOST * 20


async def test_the_loser_hangs_up_at_once(wire: Wire, llm: LLMock) -> None:
    wire.hang = True
    llm.reply("95.2 %")
    models = ChatModels(
        access={
            "together": Access("k", "m", wire.url),
            "openai": Access("k", "gpt-4o-mini", llm.base_url("openai")),
        },
        planner=lambda **_: FixedPlanner(),
        uses=Uses(),
        spending=Books(),
        hedge_percent=5.0,
    )
    models.hedges.spent(10**9)
    for _ in range(ENOUGH):
        models.routes[0].pace.answered(0.005, 0.001)
    _, whole = await streamed(turn_model(models))
    assert whole.text == "95.2 %"
    async with asyncio.timeout(5):
        await wire.hung_up.wait()
    await models.aclose()


async def test_it_is_told_in_plain_words_counted_for_prometheus_and_is_no_failure_of_the_late_one() -> None:
    house = House(says("Never heard."), says("95.2 %", at_once=True))
    labels = {"route": "second/second", "outcome": "answered"}
    before = REGISTRY.get_sample_value("sophia_model_hedges_total", labels) or 0
    failovers = REGISTRY.get_sample_value("sophia_model_failovers_total", {"route": "first/first"}) or 0
    await house.ask()
    record = house.calls.records[0]
    meter(record)
    assert REGISTRY.get_sample_value("sophia_model_hedges_total", labels) == before + 1
    assert (REGISTRY.get_sample_value("sophia_model_failovers_total", {"route": "first/first"}) or 0) == failovers

    told = ToldCall(
        "t", "", "U1", "C1", "plan", record.policy, record.answered, record.cost, 900, TURN.now,
        orjson.loads(candidates_json(record, str)),
    )  # fmt: skip
    text = "\n".join(sentences(told))
    assert "first/first: was left, because another's first word came sooner after " in text
    assert "second/second: was asked as well, because no first word had come, and answered after " in text
    figures = figures_of([told])
    assert (figures["first/first"].failed, figures["first/first"].overtaken) == (0, 1)
    assert figures["second/second"].answered == 1


async def test_a_second_that_had_no_room_is_told_too() -> None:
    first = says("95.2 %")
    house = House(first, says("Never heard."), spent=0)
    asking = asyncio.create_task(house.ask())
    await first.listening.wait()
    await asyncio.wait([asking], timeout=0.05)
    first.let.set()
    await asking
    rows = orjson.loads(candidates_json(house.calls.records[0], str))
    told = ToldCall("t", "", "U1", "C1", "plan", "listed", "first/first", COST, 900, TURN.now, rows)
    said = "second/second: was left out as a second try beside a slow one: what such tries may cost was used up"
    assert said in "\n".join(sentences(told))
