"""A routes file in a house and in the doctor, and what its fields change on the wire."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.cli.doctor import examine
from app.domain.errors import Fixable
from app.gateways.models import ChatModels
from app.gateways.money.price_tables import PriceTables
from app.gateways.providers import Access, discover
from app.gateways.route_plan import PlannedRoute, RoutePlan
from app.gateways.spend import OwnPrice
from app.gateways.terms import Capability, Terms
from app.house import open_house
from app.integrations.health import State
from app.model_setup import declared, own_variables
from app.settings import Settings, storable
from tests.gateways.standins import FixedPlanner, Uses, streamed, turn_model
from tests.gateways.test_roads import Service, service

__all__ = ["service"]  # the fixture

ROUTES = """
[[route]]
provider = "openai"
model = "gpt-5.4-mini"
key = "OPENAI_TEAM_KEY"
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("OPENAI_TEAM_KEY", "sk-team-0123456789-number-one, sk-team-0123456789-number-two")
    file = tmp_path / "models.toml"
    file.write_text(ROUTES)
    return Settings(_env_file=None, data_dir=tmp_path / "data", model_routes_file=file)


async def test_a_house_asks_the_routes_of_the_file_and_keeps_their_keys_out_of_the_log(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_house(settings) as house:
        assert [one.name for one in house.models.routes] == ["openai/gpt-5.4-mini", "openai/gpt-5.4-mini#2"]
        structlog.get_logger("test").error("refused", text="the key sk-team-0123456789-number-two was refused")
    logged = capsys.readouterr().err
    assert "was refused" in logged
    assert "number-two" not in logged


async def test_a_house_with_a_wrong_file_does_not_start(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(ROUTES + 'clas = "small"\n')
    with pytest.raises(Fixable, match=r"`clas` is no field; did you mean `class`\?"):
        async with open_house(settings):
            pass


async def test_the_doctor_lists_the_routes_and_what_is_wrong_with_them(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = await examine(settings, offline=True, seconds=1)
    assert first.state is State.SET
    assert "openai/gpt-5.4-mini" in first.integration.does

    monkeypatch.setenv("OPENAI_TEAM_KEY", "sk-team-0123456789-number-one, something else")
    first, *_ = await examine(settings, offline=True, seconds=1)
    assert first.state is State.MALFORMED
    assert first.advice == "openai/gpt-5.4-mini#2: OPENAI_TEAM_KEY should look like sk-…"

    (tmp_path / "models.toml").write_text(ROUTES + "window = 3\n")
    first, *others = await examine(settings, offline=True, seconds=1)
    assert first.state is State.MALFORMED
    assert "line 6, route 1 (gpt-5.4-mini): `window`" in first.advice
    assert others


def test_the_variable_that_a_route_names_may_be_stored(settings: Settings) -> None:
    assert "openai_team_key" in storable(own_variables(settings))
    assert declared(settings)["openai_team_key"].startswith("sk-team")


def test_the_price_of_a_route_is_the_one_in_its_file() -> None:
    price = OwnPrice(Decimal("0.1"), Decimal("0.4"), cached=Decimal("0.05"))
    plan = RoutePlan((PlannedRoute(discover()["openai"], Access("k", "gpt-5.4-mini"), Terms(price=price)),))
    models = ChatModels(access=plan, planner=lambda **_: FixedPlanner(), uses=Uses())
    rates = PriceTables().rates(models.routes[0].facts, date(2026, 11, 1))
    assert rates is not None
    assert (rates.input.base, rates.output.base, rates.cached.base) == (Decimal("0.1"), Decimal("0.4"), Decimal("0.05"))
    assert (rates.cache_write.base, rates.origin) == (Decimal("0.1"), "the routes file")


async def test_a_route_that_cannot_stream_is_asked_for_its_whole_answer(service: Service) -> None:
    made: dict[str, Any] = {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "All is well."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13},
    }
    service.body, service.headers = json.dumps(made), {}
    service.kind = "application/json"
    terms = Terms(capabilities=frozenset({Capability.TOOLS}))
    plan = RoutePlan((PlannedRoute(discover()["compatible"], Access("k", "m", service.url), terms),))
    async with _models(plan) as models:
        model = turn_model(models)
        pieces, whole = await streamed(model)
    assert pieces == ["All is well."]
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] == 4
    assert not service.asked[0][2].get("stream")
    assert model.trail.tried == [("compatible/m", "answered")]


@asynccontextmanager
async def _models(plan: RoutePlan) -> AsyncIterator[ChatModels]:
    models = ChatModels(access=plan, planner=lambda **_: FixedPlanner(), uses=Uses())
    try:
        yield models
    finally:
        await models.aclose()
