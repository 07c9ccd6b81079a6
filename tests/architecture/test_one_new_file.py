"""One new thing is one new file: each is put into a folder of its own beside the real ones, and works with no edit
elsewhere."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import structlog
from typer.testing import CliRunner

import app.cli
import app.gateways.roads
import app.integrations
import app.tools
import handlers.actions
from app.agent.prompts import PROMPTS_FOLDER, Prompts
from app.cli.doctor import examine
from app.cli.tools import every_tool
from app.db.migrate import upgrade
from app.domain.names import Names
from app.domain.principal import Role, Surface
from app.domain.turn import Conversation, Turn
from app.gateways.embedded.planner import Planner
from app.house import open_house
from app.integrations.declared.registry import all_services
from app.integrations.health import State
from app.integrations.registry import all_connectors
from app.model_setup import declared, model_access
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from app.security.people import Member, principal_of, upsert_people
from app.settings import Settings
from app.tools.core.gate import Done, Gate
from app.tools.core.registry import all_tools
from handlers.http.server import build_http
from tests.handlers.house import build_house
from tests.handlers.test_http import signed
from tests.http.scripted import answer, scripted
from tests.tools.gatehouse import ORIGIN, build_gatehouse, gate_with

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
AddFile = Callable[[Any, str, str], None]


def forget_what_was_found() -> None:
    all_tools.cache_clear()
    all_connectors.cache_clear()
    all_services.cache_clear()


@pytest.fixture
def add_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddFile]:
    """`add_file(package, name, source)`: one more module in that package, without touching its folder."""
    added: list[tuple[Any, str]] = []

    def add(package: Any, name: str, source: str) -> None:
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(textwrap.dedent(source))
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        importlib.invalidate_caches()
        forget_what_was_found()
        added.append((package, name))

    yield add
    forget_what_was_found()
    for package, name in added:
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)


async def test_a_tool_is_one_new_file(add_file: AddFile, sqlite_db: Any) -> None:
    add_file(
        app.tools,
        "count_parking",
        '''
        """Free parking spaces."""
        from pydantic import Field
        from app.domain.scopes import Scope
        from app.domain.tooling import Effect
        from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolOutput

        class Args(ToolArgs):
            level: int | None = Field(default=None, description="Garage level")

        class Spaces(ToolOutput):
            free: int

        async def run(ctx, args):
            return Spaces(free=7)

        def present(args, result):
            return Presentation(text=f"{result.free} parking spaces are free.")

        TOOL = Tool(
            name="count_parking", title="Parking", description="Count the free parking spaces in the garage.",
            args=Args, result=Spaces, effect=Effect.READ, scope=Scope.LEASING_READ, run=run, present=present,
            examples=("how many parking spaces are free", "is the garage full", "free parking spots"),
            phrases=("parking spaces left in the garage", "open parking spots", "any free parking"),
        )
        ''',
    )
    tools = all_tools()
    assert len(tools) == 42

    plan = Planner([tool.spec for tool in tools.values()]).plan(
        "how many parking spaces are free?", Names(), datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    )
    assert [call.name for call in plan.calls] == ["count_parking"]

    house = await build_gatehouse(sqlite_db)
    house.tools = dict(tools)
    gate: Gate = gate_with(house)
    outcome = await gate.call(await house.person("U-ADA"), "count_parking", {}, ORIGIN)
    assert isinstance(outcome, Done)
    assert outcome.presentation.text == "7 parking spaces are free."
    assert len(await house.audited()) == 1


CONNECTOR = '''
    """A property system that answers to one key."""
    from app.db.models.property import Property
    from app.integrations.base import ConnectorSpec, Page, Reachability, Resource, Setting

    class Acme:
        def __init__(self, given):
            self.key = given.settings["ACME_API_KEY"]

        @property
        def spec(self):
            return CONNECTOR

        async def read(self, reading):
            return Page(())

        async def check(self):
            good = self.key == "acme-secret-key"
            return Reachability("ok", "") if good else Reachability("refused", "Acme refused the key.")

        def writer(self, db):
            return None

    CONNECTOR = ConnectorSpec(
        key="acme", label="Acme", settings=(Setting("ACME_API_KEY", "API key", secret=True),),
        resources=(Resource("properties", "properties", (Property,), per_property=False),), opener=Acme,
    )
    '''


async def test_a_connector_is_one_new_file(
    add_file: AddFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_file(app.integrations, "acme", CONNECTOR)
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")

    rows = {health.integration.key: health for health in await examine(settings, offline=True, seconds=1)}
    assert (rows["acme"].state, rows["acme"].advice) == (State.NOT_SET, "set ACME_API_KEY")

    monkeypatch.setenv("ACME_API_KEY", "acme-secret-key")
    rows = {health.integration.key: health for health in await examine(settings, offline=False, seconds=1)}
    assert (rows["acme"].state, rows["acme"].integration.does) == (State.WORKS, "properties")
    async with open_house(settings) as house:
        assert "acme" in house.connectors
        structlog.get_logger("test").error("refused", text="the key is acme-secret-key")
    logged = capsys.readouterr().err
    assert "the key is" in logged
    assert "acme-secret-key" not in logged

    monkeypatch.setenv("ACME_API_KEY", "wrong")
    rows = {health.integration.key: health for health in await examine(settings, offline=False, seconds=1)}
    assert (rows["acme"].state, rows["acme"].advice) == (State.REFUSED, "Acme refused the key.")


SERVICE = """\
service: acme_boats
label: Acme Boats
area: Business systems
facts: made up
address: https://boats.acme.example
address_variable: ACME_BOATS_URL
settings:
  - {variable: ACME_BOATS_KEY, label: key, secret: true}
  - {variable: ACME_BOATS_HARBOR, label: harbor, default: main}
auth: {by: bearer, secret: ACME_BOATS_KEY}
check: GET /me
operations:
  list_acme_boats:
    title: Boats
    sentence: List the boats in the harbor
    call: GET /harbors/{ACME_BOATS_HARBOR}/boats
    effect: read
    right: leasing:read
    personal: false
    rows: boats
    noun: [boat, boats]
    text: The harbor holds {count}.
    columns: {name: {path: name, label: Name}, berth: {path: berth, label: Berth, kind: number}}
    doing: Looking into the harbor
    examples: [which boats are in the harbor, list the boats, show me all boats]
    phrases: [boats in the harbor, what boats do we have, harbor boats]
"""


class Nobody:
    """Watches no progress."""

    async def status(self, text: str) -> None: ...

    async def step(self, key: str, title: str, state: str) -> None: ...

    async def delta(self, text: str) -> None: ...

    async def personal(self) -> None: ...


async def test_a_declared_service_is_one_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A YAML file in the operator's folder and a key: a working tool, a row in doctor and in the list of tools."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "acme_boats.yaml").write_text(SERVICE)
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", services_folder=tmp_path / "services")
    rows = {health.integration.key: health for health in await examine(settings, offline=True, seconds=1)}
    assert (rows["acme_boats"].state, rows["acme_boats"].advice) == (State.NOT_SET, "set ACME_BOATS_KEY")
    assert "list_acme_boats" not in await every_tool(settings)

    found = answer(200, b'{"boats": [{"name": "Nellie", "berth": 7}, {"name": "Maud", "berth": "12"}]}')
    async with scripted(found) as harbor:
        monkeypatch.setenv("ACME_BOATS_KEY", "acme-boats-secret")
        monkeypatch.setenv("ACME_BOATS_URL", harbor.url)
        rows = {health.integration.key: health for health in await examine(settings, offline=False, seconds=5)}
        assert (rows["acme_boats"].state, rows["acme_boats"].integration.does) == (State.WORKS, "Boats")
        assert "list_acme_boats" in await every_tool(settings)
        async with open_house(settings) as house:
            await upgrade(house.db)
            await upsert_people(house.db, settings.workspace_id, [Member("U1", "Ada", frozenset({Role.ADMIN}))])
            person = await principal_of(house.db, settings.workspace_id, "U1")
            turn = Turn(
                "turn-1", person, "which boats are in the harbor?", Surface.CONSOLE, Conversation("c", "t"), NOW
            )
            answered = await house.agent.run(turn, Nobody())
            structlog.get_logger("test").error("refused", text="the key is acme-boats-secret")
            structlog.get_logger("test").error("harbor", text="the harbor is main")
    assert answered.text.startswith("The harbor holds 2 boats.")
    assert [table.rows for table in answered.tables] == [(("Nellie", 7), ("Maud", 12))]
    assert [source.system for source in answered.sources] == ["Acme Boats"]
    assert harbor.seen[-1].startswith(b"GET /harbors/main/boats HTTP/1.1")
    logged = capsys.readouterr().err
    assert "the key is" in logged and "the harbor is main" in logged
    assert "acme-boats-secret" not in logged


def test_a_model_provider_is_one_new_file(add_file: AddFile, monkeypatch: pytest.MonkeyPatch) -> None:
    add_file(
        app.gateways.roads,
        "acme",
        '''
        """Models of Acme."""
        from app.gateways.providers import Provider

        async def close(model):
            pass

        PROVIDER = Provider(
            name="acme", label="Acme", key_variable="ACME_MODELS_KEY", default_model="acme-1",
            build=lambda access, deadlines: None, fault=lambda error: None, close=close,
        )
        ''',
    )
    monkeypatch.setenv("ACME_MODELS_KEY", "key-1")
    monkeypatch.setenv("ACME_MODEL", "acme-2")
    access = model_access("acme", declared(Settings(_env_file=None)))
    assert [(name, given.api_key, given.model) for name, given in access.items()] == [("acme", "key-1", "acme-2")]


def test_a_command_is_one_new_file(add_file: AddFile) -> None:
    add_file(
        app.cli,
        "wave",
        '''
        """`sophia wave`."""
        import typer

        def register(app):
            @app.command()
            def wave() -> None:
                """Wave at everybody."""
                typer.echo("hello everybody")
        ''',
    )
    commands = app.cli.build()
    assert "Wave at everybody." in CliRunner().invoke(commands, ["--help"]).output
    assert CliRunner().invoke(commands, ["wave"]).output == "hello everybody\n"


def test_a_prompt_is_one_new_file(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(PROMPTS_FOLDER, folder)
    (folder / "greeting.md").write_text(
        "---\nid: greeting\nversion: 1\ninputs: [name]\npurpose: Greets somebody.\n---\nGood morning, {{ name }}."
    )
    assert Prompts(folder)["greeting"].render(name="Ana") == "Good morning, Ana."


async def test_a_slack_interaction_is_one_new_file(add_file: AddFile, sqlite_db: Any, tmp_path: Path) -> None:
    add_file(
        handlers.actions,
        "wave",
        '''
        """Somebody clicked on "Wave"."""
        from handlers.core.interaction import Interaction

        seen = []

        async def store(incoming, deps):
            seen.append(incoming.user_id)

        INTERACTION = Interaction("action", "wave", before_ack=store)
        ''',
    )
    click = {
        "type": "block_actions",
        "user": {"id": "U07JENNY01"},
        "team": {"id": "T07HEARTH1"},
        "actions": [{"action_id": "wave", "type": "button", "block_id": "b"}],
    }
    body = urlencode({"payload": json.dumps(click)})
    async with LocalSlack(SandboxConfig(rate_multiplier=None)) as slack:
        house = await build_house(sqlite_db, tmp_path, slack.api_url)
        web = httpx.AsyncClient(transport=httpx.ASGITransport(app=build_http(house.deps)), base_url="http://sophia")
        async with web:
            headers = signed(body) | {"content-type": "application/x-www-form-urlencoded"}
            response = await web.post("/slack/events", content=body, headers=headers)
    assert response.status_code == 200
    assert sys.modules["handlers.actions.wave"].seen == ["U07JENNY01"]
