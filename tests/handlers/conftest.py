"""The local workspace with a house behind it, over Socket Mode and over signed HTTP."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.db.engine import Database
from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from tests.handlers.house import House, ScriptedAgent, SmallGate, build_house, close, serve_http, serve_socket


@dataclass
class Scene:
    """Slack with people in it, and Sophia answering."""

    slack: LocalSlack
    people: SlackDriver
    house: House

    @property
    def agent(self) -> ScriptedAgent:
        return self.house.agent

    @property
    def gate(self) -> SmallGate:
        return self.house.gate


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=["socket", "http"])
def delivery(request: pytest.FixtureRequest) -> str:
    """How Slack delivers."""
    return request.param


@pytest.fixture
async def scene(sqlite_db: Database, tmp_path: Path, delivery: str) -> AsyncIterator[Scene]:
    """A started scene; each test runs once per way of delivery."""
    port = free_port()
    config = SandboxConfig(
        delivery="http" if delivery == "http" else "socket",
        request_url=f"http://127.0.0.1:{port}/slack/events",
        retry_delays=(0.0, 0.1, 0.2),
        rate_multiplier=None,
    )
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        house = await build_house(sqlite_db, tmp_path, slack.api_url)
        if delivery == "http":
            await serve_http(house, port)
        else:
            await serve_socket(house)
            await people.wait_until_connected()
        yield Scene(slack, people, house)
        await close(house)


@pytest.fixture
async def socket_scene(sqlite_db: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    """A started scene over Socket Mode only, for what does not depend on the way of delivery."""
    config = SandboxConfig(retry_delays=(0.0, 0.1, 0.2), rate_multiplier=None)
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        house = await build_house(sqlite_db, tmp_path, slack.api_url)
        await serve_socket(house)
        await people.wait_until_connected()
        yield Scene(slack, people, house)
        await close(house)
