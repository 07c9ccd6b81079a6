"""Rate limits: Slack's tiers, 429 with Retry-After, and slack_sdk's own handler getting through."""

import json
from pathlib import Path

import httpx
import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.errors import RateLimitedError
from app.sandbox.slack.rate import RateLimiter
from app.sandbox.slack.running import LocalSlack
from app.sandbox.slack.web_api.registry import load_methods

TIERS = {"Tier1": "Tier1", "Tier2": "Tier2", "Tier3": "Tier3", "Tier4": "Tier4"}


def test_each_method_is_in_the_tier_slack_publishes(shared: Path) -> None:
    published = json.loads((shared / "specs/slack/rate_limit_tiers.json").read_text())
    # Reconnecting is what tests do most, so apps.connections.open is not limited here.
    ours = {m.name: m.tier for m in load_methods().values() if m.tier in TIERS}
    wrong = {name: (tier, published[name]) for name, tier in ours.items() if published.get(name, tier) != tier}
    assert wrong == {}


def test_a_bucket_empties_and_fills_again_with_time() -> None:
    clock = [0.0]
    limiter = RateLimiter(lambda: clock[0], 1.0)
    for _ in range(20):
        limiter.take("users.list", "Tier2")
    with pytest.raises(RateLimitedError) as caught:
        limiter.take("users.list", "Tier2")
    assert caught.value.retry_after == 3
    clock[0] += caught.value.retry_after
    limiter.take("users.list", "Tier2")


def test_posting_is_limited_for_each_channel_apart() -> None:
    limiter = RateLimiter(lambda: 0.0, 1.0)
    for _ in range(10):
        limiter.take("chat.postMessage", "posting", "C1")
    with pytest.raises(RateLimitedError):
        limiter.take("chat.postMessage", "posting", "C1")
    limiter.take("chat.postMessage", "posting", "C2")


async def test_too_many_calls_get_429_and_slack_sdks_handler_waits_and_gets_through() -> None:
    config = SandboxConfig(rate_multiplier=3.0)
    async with LocalSlack(config) as slack:
        headers = {"Authorization": f"Bearer {config.bot_token}"}
        async with httpx.AsyncClient(base_url=slack.api_url, headers=headers) as http:
            answer = await http.post("users.list")
            for _ in range(500):
                if answer.status_code == 429:
                    break
                answer = await http.post("users.list")
        assert (answer.status_code, answer.json()["error"]) == (429, "ratelimited")
        assert int(answer.headers["retry-after"]) >= 1
        web = AsyncWebClient(token=config.bot_token, base_url=slack.api_url)
        web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        assert (await web.users_list())["ok"]


async def test_without_a_multiplier_nothing_is_limited() -> None:
    async with LocalSlack(SandboxConfig(rate_multiplier=None)) as slack:
        web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        for _ in range(60):
            await web.reactions_get(
                channel="C07LEASING", timestamp=(await web.chat_postMessage(channel="C07LEASING", text="x"))["ts"]
            )
