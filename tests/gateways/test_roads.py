"""Every gateway and provider that speaks OpenAI's protocol: what is sent to it, and what its errors mean."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from app.domain.errors import Fixable
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.gathered import Gathered
from app.gateways.models import ChatModels
from app.gateways.providers import Access, Deadlines, Provider, discover
from app.gateways.route_plan import PlannedRoute
from app.gateways.routes import Route
from app.gateways.spend import Outcome, TokenEstimate
from app.gateways.terms import Capability, Terms
from app.model_setup import model_access
from tests.gateways.standins import PLANNER_SAYS, FixedPlanner, Hand, Uses, streamed, turn_model

ROADS = ("openai", "together", "huggingface", "cohere", "compatible", "openrouter", "portkey", "kong")
TRANSIENT, ACCOUNT, REQUEST = FaultKind.TRANSIENT, FaultKind.ACCOUNT, FaultKind.REQUEST
CONTEXT, POLICY = FaultKind.CONTEXT, FaultKind.POLICY


def event(data: Any) -> str:
    return f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n"


def chunk(text: str, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    return event({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


GOOD = chunk("All is well.") + chunk("", "stop") + event("[DONE]")


@dataclass
class Service:
    """Records requests and answers them with one scripted response."""

    url: str = ""
    status: int = 200
    body: str = GOOD
    kind: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.asked.append((first.split()[1], headers, json.loads(body)))
        kind = self.kind if self.status == 200 else "application/json"
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(
            f"HTTP/1.1 {self.status} X\r\ncontent-type: {kind}\r\n{more}connection: close\r\n\r\n{self.body}".encode()
        )
        await writer.drain()
        writer.close()

    def fails(self, status: int, error: dict[str, Any], **headers: str) -> None:
        self.status, self.body, self.headers = status, json.dumps({"error": error}), headers


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    yield made
    server.close()


async def ask(road: str, service: Service, **options: str) -> tuple[Provider, Exception | None]:
    """One streamed call; the error as the SDK raised it."""
    provider = discover()[road]
    model = provider.build(Access("k-own", "some-model", service.url, options), Deadlines())
    try:
        async for _ in model.astream("hello", max_tokens=64):
            pass
    except Exception as error:
        return provider, error
    finally:
        await provider.close(model)
    return provider, None


async def fault(road: str, service: Service) -> RouteFault:
    provider, error = await ask(road, service)
    assert error is not None
    found = provider.fault(error)
    assert found is not None
    return found


@pytest.mark.parametrize("road", ROADS)
async def test_every_road_is_asked_for_a_stream_of_the_configured_model(road: str, service: Service) -> None:
    _, error = await ask(road, service)
    assert error is None
    path, _, body = service.asked[0]
    assert path == "/v1/chat/completions"
    assert (body["model"], body["stream"]) == ("some-model", True)
    assert ("stream_options" in body) == (road != "cohere")
    assert ("max_completion_tokens" in body) == (road == "openai")
    assert ("max_tokens" in body) == (road != "openai")


async def test_a_route_that_does_not_stream_is_asked_for_the_whole_answer_with_its_tools(service: Service) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "All is well."}, "finish_reason": "stop"}
    service.body = json.dumps(
        {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    )
    service.kind = "application/json"
    terms = Terms(capabilities=frozenset({Capability.TOOLS}))
    route = Route(
        PlannedRoute(discover()["openai"], Access("k-own", "some-model", service.url), terms), Deadlines(), Hand()
    )
    tool = {"type": "function", "function": {"name": "get_occupancy", "parameters": {"type": "object"}}}
    gathered = Gathered()
    async for piece in route.stream([HumanMessage("hello")], [tool]):
        gathered.take(piece)
    await route.aclose()
    body = service.asked[0][2]
    assert (body.get("stream"), body["tools"]) in [(None, [tool]), (False, [tool])]
    assert gathered.whole(must_finish=True).text == "All is well."


@pytest.mark.parametrize("road", ["openai", "together", "huggingface", "cohere", "compatible", "openrouter"])
async def test_a_key_travels_as_bearer_token(road: str, service: Service) -> None:
    await ask(road, service)
    assert service.asked[0][1]["authorization"] == "Bearer k-own"


async def test_kong_gets_its_key_in_its_own_header_and_no_key_as_bearer_token(service: Service) -> None:
    await ask("kong", service)
    headers = service.asked[0][1]
    assert headers["apikey"] == "k-own"
    assert "k-own" not in headers["authorization"]


async def test_portkey_gets_its_own_key_apart_from_the_providers_key(service: Service) -> None:
    await ask("portkey", service, portkey_config="pc-1", portkey_provider="openai", portkey_provider_key="k-theirs")
    headers = service.asked[0][1]
    assert headers["x-portkey-api-key"] == "k-own"
    assert (headers["x-portkey-config"], headers["x-portkey-provider"]) == ("pc-1", "openai")
    assert headers["authorization"] == "Bearer k-theirs"


async def test_openrouter_is_told_the_fallback_models_and_to_use_no_provider_that_keeps_data(service: Service) -> None:
    await ask("openrouter", service, openrouter_fallback_models="a/one, b/two")
    body = service.asked[0][2]
    assert body["models"] == ["some-model", "a/one", "b/two"]
    assert body["provider"] == {"data_collection": "deny", "require_parameters": True}


async def test_openrouter_is_told_when_nothing_may_be_kept(service: Service) -> None:
    await ask("openrouter", service, openrouter_zdr="true")
    assert service.asked[0][2]["provider"]["zdr"] is True


async def test_what_openrouter_says_a_call_cost_comes_with_the_answer(service: Service) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "cost": 0.00014}
    last = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": usage}
    service.body = chunk("All is well.") + chunk("", "stop") + event(last) + event("[DONE]")
    provider = discover()["openrouter"]
    model = provider.build(Access("k-own", "some-model", service.url), Deadlines())
    gathered = Gathered()
    async for piece in model.astream("hello"):
        gathered.take(piece)
    await provider.close(model)
    use = gathered.use(Outcome.ANSWERED, TokenEstimate(1, 1), total_ms=1.0)
    assert (use.input_tokens, use.output_tokens, use.reported_microdollars) == (10, 5, 140)


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((400, REQUEST), (401, ACCOUNT), (402, ACCOUNT), (408, TRANSIENT), (429, TRANSIENT)),
        *((status, TRANSIENT) for status in (500, 502, 503, 529)),
    ],
)
async def test_a_status_means_the_same_on_every_road(road: str, status: int, kind: FaultKind, service: Service) -> None:
    service.fails(status, {"message": "no"}, **({"retry-after": "7"} if status == 429 else {}))
    found = await fault(road, service)
    assert found.kind is kind
    assert found.retry_after == (7 if status == 429 else None)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("road", "status", "error", "kind"),
    [
        ("openai", 403, {"message": "no"}, ACCOUNT),
        ("openai", 429, {"message": "no", "code": "insufficient_quota"}, ACCOUNT),
        ("together", 403, {"message": "too long"}, CONTEXT),
        ("cohere", 499, {"message": "cancelled"}, TRANSIENT),
        ("cohere", 400, {"message": "Too many tokens: 130000"}, CONTEXT),
        ("openrouter", 403, {"code": 403, "message": "flagged"}, POLICY),
        (
            "openrouter",
            402,
            {"code": 402, "message": "x", "metadata": {"limit_source": "openrouter_in_flight_budget"}},
            TRANSIENT,
        ),
        ("kong", 400, {"message": "x", "code": "context_length_exceeded"}, CONTEXT),
        ("portkey", 400, {"message": "x", "code": "content_filter"}, POLICY),
    ],
)
async def test_what_a_service_means_otherwise_is_known(
    road: str, status: int, error: dict[str, Any], kind: FaultKind, service: Service
) -> None:
    service.fails(status, error)
    assert (await fault(road, service)).kind is kind


@pytest.mark.parametrize(("code", "kind"), [(502, TRANSIENT), (401, ACCOUNT), (403, POLICY)])
async def test_openrouters_error_after_a_200_means_what_its_code_says(
    code: int, kind: FaultKind, service: Service
) -> None:
    service.body = ": OPENROUTER PROCESSING\n\n" + event({"error": {"code": code, "message": "provider failed"}})
    assert (await fault("openrouter", service)).kind is kind


FAULTS = {
    "200 with an error in the stream": event({"error": {"message": "no", "code": "server_error"}}),
    "a clean end without a finish reason": chunk("All is"),
    "half an event": chunk("All is") + 'data: {"id": "c1", "cho',
    "no choices at all": event("[DONE]"),
    "an error after some words": chunk("All is") + event({"error": {"message": "no", "code": "server_error"}}),
    "not JSON": event("<html>"),
}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("broken", FAULTS)
async def test_a_broken_stream_of_any_road_is_never_taken_for_whole(road: str, broken: str, service: Service) -> None:
    service.body = FAULTS[broken]

    async def no_pause(seconds: float) -> None: ...

    models = ChatModels(
        access={road: Access("k-own", "some-model", service.url)},
        planner=lambda **_: FixedPlanner(),
        uses=Uses(),
        monotonic=Hand(),
        pause=no_pause,
    )
    model = turn_model(models)
    _, whole = await streamed(model)
    await models.aclose()
    assert str(whole.text).endswith(PLANNER_SAYS)
    assert model.fell_back


def test_a_road_that_is_set_up_by_half_is_a_clear_error_at_start() -> None:
    with pytest.raises(Fixable, match="not which model"):
        model_access("kong", {"kong_url": "http://kong:8000/chat"})
    with pytest.raises(Fixable, match="not where it is"):
        model_access("compatible", {"compatible_api_key": "k", "compatible_model": "llama3"})
    with pytest.raises(Fixable, match="'kongo', which is no provider"):
        model_access("kongo", {})


def test_an_address_is_enough_for_an_endpoint_that_asks_for_no_key() -> None:
    values = {"compatible_base_url": "http://localhost:11434/v1", "compatible_model": "llama3"}
    assert model_access("openai,compatible", values) == {
        "compatible": Access("", "llama3", "http://localhost:11434/v1")
    }


def test_keys_are_never_part_of_how_access_is_printed() -> None:
    assert "k-own" not in repr(Access("k-own", options={"portkey_provider_key": "k-own"}))
