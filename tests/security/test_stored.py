"""Stored secrets in the settings: only where the environment leaves something empty, and never in logs."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
import structlog
from langchain_core.messages import HumanMessage

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import SystemClock
from app.domain.errors import Fixable
from app.domain.names import Names
from app.gateways.models import ModelTurn
from app.house import House, open_house
from app.security.stored import secret_store, with_stored_secrets
from app.settings import Settings, declared_values
from tests.integrations.entrata.rig import KEY as ENTRATA_KEY
from tests.integrations.entrata.rig import ORG, standing

SAYS = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":'
    b'[{"index":0,"delta":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)
CANARY = "sk-stored-canary-4711"


def settings_in(folder: Path, **given: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **given)  # pyright: ignore[reportCallIssue]


async def stored(settings: Settings, **values: str) -> None:
    db = Database(settings.async_database_url)
    await upgrade(db)
    for name, value in values.items():
        await secret_store(settings, db, SystemClock()).put(settings.workspace_id, name, value)
    await db.close()


async def test_what_is_stored_fills_what_is_empty_and_the_environment_wins(db: Database, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, openai_api_key="sk-of-the-environment")
    store = secret_store(settings, db, SystemClock())
    for name in ("openai_api_key", "anthropic_api_key", "acme_api_key"):
        await store.put(settings.workspace_id, name, f"{CANARY}-{name}")
    await store.put("T-ANOTHER", "cohere_api_key", CANARY)
    filled = await with_stored_secrets(settings, db, SystemClock())
    values = declared_values(filled, ["ACME_API_KEY"])
    assert values["openai_api_key"] == "sk-of-the-environment"
    assert values["anthropic_api_key"] == f"{CANARY}-anthropic_api_key"
    assert values["acme_api_key"] == f"{CANARY}-acme_api_key"
    assert "cohere_api_key" not in values
    assert set(filled.stored) == {"anthropic_api_key", "acme_api_key"}
    assert {f"{CANARY}-anthropic_api_key", f"{CANARY}-acme_api_key"} <= set(filled.secret_values)
    assert CANARY not in repr(filled)
    assert settings.anthropic_api_key is None


async def test_a_database_that_was_never_migrated_holds_none(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    db = Database(settings.async_database_url)
    assert await with_stored_secrets(settings, db, SystemClock()) is settings
    await db.close()


async def test_a_value_that_the_setting_refuses_is_a_sentence_without_the_value(db: Database, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    await secret_store(settings, db, SystemClock()).put(settings.workspace_id, "slack_bot_token", CANARY)
    with pytest.raises(Fixable, match="SLACK_BOT_TOKEN: must start with xoxb-") as refused:
        await with_stored_secrets(settings, db, SystemClock())
    assert CANARY not in refused.value.for_people


async def test_a_connector_reaches_its_system_with_a_stored_key(tmp_path: Path) -> None:
    async with standing(tmp_path / "entrata") as stand:
        settings = settings_in(tmp_path / "data", entrata_org=ORG, entrata_base_url=stand.url)
        settings.data_dir.mkdir()
        async with open_house(settings) as house:
            assert "entrata" not in house.connectors
        await stored(settings, entrata_api_key=ENTRATA_KEY)
        async with open_house(settings) as house:
            assert (await house.connectors["entrata"].check()).state == "ok"


async def test_a_model_is_asked_with_a_stored_key_which_no_log_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(SAYS)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        settings = settings_in(tmp_path, openai_base_url=address, cache_dir=tmp_path / "cache")
        await stored(settings, openai_api_key=CANARY)
        async with open_house(settings) as house:
            said = await _ask(house)
            structlog.get_logger("test").error("refused", text=f"the key is {CANARY}")
    assert said == "Hello."
    assert f"bearer {CANARY}".encode() in heads[0].lower()
    logged = capsys.readouterr()
    assert "the key is" in logged.err
    assert CANARY not in logged.err + logged.out


async def _ask(house: House) -> str:
    async def nobody() -> Names:
        raise AssertionError("the planner was asked")

    turn = ModelTurn("t1", "T1", "U1", "D1", nobody, house.clock.now(), "America/Chicago")
    async with aclosing(house.models.for_turn(turn).pieces([HumanMessage("Hello?")], [])) as pieces:
        return "".join([str(piece.text) async for piece in pieces])
