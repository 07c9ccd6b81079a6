"""Failover over the real OpenAI and Anthropic SDKs, against stand-ins on sockets."""

from __future__ import annotations

import pytest
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Delay, Fail, Match, Reply, ToolCall

from app.gateways.failover import BROKE_OFF
from app.gateways.faults import ModelsUnavailable
from app.gateways.providers import Deadlines
from tests.gateways.standins import PLANNER_SAYS, QUESTION, Providers, streamed, turn_model

OCCUPANCY = {
    "type": "function",
    "function": {
        "name": "get_occupancy",
        "description": "Occupancy of a property",
        "parameters": {"type": "object", "properties": {"property": {"type": "string"}}, "required": []},
    },
}
SHORT = Deadlines(connect=2.0, first_token=2.0, between=2.0)


def asked(llm: LLMock) -> list[str]:
    return [record.provider for record in llm.requests]


async def test_the_first_provider_answers_in_pieces_and_its_tokens_are_recorded(
    llm: LLMock, providers: Providers
) -> None:
    llm.reply("Maple Grove is 94.7% occupied today.")
    model = turn_model(providers.models())
    pieces, whole = await streamed(model)
    assert "".join(pieces) == whole.text == "Maple Grove is 94.7% occupied today."
    assert len(pieces) > 1
    assert whole.response_metadata == {
        "provider": "openai",
        "model_name": "gpt-4o-mini",
        "finish_reason": "stop",
    }
    assert [(use.provider, use.model, use.turn_id) for use in providers.uses.rows] == [
        ("openai", "gpt-4o-mini", "turn_1")
    ]
    assert providers.uses.rows[0].input_tokens > 0
    assert providers.uses.rows[0].output_tokens > 0
    assert asked(llm) == ["openai"]


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_tool_call_arrives_complete_with_its_arguments(
    llm: LLMock, providers: Providers, provider: str
) -> None:
    llm.call_tool("get_occupancy", {"property": "Maple Grove"}, text="One moment.")
    model = turn_model(providers.models(provider)).bind_tools([OCCUPANCY])
    pieces, whole = await streamed(model)
    assert "".join(pieces) == "One moment."
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == [
        ("get_occupancy", {"property": "Maple Grove"})
    ]
    assert whole.response_metadata["finish_reason"] == "tool_calls"


async def test_ainvoke_gives_the_same_message_as_the_stream(llm: LLMock, providers: Providers) -> None:
    llm.call_tool("get_occupancy", {"property": "Maple Grove"})
    message = await turn_model(providers.models()).bind_tools([OCCUPANCY]).ainvoke(QUESTION)
    assert message.tool_calls[0]["args"] == {"property": "Maple Grove"}


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529, 401, 402, 403, 404, 400, 422])
async def test_an_error_of_the_first_provider_goes_to_the_second_at_once(
    llm: LLMock, providers: Providers, status: int
) -> None:
    llm.add(Fail(status, match=Match(provider="openai")))
    llm.reply("Answered by the second.", provider="anthropic")
    pieces, whole = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == "Answered by the second."
    assert whole.response_metadata["provider"] == "anthropic"
    assert asked(llm) == ["openai", "anthropic"]
    assert providers.pauses == []
    llm.assert_resilient()


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_route_that_goes_leaves_others_at_its_address_their_connections(
    llm: LLMock, providers: Providers, provider: str
) -> None:
    leaving, staying = providers.models(provider), providers.models(provider)
    for models in (leaving, staying):
        await streamed(turn_model(models))
    await leaving.aclose()
    llm.reply("Still here.")
    pieces, whole = await streamed(turn_model(staying))
    assert ("".join(pieces), whole.response_metadata["provider"]) == ("Still here.", provider)


async def test_when_every_provider_is_down_the_embedded_planner_answers_and_it_shows(
    llm: LLMock, providers: Providers
) -> None:
    llm.outage()
    model = turn_model(providers.models())
    pieces, _ = await streamed(model)
    assert "".join(pieces) == PLANNER_SAYS
    assert model.fell_back


async def test_without_keys_the_planner_answers_and_nothing_counts_as_a_fallback(providers: Providers) -> None:
    from app.gateways.models import ChatModels
    from tests.gateways.standins import FixedPlanner

    models = ChatModels(access={}, planner=lambda **_: FixedPlanner(), uses=providers.uses)
    model = turn_model(models)
    pieces, _ = await streamed(model)
    assert "".join(pieces) == PLANNER_SAYS
    assert not model.fell_back


async def test_when_the_planner_fails_too_the_error_is_a_sentence_for_people(providers: Providers, llm: LLMock) -> None:
    llm.outage()
    providers.planner_says = ""
    with pytest.raises(ModelsUnavailable) as caught:
        await streamed(turn_model(providers.models()))
    assert "can't reach any of my models" in caught.value.for_people
    assert "RuntimeError" not in caught.value.for_people


async def test_a_lone_provider_that_stumbles_is_asked_once_more(llm: LLMock, providers: Providers) -> None:
    llm.fail(500)
    llm.reply("Second try.")
    pieces, _ = await streamed(turn_model(providers.models("openai")))
    assert "".join(pieces) == "Second try."
    assert providers.pauses == [0.3]


async def test_retry_after_rests_the_route_and_is_never_slept_out(llm: LLMock, providers: Providers) -> None:
    llm.rate_limit(times=1, retry_after=30)
    models = providers.models("openai")
    await streamed(turn_model(models))
    await streamed(turn_model(models))
    assert asked(llm) == ["openai"]
    providers.hand.at += 31
    llm.reply("Back again.")
    pieces, _ = await streamed(turn_model(models))
    assert "".join(pieces) == "Back again."
    assert providers.pauses == []


async def test_a_dead_account_is_left_alone_for_minutes(llm: LLMock, providers: Providers) -> None:
    llm.add(Fail(429, code="insufficient_quota", match=Match(provider="openai"), times=None))
    models = providers.models()
    for _ in range(3):
        await streamed(turn_model(models))
        providers.hand.at += 90
    assert asked(llm).count("openai") == 1


async def test_a_too_long_request_does_not_rest_the_route(llm: LLMock, providers: Providers) -> None:
    llm.context_overflow(times=1)
    models = providers.models()
    _, whole = await streamed(turn_model(models))
    assert whole.response_metadata["provider"] == "anthropic"
    _, whole = await streamed(turn_model(models))
    assert whole.response_metadata["provider"] == "openai"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("kind", ["disconnect", "truncate", "corrupt"])
async def test_a_stream_cut_before_any_text_was_handed_on_is_answered_by_the_next(
    llm: LLMock, providers: Providers, provider: str, kind: str
) -> None:
    getattr(llm, kind)(after_chunks=1, provider=provider)
    other = "anthropic" if provider == "openai" else "openai"
    llm.reply("Whole answer.", provider=other)
    pieces, whole = await streamed(turn_model(providers.models(provider, other)))
    assert "".join(pieces) == "Whole answer."
    assert whole.response_metadata["provider"] == other


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("kind", ["disconnect", "truncate", "corrupt"])
async def test_llmocks_own_verdict_finds_no_fault_in_how_a_broken_stream_is_handled(
    llm: LLMock, providers: Providers, provider: str, kind: str
) -> None:
    getattr(llm, kind)(after_chunks=1, provider=provider)
    await streamed(turn_model(providers.models(provider)))
    llm.assert_resilient()


TEXT = "Maple Grove is 94.7% occupied, Oakwood 91.2%, and Harbor Point 88.0% as of this morning."


@pytest.mark.parametrize("kind", ["disconnect", "truncate"])
@pytest.mark.parametrize("cut", range(2, 16, 2))
async def test_wherever_a_stream_is_cut_the_continuation_loses_and_doubles_nothing(
    llm: LLMock, providers: Providers, kind: str, cut: int
) -> None:
    llm.reply(TEXT, provider="openai")
    getattr(llm, kind)(after_chunks=cut, provider="openai")
    said = _said_before_the_cut(cut)
    llm.reply(TEXT[len(said) :], provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == TEXT


@pytest.mark.parametrize("repeats", ["the last words", "everything"])
async def test_a_continuation_that_repeats_is_trimmed(llm: LLMock, providers: Providers, repeats: str) -> None:
    llm.reply(TEXT, provider="openai")
    llm.truncate(after_chunks=9, provider="openai")
    said = _said_before_the_cut(9)
    start = len(said) - 12 if repeats == "the last words" else 0
    llm.reply(TEXT[start:], provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == TEXT


async def test_a_continuation_that_starts_over_in_other_words_ends_with_the_planner_and_says_so(
    llm: LLMock, providers: Providers
) -> None:
    llm.reply(TEXT, provider="openai")
    llm.truncate(after_chunks=9, provider="openai")
    llm.reply(TEXT[:30] + "fully leased, I believe, and that is all there is to say about it.", provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == _said_before_the_cut(9) + BROKE_OFF + PLANNER_SAYS


def _said_before_the_cut(chunks: int) -> str:
    from llmock.streaming import text_pieces

    return "".join(text_pieces(TEXT)[: chunks - 1])  # the first chunk only carries the role


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_tool_call_cut_in_its_arguments_is_never_handed_on(
    llm: LLMock, providers: Providers, provider: str
) -> None:
    other = "anthropic" if provider == "openai" else "openai"
    call = ToolCall("get_occupancy", {"property": "Maple Grove and everything around it"})
    llm.add(Reply(tool_calls=(call,), match=Match(provider=provider)))
    llm.truncate(after_chunks=4, provider=provider)
    llm.call_tool("get_occupancy", {"property": "Oakwood"}, provider=other)
    _, whole = await streamed(turn_model(providers.models(provider, other)).bind_tools([OCCUPANCY]))
    assert [call["args"] for call in whole.tool_calls] == [{"property": "Oakwood"}]


async def test_a_tool_call_stopped_by_the_length_limit_is_never_handed_on(llm: LLMock, providers: Providers) -> None:
    call = ToolCall("get_occupancy", {"property": "Maple"})
    llm.add(Reply(tool_calls=(call,), finish_reason="length", match=Match(provider="openai")))
    llm.call_tool("get_occupancy", {"property": "Oakwood"}, provider="anthropic")
    _, whole = await streamed(turn_model(providers.models()).bind_tools([OCCUPANCY]))
    assert [call["args"] for call in whole.tool_calls] == [{"property": "Oakwood"}]


async def test_arguments_that_are_not_json_go_to_the_next_provider(llm: LLMock, providers: Providers) -> None:
    llm.break_tool_call("malformed_arguments")
    llm.call_tool("get_occupancy", {"property": "Oakwood"}, provider="anthropic")
    _, whole = await streamed(turn_model(providers.models()).bind_tools([OCCUPANCY]))
    assert whole.response_metadata["provider"] == "anthropic"
    assert [call["args"] for call in whole.tool_calls] == [{"property": "Oakwood"}]


async def test_a_provider_that_says_nothing_in_time_is_left_for_the_next(llm: LLMock, providers: Providers) -> None:
    llm.add(Delay(6, match=Match(provider="openai")))
    llm.reply("In time.", provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models(deadlines=SHORT)))
    assert "".join(pieces) == "In time."


async def test_a_stream_that_stalls_is_continued_by_the_next(llm: LLMock, providers: Providers) -> None:
    llm.reply(TEXT, provider="openai")
    llm.stall(seconds=6, after_chunks=6, provider="openai")
    llm.reply(TEXT[len(_said_before_the_cut(6)) :], provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models(deadlines=SHORT)))
    assert "".join(pieces) == TEXT


async def test_warming_up_builds_every_client_before_the_first_turn(providers: Providers) -> None:
    models = providers.models()
    await models.warm()
    assert [type(route.build()).__name__ for route in models.routes] == ["PlainChatOpenAI", "OwnConnections"]


async def test_a_refused_connection_goes_to_the_next(llm: LLMock, providers: Providers) -> None:
    providers.openai = "http://127.0.0.1:9/v1"
    llm.reply("From the other.", provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == "From the other."


async def test_a_caller_that_leaves_does_not_blame_the_provider(llm: LLMock, providers: Providers) -> None:
    models = providers.models("openai")
    llm.reply(TEXT, times=None)
    stream = turn_model(models).astream(QUESTION)
    await anext(stream)
    await stream.aclose()
    assert not models.routes[0].breaker.resting
    pieces, _ = await streamed(turn_model(models))
    assert "".join(pieces) == TEXT


async def test_keys_and_provider_messages_are_in_no_log_line(
    llm: LLMock, providers: Providers, capsys: pytest.CaptureFixture[str]
) -> None:
    llm.add(Fail(401, message="Incorrect API key provided: sk-openai-secret", times=None))
    models = providers.models()
    await streamed(turn_model(models))
    printed = capsys.readouterr()
    assert "secret" not in printed.out + printed.err + repr(models.routes[0].__dict__)


async def test_content_that_was_refused_ends_as_a_refusal_and_no_other_model_is_talked_into_it(
    llm: LLMock, providers: Providers
) -> None:
    llm.add(Fail(400, code="content_filter", match=Match(provider="openai")))
    model = turn_model(providers.models())
    _, whole = await streamed(model)
    assert (whole.text, whole.response_metadata["finish_reason"]) == ("", "content_filter")
    assert asked(llm) == ["openai"]
    assert not model.fell_back
