"""Keys and routes that change while a process runs, and keys that are no good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from langchain_core.messages import HumanMessage
from sqlalchemy import select

from app import model_setup
from app.cli.doctor import embedder_keys, examine, model_routes
from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models.spending import SpendWindow
from app.domain.clock import FixedClock, SystemClock
from app.gateways.admission import OverLimit
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.models import ChatModels
from app.gateways.providers import Access, discover
from app.gateways.route_plan import RoutePlan, in_order, rotated
from app.house import House, open_house
from app.http.outbound import Outbound
from app.integrations import catalog
from app.integrations.catalog import Probe
from app.integrations.health import State
from app.model_setup import turned
from app.security.stored import secret_store
from app.settings import Settings, load_settings
from tests.gateways.standins import TURN, FixedPlanner, Uses, streamed, turn_model
from tests.gateways.test_roads import Service, service

__all__ = ["service"]  # the fixture

ONE, TWO, THREE = "sk-one-0123456789abcdef", "sk-two-0123456789abcdef", "sk-three-0123456789abcd"


@pytest.fixture
def dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service) -> Callable[[str], None]:
    """Writes the `.env` of the working folder, which begins with one key for a service on a socket."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPATIBLE_BASE_URL", service.url)
    monkeypatch.setenv("COMPATIBLE_MODEL", "m")
    monkeypatch.setenv("MODEL_ORDER", "compatible")

    def write(text: str) -> None:
        (tmp_path / ".env").write_text(text)

    write(f"COMPATIBLE_API_KEY={ONE}\n")
    return write


@asynccontextmanager
async def opened() -> AsyncIterator[House]:
    settings = load_settings()
    settings.data_dir.mkdir(exist_ok=True)
    db = Database(settings.async_database_url)
    await upgrade(db)
    await db.close()
    async with open_house(settings) as house:
        yield house


async def key_used(house: House, service: Service) -> str:
    """The key that the next call goes out with."""
    await streamed(turn_model(house.models))
    return service.asked[-1][1]["authorization"].removeprefix("Bearer ")


async def test_a_key_that_changed_in_env_is_used_without_a_restart_and_kept_out_of_the_log(
    dotenv: Callable[[str], None], service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened() as house:
        assert await key_used(house, service) == ONE
        dotenv(f"COMPATIBLE_API_KEY={TWO}\n")
        await house.upkeep.look()
        assert await key_used(house, service) == TWO
        structlog.get_logger("test").error("said", text=f"{ONE} and {TWO}")
    logged = capsys.readouterr().err
    assert "model_route_taken_up" in logged
    assert ONE not in logged
    assert TWO not in logged


async def test_a_stored_secret_that_changed_is_used_without_a_restart(
    dotenv: Callable[[str], None], service: Service
) -> None:
    dotenv("")

    async def nothing(session: object) -> None:
        pass

    async with opened() as house:
        store = secret_store(house.settings, house.db, house.clock)
        for key in (ONE, TWO):
            await store.put(house.settings.workspace_id, "compatible_api_key", key, nothing)
            await house.upkeep.look()
            assert await key_used(house, service) == key


async def test_a_key_that_was_added_takes_over_from_one_that_is_limited(
    dotenv: Callable[[str], None], service: Service
) -> None:
    async with opened() as house:
        first = house.models.routes[0]
        first.breaker.failed(RouteFault(FaultKind.TRANSIENT, "HTTP 429", retry_after=60))
        dotenv(f"COMPATIBLE_API_KEY={ONE},{THREE}\n")
        await house.upkeep.look()
        assert house.models.routes[0] is first  # what is known of its health stays
        assert await key_used(house, service) == THREE


async def test_a_call_that_is_on_its_way_ends_on_the_key_it_began_with(
    dotenv: Callable[[str], None], service: Service
) -> None:
    async with opened() as house:
        async with aclosing(turn_model(house.models).pieces([HumanMessage("Hello?")])) as pieces:
            said = str((await anext(pieces)).text)
            dotenv(f"COMPATIBLE_API_KEY={TWO}\n")
            await house.upkeep.look()
            async for piece in pieces:
                said += str(piece.text)
        assert said == "All is well."
        assert [headers["authorization"] for _, headers, _ in service.asked] == [f"Bearer {ONE}"]


async def test_settings_that_became_wrong_change_nothing_and_are_told_once(
    dotenv: Callable[[str], None], service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened() as house:
        dotenv(f"COMPATIBLE_API_KEY={TWO}\nMODEL_ROUTES_FILE=nowhere.toml\n")
        await house.upkeep.look()
        await house.upkeep.look()
        assert await key_used(house, service) == ONE
        dotenv(f"COMPATIBLE_API_KEY={TWO}\n")
        await house.upkeep.look()
        assert await key_used(house, service) == TWO
    assert capsys.readouterr().err.count("model_routes_not_taken_up") == 1


def access(keys: str) -> RoutePlan:
    return in_order({"openai": Access(keys, "m"), "together": Access("t", "n")}, discover())


async def test_limits_budgets_prices_and_second_tries_hold_as_soon_as_they_are_changed(
    dotenv: Callable[[str], None],
) -> None:
    async with opened() as house:
        assert (house.models.hedges.wanted, await house.budgets.all()) == (False, [])
        dotenv(
            f"COMPATIBLE_API_KEY={ONE}\nAI_BUDGET=400\nMODEL_PRICES=m=2/4\nMODEL_HEDGE_PERCENT=5\nMODEL_USER_LIMIT=1\n"
        )
        await house.upkeep.look()
        assert house.models.hedges.percent == 5
        assert [one.limit_microdollars for one in await house.budgets.all()] == [400_000_000]
        turn = replace(TURN, workspace_id=house.settings.workspace_id)
        await streamed(house.models.for_turn(turn))
        with pytest.raises(OverLimit):
            await streamed(house.models.for_turn(turn))
        async with house.db.reading() as session:
            held = (await session.execute(select(SpendWindow))).scalar_one()
        assert held.spent_microdollars + held.held_microdollars > 0


def test_the_next_key_of_a_pool_comes_first_when_its_time_has_come() -> None:
    plan = access("a,b,c")
    keys = [[one.access.api_key for one in rotated(plan, turn).routes] for turn in range(4)]
    assert keys == [["a", "b", "c", "t"], ["b", "c", "a", "t"], ["c", "a", "b", "t"], ["a", "b", "c", "t"]]
    settings = Settings(_env_file=None, model_key_hours=6)
    firsts = {
        hour: turned(plan, settings, FixedClock(datetime(2026, 11, 30, hour, tzinfo=UTC))).routes[0].name
        for hour in (0, 5, 6, 12, 18)
    }
    assert firsts[0] == firsts[5]
    assert len({firsts[0], firsts[6], firsts[12]}) == 3
    assert firsts[18] == firsts[0]


async def test_a_rotated_pool_asks_the_other_key_and_keeps_what_is_known_of_both(service: Service) -> None:
    plan = in_order({"compatible": Access("a,b", "m", service.url)}, discover())
    models = ChatModels(access=plan, planner=lambda **_: FixedPlanner(), uses=Uses())
    first, second = models.routes
    assert models.take_up(rotated(plan, 1)) == []
    assert models.routes == (second, first)
    await streamed(turn_model(models))
    await models.aclose()
    assert service.asked[0][1]["authorization"] == "Bearer b"


@pytest.fixture
async def vendor(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The check of OpenAI's keys goes to a service on a socket, which takes ONE and refuses any other."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        taken = f"authorization: bearer {ONE}\r\n".encode() in head.lower()
        status = b"200 OK" if taken else b"401 Unauthorized"
        writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    probe = Probe("{openai_probe}/models", headers={"Authorization": "Bearer {openai_api_key}"})
    rows = tuple(replace(row, probe=probe) if row.key == "openai" else row for row in catalog.catalog())
    real = model_setup.declared
    monkeypatch.setattr(model_setup, "catalog", lambda: rows)
    monkeypatch.setattr(model_setup, "declared", lambda settings: {**real(settings), "openai_probe": address})
    yield address
    server.close()


async def test_the_doctor_and_a_starting_process_find_the_key_of_a_pool_that_is_refused(
    vendor: str, dotenv: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODEL_ORDER", "openai")
    dotenv(f"OPENAI_API_KEY={ONE}, {TWO}\n")
    settings = load_settings()
    values = model_setup.declared(settings)
    outbound = Outbound(SystemClock())
    routes, _ = await model_routes(settings, SystemClock(), outbound, 2)
    await outbound.close()
    assert values["openai_probe"] == vendor
    assert routes.state is State.REFUSED
    assert routes.advice == "openai/gpt-5.4-mini#2: the service refused the key (HTTP 401)"

    async with opened() as house:
        await house.upkeep.look()
        good, bad = house.models.routes
        assert not good.breaker.resting
        assert (bad.breaker.resting, bad.breaker.reason) == (True, "account")
    logged = capsys.readouterr().err
    assert "model_key_refused" in logged
    assert TWO not in logged


async def test_the_keys_of_an_embedder_are_checked_as_those_of_chat_models_are(
    vendor: str, dotenv: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODEL_ORDER", "anthropic")
    monkeypatch.setenv("EMBEDDER", "openai")
    dotenv(f"OPENAI_API_KEY={ONE}, {TWO}\n")
    settings = load_settings()
    outbound = Outbound(SystemClock())
    found = await embedder_keys(settings, SystemClock(), model_setup.declared(settings), outbound, 2)
    await outbound.close()
    assert (found.state, found.advice) == (
        State.REFUSED,
        "openai/text-embedding-3-small#2: the service refused the key (HTTP 401)",
    )
    async with opened() as house:
        await house.upkeep.look()
    logged = capsys.readouterr().err
    assert "route=openai/text-embedding-3-small#2" in logged
    assert TWO not in logged


@pytest.mark.parametrize(
    ("given", "state", "says"),
    [
        ({"EMBEDDER": "minilm"}, State.BUILT_IN, "in this process"),
        ({"EMBEDDER": "openai"}, State.INCOMPLETE, "OPENAI_API_KEY is not set"),
        ({"EMBEDDER": "openai", "OPENAI_API_KEY": ONE}, State.SET, "text-embedding-3-small ($0.02 a million tokens)"),
        ({"EMBEDDER": "openai", "OPENAI_API_KEY": "short"}, State.MALFORMED, "should look like sk-…"),
        ({"EMBEDDER": "huggingface", "HUGGINGFACE_API_KEY": "hf_0123456789abcdefgh"}, State.SET, "price unknown"),
        (
            {"EMBEDDER": "huggingface", "HUGGINGFACE_API_KEY": "hf_0123456789abcdefgh", "AI_BUDGET": "5"},
            State.INCOMPLETE,
            "set its price in MODEL_PRICES",
        ),
    ],
)
async def test_the_doctor_tells_of_the_embedder(
    given: dict[str, str], state: State, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    found = await embedder_keys(settings, SystemClock(), model_setup.declared(settings), None, 1)
    assert found.state is state
    assert says in found.advice + found.integration.does


async def test_the_doctor_tells_where_two_price_sources_disagree(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL_ORDER", "together")
    monkeypatch.setenv("TOGETHER_API_KEY", "k" * 20)
    monkeypatch.setenv("TOGETHER_MODEL", "meta-llama/Llama-3.3-70B-Instruct-Turbo")
    told, _ = await model_routes(load_settings(), SystemClock(), None, 1)
    assert "input $0.88/M tokens, a second source says $1.04/M" in told.integration.does
    monkeypatch.setenv("MODEL_PRICES", "meta-llama/Llama-3.3-70B-Instruct-Turbo=0.88/0.88")
    sure, _ = await model_routes(load_settings(), SystemClock(), None, 1)
    assert "second source" not in sure.integration.does


async def test_a_key_that_looks_wrong_is_named_without_asking_anybody(
    dotenv: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_ORDER", "openai")
    monkeypatch.setenv("OPENAI_API_KEY", f"{ONE}, not-a-key")
    settings = load_settings()
    settings.data_dir.mkdir(exist_ok=True)
    first, *_ = await examine(settings, offline=True, seconds=1)
    assert first.state is State.MALFORMED
    assert first.advice == "openai/gpt-5.4-mini#2: OPENAI_API_KEY should look like sk-…"
    assert "not-a-key" not in str(first)


async def test_a_key_for_another_address_is_not_shown_to_the_vendor(
    service: Service,
) -> None:
    plan = in_order({"openai": Access(ONE, "m", "http://127.0.0.1:9/v1")}, discover())
    assert await model_setup.check_keys(plan.routes, {}, None) == {}
