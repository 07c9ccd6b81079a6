"""Replicate: a prediction is streamed or polled to its end, and whatever breaks is left and never taken for whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from app.domain.errors import Fixable
from app.gateways.faults import FaultKind
from app.gateways.models import ChatModels
from app.gateways.providers import Access, Deadlines, discover
from app.gateways.roads import replicate_chat
from tests.gateways import replicate
from tests.gateways.replicate import MODEL, TEXT, TOKEN, VERSION, WHOLE, Replicate, error, sse
from tests.gateways.standins import PLANNER_SAYS, QUESTION, FixedPlanner, Hand, Uses, streamed, turn_model
from tests.gateways.test_broken_connections import FAULTS as BROKEN
from tests.gateways.test_broken_connections import Breaking, answered_without

SHORT = Deadlines(connect=0.4, first_token=0.6, between=0.6, floor=0.6)
PROVIDER = discover()["replicate"]
TRANSIENT, ACCOUNT, REQUEST = FaultKind.TRANSIENT, FaultKind.ACCOUNT, FaultKind.REQUEST
CONTEXT, POLICY = FaultKind.CONTEXT, FaultKind.POLICY


@pytest.fixture
async def service() -> AsyncIterator[Replicate]:
    async with replicate.running() as made:
        yield made


def models_over(service: Replicate, **options: Any) -> ChatModels:
    async def no_pause(seconds: float) -> None: ...

    return ChatModels(
        access={"replicate": Access(TOKEN, options.pop("model", MODEL), service.url, options)},
        planner=lambda **_: FixedPlanner(),
        uses=Uses(),
        deadlines=SHORT,
        monotonic=Hand(),
        pause=no_pause,
    )


async def said(service: Replicate, messages: list[BaseMessage] | None = None, **options: Any) -> tuple[str, str, int]:
    """The text, who answered, and the input tokens."""
    models = models_over(service, **options)
    _, whole = await streamed(turn_model(models), messages or QUESTION)
    await models.aclose()
    usage = whole.usage_metadata
    return str(whole.text), whole.response_metadata["provider"], usage["input_tokens"] if usage else 0


async def test_an_answer_is_streamed_with_its_tokens(service: Replicate) -> None:
    assert await said(service) == ("".join(TEXT), "replicate", 12)
    assert service.paths == [f"/v1/models/{MODEL}/predictions"]
    assert service.created[0] == {
        "input": {"prompt": QUESTION[0].content, "max_tokens": 8192},
        "stream": True,
    }
    assert service.cancelled == []


async def test_a_conversation_is_written_out_with_the_system_prompt_apart(service: Replicate) -> None:
    talk = [SystemMessage("Be short."), HumanMessage("Hi"), AIMessage("Hello."), HumanMessage("How full?")]
    await said(service, talk)
    given = service.created[0]["input"]
    assert given["system_prompt"] == "Be short."
    assert given["prompt"] == "User: Hi\n\nAssistant: Hello.\n\nUser: How full?\n\nAssistant:"


async def test_a_model_that_cannot_stream_is_asked_how_far_it_is(
    service: Replicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate_chat, "POLL_EVERY", 0.01)
    service.stream = None
    assert await said(service) == ("".join(TEXT), "replicate", 12)


async def test_a_version_is_asked_for_by_its_own_path(service: Replicate) -> None:
    assert (await said(service, model=f"{MODEL}:{VERSION}"))[1] == "replicate"
    assert service.paths == ["/v1/predictions"]


async def test_inputs_can_be_named_as_the_model_names_them(service: Replicate) -> None:
    await said(service, replicate_input='{"max_tokens": null, "temperature": 0.1}')
    assert service.created[0]["input"] == {"prompt": QUESTION[0].content, "temperature": 0.1}


@pytest.mark.parametrize("given", ["max_tokens=1", "[1]"])
def test_inputs_that_are_no_object_are_a_clear_error(given: str) -> None:
    with pytest.raises(Fixable, match="REPLICATE_INPUT is no JSON object"):
        PROVIDER.build(Access(TOKEN, options={"replicate_input": given}), SHORT)


async def fault(service: Replicate) -> Any:
    model = PROVIDER.build(Access(TOKEN, MODEL, service.url), SHORT)
    try:
        async for _ in model.astream("hello"):
            pass
    except Exception as raised:
        return PROVIDER.fault(raised) or raised
    finally:
        await PROVIDER.close(model)
    return None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((400, REQUEST), (401, ACCOUNT), (402, ACCOUNT), (403, ACCOUNT), (404, ACCOUNT), (422, REQUEST)),
        *((status, TRANSIENT) for status in (408, 429, 500, 502, 503, 529)),
    ],
)
async def test_a_status_means_what_it_means_elsewhere(status: int, kind: FaultKind, service: Replicate) -> None:
    service.fails = (status, {"detail": "no"}, {"retry-after": "7"})
    found = await fault(service)
    assert (found.kind, found.retry_after, len(service.paths)) == (kind, 7, 1)


async def test_when_a_limit_ends_is_read_from_the_words(service: Replicate) -> None:
    service.fails = (429, {"detail": "Request was throttled. Your rate limit resets in ~30s."}, {})
    assert (await fault(service)).retry_after == 30


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (error("CUDA out of memory"), TRANSIENT),
        (sse("output", "All is") + error("CUDA out of memory"), TRANSIENT),
        (sse("done", '{"reason": "error"}'), TRANSIENT),
        (sse("output", "All is") + sse("done", '{"reason": "canceled"}'), TRANSIENT),
        (error("The prompt exceeds the maximum context of 8192 tokens"), CONTEXT),
        (error("The input or output was flagged as sensitive. Please try again. (E005)"), POLICY),
        (sse("output", "All is"), TRANSIENT),
        (WHOLE[:-1], TRANSIENT),
        ("", TRANSIENT),
    ],
)
async def test_an_error_in_the_stream_and_a_cut_one_are_known(stream: str, kind: FaultKind, service: Replicate) -> None:
    service.stream = stream
    assert (await fault(service)).kind is kind


async def test_a_prediction_that_failed_after_its_stream_is_no_answer(service: Replicate) -> None:
    service.ends_as, service.error = "failed", "worker lost"
    assert (await fault(service)).kind is TRANSIENT


@pytest.mark.parametrize("then", ["hang", "reset", "close"])
async def test_what_is_left_in_the_middle_is_cancelled_and_never_taken_for_whole(then: str, service: Replicate) -> None:
    service.stream, service.then = sse("output", "All is"), then
    text, provider, _ = await said(service)
    assert (text.startswith("All is"), text.endswith(PLANNER_SAYS), provider) == (True, True, "embedded")
    assert set(service.cancelled) == {"p1"}


async def test_a_caller_that_goes_away_cancels_the_prediction(service: Replicate) -> None:
    service.stream, service.then = sse("output", "All is"), "hang"
    models = models_over(service)
    pieces = turn_model(models).pieces(QUESTION)
    await anext(pieces)
    await pieces.aclose()
    async with asyncio.timeout(5):
        await service.cancelling.wait()
    await models.aclose()
    assert service.cancelled == ["p1"]


async def test_the_key_is_never_sent_to_an_address_that_is_not_replicates(service: Replicate) -> None:
    service.stream_url = "http://127.0.0.1:9/v1/stream/p1"
    assert (await fault(service)).detail == "the stream's address is somebody else's"


@pytest.mark.parametrize("broken", [name for name, (sent, _) in BROKEN.items() if "{words}" not in sent])
async def test_a_broken_connection_is_left_in_time(broken: str) -> None:
    breaking = Breaking(*BROKEN[broken])
    server = await asyncio.start_server(breaking.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    text, tried = await answered_without("replicate", url)
    server.close()
    for writer in breaking.held:
        writer.close()
    assert text == PLANNER_SAYS
    assert {why for _, why in tried[:-1]} == {"transient"}
    assert breaking.asked == len(tried) - 1 <= 2


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"id": "../../account", "status": "starting"}'])
async def test_an_answer_that_is_no_prediction_is_transient(body: str) -> None:
    head = f"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    breaking = Breaking(head + body)
    server = await asyncio.start_server(breaking.serve, "127.0.0.1", 0)
    broken = Replicate(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert (await fault(broken)).kind is TRANSIENT
    server.close()
