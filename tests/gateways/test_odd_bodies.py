"""A 200 that is no answer: errors inside the body or the stream, empty bodies, half JSON, silence."""

from __future__ import annotations

import json

import pytest
from llmock.pytest_plugin import LLMock

from app.gateways.providers import Deadlines
from tests.gateways.conftest import Wire
from tests.gateways.standins import Providers, streamed, turn_model


def chunk(**delta: object) -> str:
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps({**body, 'choices': [{'index': 0, 'delta': delta, 'finish_reason': None}]})}\n\n"


DONE = "data: [DONE]\n\n"
ERROR_EVENT = 'data: {"error": {"message": "upstream broke", "code": 502}}\n\n'
FINISH = chunk().replace('"finish_reason": null', '"finish_reason": "stop"')
OPENAI_BODIES = {
    "an error object instead of a stream": ('{"error": {"message": "no", "code": "server_error"}}', "application/json"),
    "an error as the first event": (ERROR_EVENT, "text/event-stream"),
    "nothing": ("", "text/event-stream"),
    "only the end mark": (DONE, "text/event-stream"),
    "a finish without any content": (chunk(role="assistant") + FINISH + DONE, "text/event-stream"),
    "half an event": (chunk(role="assistant") + 'data: {"id": "c", "cho', "text/event-stream"),
    "no choices": ('data: {"id": "c", "choices": []}\n\n' + DONE, "text/event-stream"),
    "a web page": ("<html><body>Bad gateway</body></html>", "text/html"),
    "text without a finish reason": (chunk(role="assistant", content="") + DONE, "text/event-stream"),
}


@pytest.mark.parametrize("what", OPENAI_BODIES)
async def test_a_200_that_is_no_answer_goes_to_the_next_provider(
    llm: LLMock, providers: Providers, wire: Wire, what: str
) -> None:
    wire.says(OPENAI_BODIES[what][0], content_type=OPENAI_BODIES[what][1])
    providers.openai = wire.url + "/v1"
    llm.reply("A real answer.", provider="anthropic")
    pieces, whole = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == "A real answer."
    assert whole.response_metadata["provider"] == "anthropic"
    assert wire.requests == 1


async def test_an_error_event_after_text_is_continued_by_the_next(
    llm: LLMock, providers: Providers, wire: Wire
) -> None:
    wire.says(chunk(role="assistant", content="Maple Grove is 94.7%") + ERROR_EVENT)
    providers.openai = wire.url + "/v1"
    llm.reply(" occupied as of this morning.", provider="anthropic")
    pieces, _ = await streamed(turn_model(providers.models()))
    assert "".join(pieces) == "Maple Grove is 94.7% occupied as of this morning."


@pytest.mark.parametrize(
    ("error", "asked_again_after_two_minutes"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, True),
        ({"type": "authentication_error", "message": "invalid x-api-key"}, False),
        ({"type": "invalid_request_error", "message": "Your credit balance is too low to access the API"}, False),
    ],
)
async def test_an_error_event_of_anthropic_after_a_200_is_read_by_its_type(
    llm: LLMock, providers: Providers, wire: Wire, error: dict[str, str], asked_again_after_two_minutes: bool
) -> None:
    wire.says(f"event: error\ndata: {json.dumps({'type': 'error', 'error': error})}\n\n")
    providers.anthropic = wire.url
    models = providers.models("anthropic", "openai")
    for _ in range(2):
        _, whole = await streamed(turn_model(models))
        assert whole.response_metadata["provider"] == "openai"
        providers.hand.at += 120
    assert wire.requests == (2 if asked_again_after_two_minutes else 1)


async def test_a_provider_that_takes_the_request_and_never_answers_is_left_in_time(
    llm: LLMock, providers: Providers, wire: Wire
) -> None:
    wire.hang = True
    providers.openai = wire.url + "/v1"
    llm.reply("Answered.", provider="anthropic")
    deadlines = Deadlines(connect=2.0, first_token=2.0, between=2.0)
    pieces, _ = await streamed(turn_model(providers.models(deadlines=deadlines)))
    assert "".join(pieces) == "Answered."
