"""A running local workspace for each test, with the unmodified slack_sdk client and a driver for the people."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack

LEASING = "C07LEASING"
JEN = "U07JENNY01"
JEN_DM = "D07JENNY01"


@pytest.fixture
def config() -> SandboxConfig:
    """Override in a test module to run the workspace with other settings."""
    return SandboxConfig(retry_delays=())


@pytest.fixture
async def slack(config: SandboxConfig) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(config) as running:
        yield running


@pytest.fixture
async def people(slack: LocalSlack) -> AsyncIterator[SlackDriver]:
    async with SlackDriver(slack.url) as driver:
        yield driver


@pytest.fixture
def web(slack: LocalSlack) -> AsyncWebClient:
    """The app's Web API client."""
    return AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)


async def refusal(call: Any) -> dict[str, Any]:
    """The body of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return dict(caught.value.response.data)
