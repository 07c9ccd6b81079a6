"""Whole turns through the real OpenAI and Anthropic SDKs, against llmock on a socket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import pytest
from langchain_core.messages import AIMessage
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Fail, Match, Reply, ToolCall
from llmock.streaming import text_pieces
from llmock.testing import LLMockServer

from app.agent.agent import Agent
from app.agent.answering import FELL_BACK
from app.agent.limits import TurnLimits
from app.db.engine import Database
from app.domain.answer import AnswerKind
from app.gateways.models import ChatModels
from app.gateways.providers import Access
from tests.agent.town import House, Scripted, Town, Watcher, surroundings
from tests.gateways.standins import Uses

MAPLE = {"property": "Maple Grove"}
SAYS = "Maple Grove is 94.7% occupied."


@pytest.fixture
def llm() -> Iterator[LLMock]:
    with LLMockServer() as server:
        yield LLMock(server).tool_mode("off")


@pytest.fixture
async def lived(llm: LLMock, sqlite_db: Database) -> AsyncIterator[House]:
    """OpenAI first, Anthropic second, a planner that says one sentence last."""
    planner = Scripted(script=[AIMessage("The planner answers.")], endless=True)
    models = ChatModels(
        access={
            "openai": Access("sk-test", "gpt-4o-mini", llm.base_url("openai")),
            "anthropic": Access("sk-ant-test", "claude-haiku-4-5", llm.base_url("anthropic")),
        },
        planner=lambda **_: planner,
        uses=Uses(),
        pause=_no_pause,
    )
    town = Town()
    gate, around = surroundings(sqlite_db, town, models)
    yield House(sqlite_db, town, gate, Agent(around, TurnLimits(model_calls=5)), planner, Watcher())
    await models.aclose()


async def _no_pause(_: float) -> None:
    return None


def sent_to_models(llm: LLMock) -> str:
    return json.dumps([record.body for record in llm.requests])


@pytest.mark.parametrize("first_is_down", [False, True])
async def test_a_turn_with_a_tool_call_over_either_provider(llm: LLMock, lived: House, first_is_down: bool) -> None:
    if first_is_down:
        llm.add(Fail(503, times=None, match=Match(provider="openai")))
    llm.call_tool("get_occupancy", MAPLE)
    llm.reply(SAYS)
    answer = await lived.ask("How full is Maple Grove?")
    assert (answer.kind, answer.text, answer.notes) == (AnswerKind.ANSWER, SAYS, ())
    assert lived.town.ran == [("get_occupancy", "Maple Grove")]
    assert [table.title for table in answer.tables] == ["Occupancy"]
    assert {record.provider for record in llm.requests} == ({"openai", "anthropic"} if first_is_down else {"openai"})
    assert "".join(lived.watcher.deltas) == SAYS


async def test_a_stream_cut_in_the_middle_is_completed_by_the_other_provider_and_no_tool_runs_again(
    llm: LLMock, lived: House
) -> None:
    text = SAYS + " It is a fine place with many friendly people around it." * 6
    cut = 20
    said = "".join(text_pieces(text)[: cut - 1])  # the first chunk only carries the role
    llm.call_tool("get_occupancy", MAPLE)  # too short to be cut at the twentieth chunk
    llm.reply(text, provider="openai")
    llm.reply(text[len(said) :], provider="anthropic")
    llm.disconnect(after_chunks=cut, times=None, provider="openai")
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.text == text
    assert "".join(lived.watcher.deltas) == text
    assert lived.town.ran == [("get_occupancy", "Maple Grove")]
    assert [record.provider for record in llm.requests] == ["openai", "openai", "anthropic"]


async def test_when_all_providers_are_down_the_planner_answers_with_a_discreet_note(llm: LLMock, lived: House) -> None:
    llm.outage()
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.text == "The planner answers."
    assert answer.notes == (FELL_BACK,)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_model_that_calls_a_tool_that_does_not_exist_is_helped_on(
    llm: LLMock, lived: House, provider: str
) -> None:
    if provider == "anthropic":
        llm.add(Fail(503, times=None, match=Match(provider="openai")))
    llm.call_tool("fetch_occupancy_now", MAPLE)
    llm.call_tool("get_occupancy", MAPLE)
    llm.reply(SAYS)
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.text == SAYS
    assert "Did you mean get_occupancy" in sent_to_models(llm)


async def test_arguments_that_are_not_json_are_asked_for_again(llm: LLMock, lived: House) -> None:
    llm.add(Reply(tool_calls=(ToolCall("get_occupancy", MAPLE),), match=Match(provider="openai")))
    llm.break_tool_call("malformed_arguments")
    llm.add(Reply(tool_calls=(ToolCall("get_occupancy", MAPLE),), match=Match(provider="anthropic")))
    llm.add(Reply(text=SAYS, match=Match(provider="openai")))
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.text == SAYS
    assert lived.town.ran == [("get_occupancy", "Maple Grove")]


async def test_a_refusal_that_the_model_passes_over_is_told_all_the_same(llm: LLMock, lived: House) -> None:
    llm.add(
        Reply(tool_calls=(ToolCall("get_occupancy", MAPLE), ToolCall("get_occupancy", {"property": "Nowhere Place"})))
    )
    llm.reply(SAYS)
    answer = await lived.ask("How full are Maple Grove and Nowhere Place?")
    assert answer.text == SAYS
    assert [note for note in answer.notes if note.startswith("Not done: ")] == [
        "Not done: I know no property “Nowhere Place”. Did you mean it?"
    ]


async def test_an_endless_loop_of_calls_ends(llm: LLMock, lived: House) -> None:
    llm.call_tool("get_occupancy", MAPLE, times=None)
    answer = await lived.ask("How full is Maple Grove?")
    assert len(llm.requests) == 5
    assert answer.text == SAYS


async def test_empty_answers_of_all_models_are_never_silence(llm: LLMock, lived: House) -> None:
    llm.reply(" ", times=None)
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.text == "The planner answers."


async def test_a_conversation_too_long_for_one_model_is_answered_by_another(llm: LLMock, lived: House) -> None:
    llm.context_overflow(times=1)
    llm.reply("A short one.")
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.text == "A short one."
    assert [record.provider for record in llm.requests] == ["openai", "anthropic"]


async def test_a_refusal_of_the_model_is_a_plain_sentence(llm: LLMock, lived: House) -> None:
    llm.add(Reply(text="", finish_reason="content_filter"))
    answer = await lived.ask("How full is Maple Grove?")
    assert answer.kind is AnswerKind.DECLINED
    assert "can’t help with that" in answer.text


async def test_secrets_in_a_message_never_leave_for_a_provider(llm: LLMock, lived: House) -> None:
    llm.reply("Noted.")
    await lived.ask("my card is 4111 1111 1111 1111 and my ssn 123-45-6789, key sk-abcdefghijklmnop1234567890")
    sent = sent_to_models(llm)
    assert "4111" not in sent
    assert "123-45-6789" not in sent
    assert "sk-abcdefghijklmnop" not in sent
    assert "[hidden" in sent
