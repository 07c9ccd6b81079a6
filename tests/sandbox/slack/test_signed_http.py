"""Events, interactions and commands over HTTP: signatures slack_sdk verifies, retries, headers, refusals."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.samples import button


@dataclass
class Endpoint:
    """The app's request URL: keeps what came, answers as told."""

    answer: Callable[[int], web.Response] = lambda _: web.Response(text="")
    delay: float = 0.0
    url: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append(({k.lower(): v for k, v in request.headers.items()}, await request.read()))
        if self.delay and len(self.seen) == 1:
            await asyncio.sleep(self.delay)
        return self.answer(len(self.seen))


@asynccontextmanager
async def serving(endpoint: Endpoint) -> AsyncIterator[Endpoint]:
    app = web.Application()
    app.router.add_post("/slack/events", endpoint.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    endpoint.url = f"http://{host}:{port}/slack/events"
    try:
        yield endpoint
    finally:
        await runner.cleanup()


@asynccontextmanager
async def world(endpoint: Endpoint, **settings: Any) -> AsyncIterator[tuple[LocalSlack, SlackDriver]]:
    settings = {"retry_delays": (0.0, 0.02), "ack_timeout": 0.5} | settings
    async with serving(endpoint):
        config = SandboxConfig(delivery="http", request_url=endpoint.url, **settings)
        async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
            yield slack, people


async def test_an_event_is_signed_so_that_slack_sdk_accepts_it_and_a_changed_byte_is_noticed() -> None:
    endpoint = Endpoint()
    async with world(endpoint) as (slack, people):
        await people.say("jen", "@Sophia", "hello")
        await slack.workspace.courier.settled()
        [(headers, body)] = endpoint.seen
        verifier = SignatureVerifier(slack.config.signing_secret)
        assert verifier.is_valid_request(body, headers)
        assert not verifier.is_valid_request(body.replace(b"hello", b"jello"), headers)
        assert json.loads(body)["event"]["text"] == "hello"
        assert "x-slack-retry-num" not in headers


async def test_a_failing_app_gets_the_event_again_with_number_and_reason() -> None:
    endpoint = Endpoint(answer=lambda n: web.Response(status=500 if n < 3 else 200))
    async with world(endpoint) as (slack, people):
        await people.say("jen", "@Sophia", "hello")
        await slack.workspace.courier.settled()
        retries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in endpoint.seen]
        assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
        assert len({json.loads(body)["event_id"] for _, body in endpoint.seen}) == 1
        [delivery] = await people.deliveries()
        assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)


async def test_an_app_that_is_too_slow_gets_a_retry_named_timeout() -> None:
    endpoint = Endpoint(delay=0.4)
    async with world(endpoint, ack_timeout=0.15) as (slack, people):
        await people.say("jen", "@Sophia", "hello")
        await slack.workspace.courier.settled()
        assert endpoint.seen[1][0]["x-slack-retry-reason"] == "http_timeout"


async def test_no_retry_in_the_answer_ends_it() -> None:
    endpoint = Endpoint(answer=lambda _: web.Response(status=500, headers={"X-Slack-No-Retry": "1"}))
    async with world(endpoint) as (slack, people):
        await people.say("jen", "@Sophia", "hello")
        await slack.workspace.courier.settled()
        assert len(endpoint.seen) == 1
        assert (await people.deliveries())[0]["state"] == "failed"


async def test_an_app_that_is_down_is_shown_as_failed() -> None:
    config = SandboxConfig(delivery="http", request_url="http://127.0.0.1:9/slack/events", retry_delays=(0.0,))
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        await people.say("jen", "@Sophia", "hello")
        await slack.workspace.courier.settled()
        [delivery] = await people.deliveries()
        assert (delivery["state"], delivery["reason"], delivery["attempts"]) == ("failed", "connection_failed", 2)


async def test_a_slash_command_comes_as_a_form_and_a_plain_text_answer_is_shown_to_one_person() -> None:
    endpoint = Endpoint(answer=lambda _: web.Response(text="On it."))
    async with world(endpoint) as (_, people):
        await people.slash("jen", "#leasing", "/sophia who is late & where?")
        form = parse_qs(endpoint.seen[0][1].decode())
        assert (form["command"], form["text"]) == (["/sophia"], ["who is late &amp; where?"])
        assert form["channel_name"] == ["leasing"]
        answer = await people.wait_for_message("jen", "#leasing", lambda m: m["text"] == "On it.")
        assert answer["only_for"] == people.user("jen")


async def test_a_command_that_fails_tells_the_person_like_slackbot() -> None:
    endpoint = Endpoint(answer=lambda _: web.Response(status=500))
    async with world(endpoint) as (_, people):
        await people.slash("jen", "#leasing", "/sophia hi")
        told = await people.wait_for_message("jen", "#leasing", lambda m: "dispatch_failed" in m["text"])
        assert (told["username"], told["only_for"]) == ("Slackbot", people.user("jen"))


async def test_a_click_comes_as_a_payload_form_field() -> None:
    endpoint = Endpoint()
    async with world(endpoint) as (slack, people):
        from slack_sdk.web.async_client import AsyncWebClient

        client = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        block = {"type": "actions", "block_id": "b", "elements": [button("go", value="42")]}
        await client.chat_postMessage(channel="D07JENNY01", text="t", blocks=[block])
        [message] = await people.messages("jen", "@Sophia")
        await people.click("jen", message, "go")
        payloads = [parse_qs(body.decode()) for headers, body in endpoint.seen if b"block_actions" in body]
        payload = json.loads(payloads[0]["payload"][0])
        assert [(a["action_id"], a["value"]) for a in payload["actions"]] == [("go", "42")]


async def test_the_address_is_verified_by_its_challenge() -> None:
    endpoint = Endpoint()

    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"challenge": (await request.json())["challenge"]})

    endpoint.handle = echo  # type: ignore[method-assign]
    async with world(endpoint) as (slack, _):
        assert slack.workspace.signed_http is not None
        assert await slack.workspace.signed_http.verify_url("token", "abc123")
    silent = Endpoint()
    async with world(silent) as (slack, _):
        assert slack.workspace.signed_http is not None
        assert not await slack.workspace.signed_http.verify_url("token", "abc123")


@pytest.mark.parametrize("url", ["https://example.com/slack", "http://10.0.0.5/slack", "http://[2001:db8::1]/"])
def test_the_workspace_never_sends_to_another_machine(url: str) -> None:
    with pytest.raises(ValueError, match="only sends to this machine"):
        LocalSlack(SandboxConfig(delivery="http", request_url=url))
