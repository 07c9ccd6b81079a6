"""An unmodified slack_sdk Socket Mode client against the local workspace, over real sockets."""

import asyncio
from typing import Any

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack


class Listener:
    """Collects requests; acknowledges them unless told not to."""

    def __init__(self, slack: LocalSlack, ignore_first: int = 0, answer: dict[str, Any] | None = None) -> None:
        web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        self.client = SocketModeClient(slack.config.app_token, web_client=web)
        self.client.socket_mode_request_listeners.append(self._on_request)
        self.seen: asyncio.Queue[SocketModeRequest] = asyncio.Queue()
        self._ignore, self._answer = ignore_first, answer

    async def _on_request(self, client: Any, request: SocketModeRequest) -> None:
        self.seen.put_nowait(request)
        if self._ignore > 0:
            self._ignore -= 1
            return
        payload = self._answer if request.accepts_response_payload else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    async def next(self) -> SocketModeRequest:
        return await asyncio.wait_for(self.seen.get(), 10)

    async def __aenter__(self) -> "Listener":
        await self.client.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()


async def test_a_direct_message_arrives_as_an_event_and_the_reply_is_seen() -> None:
    async with LocalSlack() as slack, SlackDriver(slack.url) as people, Listener(slack) as app:
        await people.wait_until_connected()
        ts = await people.say("jen", "@Sophia", "What's our occupancy?")
        request = await app.next()
        event = request.payload["event"]
        assert (request.type, event["type"], event["channel_type"]) == ("events_api", "message", "im")
        assert (event["text"], event["user"], event["ts"]) == (
            "What's our occupancy?",
            people.user("jen"),
            ts,
        )
        await app.client.web_client.chat_postMessage(channel=event["channel"], text="94.2 %", thread_ts=ts)
        reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
        assert (reply["text"], reply["thread_ts"]) == ("94.2 %", ts)


async def test_a_mention_in_a_channel_arrives_twice_as_mention_and_as_message() -> None:
    async with LocalSlack() as slack, SlackDriver(slack.url) as people, Listener(slack) as app:
        await people.wait_until_connected()
        await people.say("jen", "#leasing", "@Sophia who tours today?")
        events = [(await app.next()).payload for _ in range(2)]
        assert {e["event"]["type"] for e in events} == {"app_mention", "message"}
        assert len({e["event"]["ts"] for e in events}) == 1
        assert len({e["event_id"] for e in events}) == 2
        assert events[0]["event"]["text"].startswith("<@U07SOPHIA01>")


async def test_an_event_that_is_not_acknowledged_comes_again_with_the_same_id() -> None:
    config = SandboxConfig(ack_timeout=0.2, retry_delays=(0.0, 0.05))
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people, Listener(slack, 1) as app:
        await people.wait_until_connected()
        await people.say("jen", "@Sophia", "hello")
        first, second = await app.next(), await app.next()
        assert first.payload["event_id"] == second.payload["event_id"]
        assert (first.retry_attempt, second.retry_attempt) == (0, 1)
        assert second.retry_reason == "timeout"
        await slack.workspace.courier.settled()
        assert [(d["state"], d["attempts"]) for d in await people.deliveries()] == [("delivered", 2)]


async def test_without_a_connection_a_delivery_fails_and_the_log_says_so() -> None:
    async with LocalSlack(SandboxConfig(retry_delays=(0.0,))) as slack, SlackDriver(slack.url) as people:
        await people.say("jen", "@Sophia", "anyone there?")
        await slack.workspace.courier.settled()
        [delivery] = await people.deliveries()
        assert (delivery["state"], delivery["attempts"], delivery["reason"]) == (
            "failed",
            2,
            "connection_failed",
        )


async def test_a_refresh_makes_the_client_reconnect_and_nothing_is_lost() -> None:
    async with LocalSlack() as slack, SlackDriver(slack.url) as people, Listener(slack) as app:
        await people.wait_until_connected()
        await slack.workspace.socket_mode.refresh_all()
        await people.wait_until_connected()
        await people.say("jen", "@Sophia", "still there?")
        assert (await app.next()).payload["event"]["text"] == "still there?"


async def test_a_slash_command_carries_a_response_url_and_its_answer_is_ephemeral() -> None:
    answer = {"text": "On it."}
    async with LocalSlack() as slack, SlackDriver(slack.url) as people, Listener(slack, answer=answer) as app:
        await people.wait_until_connected()
        outcome = await people.slash("angela", "#leasing", "/sophia tours today")
        request = await app.next()
        assert outcome["delivered"]
        assert (request.type, request.payload["command"]) == ("slash_commands", "/sophia")
        assert request.payload["text"] == "tours today"
        assert request.payload["response_url"].startswith(slack.url)
        seen = await people.wait_for_message("angela", "#leasing", lambda m: m["text"] == "On it.")
        assert seen["only_for"] == people.user("angela")
        assert all(m["text"] != "On it." for m in await people.messages("jen", "#leasing"))


@pytest.mark.parametrize("ticket", ["", "made-up"])
async def test_a_socket_needs_a_ticket_that_was_issued(ticket: str) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    async with LocalSlack() as slack:
        url = slack.url.replace("http", "ws") + f"/link/?ticket={ticket}"
        with pytest.raises(InvalidStatus):
            async with connect(url):
                pass
