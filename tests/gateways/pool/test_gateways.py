"""Vectors of one model over several gateways: the same order, money and health as chat, and never another model's.
Over real sockets: each stand-in is strict about how its gateway is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from app.db.engine import Database
from app.domain.errors import Fixable, NotAllowed, RetryLater
from app.gateways.pool.pools import Pools, planned
from app.knowledge.embedders.base import Embedder
from app.knowledge.embedders.openai import EMBEDDER
from app.knowledge.embedders.registry import open_embedder
from tests.gateways.pool.test_pool import House, company

MODEL = "text-embedding-3-small"
PROMISED = {"provider": {"data_collection": "deny"}}


@dataclass
class Gateway:
    """Speaks `POST …/embeddings` of one gateway; refuses what that would refuse. `fails` are status and body of the
    next answers."""

    name: str
    headers: Mapping[str, str]
    model: str
    beside: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = MODEL
    usage: Mapping[str, Any] = field(default_factory=lambda: {"prompt_tokens": 1_000, "total_tokens": 1_000})
    fails: list[tuple[int, Any]] = field(default_factory=list)
    asked: int = 0
    url: str = ""

    async def embeddings(self, request: web.Request) -> web.Response:
        self.asked += 1
        assert {name: request.headers.get(name) for name in self.headers} == self.headers
        body: dict[str, Any] = await request.json()
        texts = body.pop("input")
        assert body == {"model": self.model, "encoding_format": "float", **self.beside}
        if self.fails:
            status, said = self.fails.pop(0)
            return web.json_response(said, status=status)
        data = [
            {"object": "embedding", "index": place, "embedding": [1.0, *[0.0] * 1535]} for place in range(len(texts))
        ]
        return web.json_response({"object": "list", "data": data, "model": self.made_by, "usage": dict(self.usage)})


def gateways() -> dict[str, Gateway]:
    made = (
        Gateway("openai", {"Authorization": "Bearer sk-own"}, MODEL),
        Gateway(
            "portkey",
            {"x-portkey-api-key": "pk-own", "x-portkey-strict-open-ai-compliance": "true"},
            f"@openai/{MODEL}",
        ),
        Gateway("openrouter", {"Authorization": "Bearer or-own"}, f"openai/{MODEL}", PROMISED, f"openai/{MODEL}"),
        Gateway("kong", {"apikey": "kong-own"}, MODEL),
    )
    return {one.name: one for one in made}


@dataclass
class Street:
    """All gateways, and a process that may ask them."""

    at: dict[str, Gateway]
    house: House
    order: tuple[str, ...] = ("openai", "portkey", "openrouter", "kong")

    def values(self, *names: str) -> dict[str, str]:
        every = {
            "openai": {"openai_api_key": "sk-own", "openai_base_url": self.at["openai"].url},
            "portkey": {
                "portkey_api_key": "pk-own",
                "portkey_base_url": self.at["portkey"].url,
                "portkey_embeddings_model": f"@openai/{MODEL}",
            },
            "openrouter": {
                "openrouter_api_key": "or-own",
                "openrouter_base_url": self.at["openrouter"].url,
                "openrouter_embeddings_model": f"openai/{MODEL}",
                "openrouter_fallback_models": "openai/gpt-5.4, anthropic/claude-sonnet-5",
            },
            "kong": {
                "kong_api_key": "kong-own",
                "kong_url": "http://127.0.0.1:9/chat",
                "kong_embeddings_url": self.at["kong"].url,
                "kong_embeddings_model": MODEL,
            },
        }
        return {name: value for one in names or self.order for name, value in every[one].items()}

    def pools(self, **kwargs: Any) -> Pools:
        pools = self.house.pools(**kwargs)
        pools.take_up({}, self.order)
        return pools

    def embedder(self, *names: str, **kwargs: Any) -> Embedder:
        return open_embedder("openai", self.values(*names), self.pools(**kwargs))

    @property
    def asked(self) -> dict[str, int]:
        return {name: one.asked for name, one in self.at.items() if one.asked}


@pytest.fixture
async def street(sqlite_db: Database) -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        at = gateways()
        for one in at.values():
            application = web.Application()
            application.router.add_post("/v1/embeddings", one.embeddings)
            runner = web.AppRunner(application)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            one.url = f"{site.name}/v1"
        house = House(sqlite_db)
        yield Street(at, house)
        for outbound in house.open_ones:
            await outbound.close()


@pytest.mark.parametrize("name", gateways())
async def test_each_gateway_is_asked_in_its_own_way(street: Street, name: str) -> None:
    vector = await street.embedder(name).question("pets?")
    assert (len(vector), street.asked) == (1536, {name: 1})
    row = street.house.uses.rows[0]
    assert (row.gateway, row.provider, row.model) == ("direct" if name == "openai" else name, "openai", MODEL)
    # 1,000 tokens at $0.02 a million, and what the gateway takes for a request.
    assert row.cost_microdollars == 20 + {"portkey": 100, "openrouter": 200}.get(name, 0)


FAULTS = {
    "broken": (500, {"error": {"message": "x"}}),
    "limited": (429, {"error": {"message": "x", "code": "rate_limit_exceeded"}}),
    "spent": (402, {"error": {"message": "x"}}),
    "bad key": (401, {"error": {"message": "x", "code": "invalid_api_key"}}),
    "unknown there": (404, {"error": {"message": "x"}}),
    "refused there": (400, {"error": {"message": "cannot use own model"}}),
    "error after 200": (200, {"error": {"message": "x", "code": 502}}),
    "no vectors": (200, {"object": "list"}),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_next_one_answers_at_once_in_the_order_of_chat(street: Street, fault: str) -> None:
    street.order = ("openrouter", "kong", "openai", "portkey")
    for name in ("openrouter", "kong", "openai"):
        street.at[name].fails.append(FAULTS[fault])
    await street.embedder(budget=company(1_000_000)).question("pets?")
    assert street.house.pauses == []
    call = street.house.trails.calls[0]
    assert [one.route for one in call.tried] == [
        f"openrouter/openai/{MODEL}",
        f"kong/{MODEL}",
        f"openai/{MODEL}",
        f"portkey/@openai/{MODEL}",
    ]
    assert call.answered == f"portkey/@openai/{MODEL}"
    billed = 0 if fault != "no vectors" else 3
    assert [one.outcome for one in street.house.uses.rows] == [*(["cut" if billed else "failed"] * 3), "answered"]
    spent, held = await street.house.window()
    assert held == 0
    assert spent == sum(one.cost_microdollars for one in street.house.uses.rows)


async def test_what_a_gateway_says_it_cost_is_what_is_booked(street: Street) -> None:
    street.at["openrouter"].usage = {"prompt_tokens": 1_000, "total_tokens": 1_000, "cost": 0.000025}
    await street.embedder("openrouter", budget=company(1_000_000)).question("pets?")
    row = street.house.uses.rows[0]
    assert (row.reported_microdollars, row.priced_microdollars, row.cost_microdollars) == (25, 20, 225)


async def test_another_models_vectors_are_never_taken(street: Street) -> None:
    street.order = ("kong", "openai")
    street.at["kong"].made_by = "text-embedding-3-large"
    embedder = street.embedder()
    for _ in range(3):
        await embedder.question("pets?")
    assert street.asked == {"kong": 1, "openai": 3}  # it would every time: left alone
    assert [one.outcome for one in street.house.uses.rows][:2] == ["cut", "answered"]


async def test_a_gateway_is_told_which_model_or_is_not_asked(street: Street) -> None:
    values = street.values()
    for name in ("portkey", "openrouter", "kong"):
        del values[f"{name}_embeddings_model"]
    assert [one.name for one in planned(_model(), values)] == [f"openai/{MODEL}"]


def test_a_gateway_that_is_told_of_another_model_is_refused_at_the_start() -> None:
    values = {"openai_api_key": "sk", "openrouter_embeddings_model": "openai/text-embedding-3-large"}
    with pytest.raises(Fixable, match="OPENROUTER_EMBEDDINGS_MODEL names 'openai/text-embedding-3-large'"):
        planned(_model(), values)


def test_kong_needs_a_route_for_vectors() -> None:
    with pytest.raises(Fixable) as told:
        planned(_model(), {"kong_url": "http://kong/chat", "kong_embeddings_model": MODEL})
    assert "KONG_EMBEDDINGS_URL" in told.value.next_step


async def test_a_gateway_is_enough_and_without_any_road_the_start_is_refused(street: Street) -> None:
    await street.embedder("kong").question("pets?")
    assert street.asked == {"kong": 1}
    with pytest.raises(Fixable, match="OPENAI_API_KEY is not set"):
        open_embedder("openai", {}, street.pools())


async def test_a_key_is_not_blamed_while_its_host_is_left_alone(street: Street) -> None:
    values = {"openai_api_key": "sk-one,sk-two,sk-three", "openai_base_url": "http://127.0.0.1:9/v1"}  # nobody is there
    with pytest.raises(RetryLater):
        await open_embedder("openai", values, street.pools()).question("pets?")
    # Five lost calls rest the host; the sixth is not sent, and says nothing about the third key.
    assert [(one.asked, one.outcome) for one in _tried(street)] == [(True, "transient")] * 5 + [(False, "resting")]


async def test_keys_of_gateways_are_in_no_error(street: Street) -> None:
    for one in street.at.values():
        one.fails += [(401, {"error": {"message": "bad key pk-own or-own sk-own kong-own"}})] * 3
    with pytest.raises(NotAllowed) as told:
        await street.embedder().question("pets?")
    assert "-own" not in f"{told.value} {told.value.for_people} {_tried(street)}"


def _tried(street: Street) -> list[Any]:
    return [one for call in street.house.trails.calls for one in call.tried]


def _model() -> Any:
    return EMBEDDER.model
