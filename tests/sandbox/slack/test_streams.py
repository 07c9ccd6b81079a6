"""Streamed messages through slack_sdk's own ChatStream: growth, chunks, lifetime, refusals."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM, LEASING, refusal
from tests.sandbox.slack.samples import button, section


async def test_a_stream_grows_and_what_stop_brings_is_appended_not_replaced(
    web: AsyncWebClient, people: SlackDriver
) -> None:
    ts = await people.say("jen", "@Sophia", "occupancy?")
    stream = await web.chat_stream(channel=JEN_DM, thread_ts=ts, buffer_size=1)
    await stream.append(markdown_text="It is ")
    growing = await people.wait_for_message("jen", "@Sophia", lambda m: m["text"] == "It is ")
    assert growing["streaming_state"] == "in_progress"
    await stream.append(markdown_text="**94 %**")
    await stream.stop(markdown_text=".", blocks=[{"type": "actions", "elements": [button("go")]}])
    reply = await people.wait_for_reply("jen", "@Sophia", after=ts)
    assert (reply["text"], reply["streaming_state"]) == ("It is **94 %**.", "completed")
    assert [b["type"] for b in reply["blocks"]] == ["actions"]


async def test_a_stream_carries_tasks_and_a_later_update_of_a_task_replaces_it(
    web: AsyncWebClient, people: SlackDriver, slack: LocalSlack
) -> None:
    ts = await people.say("jen", "@Sophia", "occupancy?")
    stream = await web.chat_stream(channel=JEN_DM, thread_ts=ts, buffer_size=1, task_display_mode="plan")
    task = {"type": "task_update", "id": "1", "title": "Read", "status": "in_progress"}
    await stream.append(chunks=[{"type": "plan_update", "title": "Working"}, task])
    await stream.append(chunks=[{**task, "status": "complete", "output": "done"}])
    await stream.append(chunks=[{"type": "blocks", "blocks": [section("seen")]}])
    await stream.stop()
    message = slack.workspace.state.rooms[JEN_DM].messages[str(stream.ts)]
    assert message.stream is not None
    assert message.stream.plan_title == "Working"
    assert message.stream.tasks == [{"id": "1", "title": "Read", "status": "complete", "output": "done"}]
    assert message.stream.blocks[0]["text"]["text"] == "seen"


async def test_starting_a_stream_sets_the_session_to_processing_and_stopping_takes_its_status(
    web: AsyncWebClient, people: SlackDriver
) -> None:
    ts = await people.say("jen", "@Sophia", "text Maria")
    stream = await web.chat_stream(channel=JEN_DM, thread_ts=ts, buffer_size=1)
    await stream.append(markdown_text="May I?")
    assert [s["status"] for s in (await people.screen("jen"))["sessions"]] == ["processing"]
    await stream.stop(session_status="suspended")
    assert [s["status"] for s in (await people.screen("jen"))["sessions"]] == ["suspended"]


async def test_a_stream_that_is_too_old_takes_no_more_and_keeps_what_it_has() -> None:
    config = SandboxConfig(stream_lifetime=0.2, retry_delays=())
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        web = AsyncWebClient(token=config.bot_token, base_url=slack.api_url)
        ts = await people.say("jen", "@Sophia", "a long one")
        started = await web.chat_startStream(channel=JEN_DM, thread_ts=ts, markdown_text="so far")
        done = await people.wait_for_reply("jen", "@Sophia", after=ts)
        assert (done["text"], done["streaming_state"]) == ("so far", "completed")
        for call in (web.chat_appendStream, web.chat_stopStream):
            body = await refusal(call(channel=JEN_DM, ts=started["ts"], markdown_text="more"))
            assert body["error"] == "message_not_in_streaming_state"


async def test_outside_a_direct_message_a_stream_needs_its_recipient(web: AsyncWebClient, people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "@Sophia hi")
    start: dict[str, Any] = {"channel": LEASING, "thread_ts": ts, "markdown_text": "x"}
    assert (await refusal(web.chat_startStream(**start)))["error"] == "missing_recipient_user_id"
    start["recipient_user_id"] = JEN
    assert (await refusal(web.chat_startStream(**start)))["error"] == "missing_recipient_team_id"
    assert (await web.chat_startStream(**start, recipient_team_id="T07HEARTH1"))["ok"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, "no_text"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "poem", "text": "x"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "task_update", "id": "1", "title": "t", "status": "maybe"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [section("")]}]}, "invalid_blocks"),
    ],
)
async def test_a_wrong_append_is_refused_and_changes_nothing(
    web: AsyncWebClient, people: SlackDriver, more: dict[str, Any], error: str
) -> None:
    ts = await people.say("jen", "@Sophia", "hi")
    started = await web.chat_startStream(channel=JEN_DM, thread_ts=ts, markdown_text="kept")
    body = {"channel": JEN_DM, "ts": started["ts"], **more}
    assert (await refusal(web.api_call("chat.appendStream", json=body)))["error"] == error
    assert (await people.messages("jen", "@Sophia"))[-1]["text"] == "kept"


async def test_a_message_that_never_was_a_stream_takes_no_appends(web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=JEN_DM, text="x")
    body = await refusal(web.chat_appendStream(channel=JEN_DM, ts=posted["ts"], markdown_text="y"))
    assert body["error"] == "message_not_in_streaming_state"


async def test_the_stop_button_tells_the_app_which_streams_to_end(
    web: AsyncWebClient, people: SlackDriver, slack: LocalSlack
) -> None:
    ts = await people.say("jen", "@Sophia", "hi")
    started = await web.chat_startStream(channel=JEN_DM, thread_ts=ts, markdown_text="working")
    await people.stop("jen", "@Sophia", ts)
    event = next(d["payload"]["event"] for d in await people.deliveries() if d["name"] == "agent_session_stopped")
    assert (event["channel"], event["user"], event["thread_ts"]) == (JEN_DM, JEN, ts)
    assert event["streaming_message_ts"] == [started["ts"]]


async def test_a_status_clears_itself_after_its_time() -> None:
    config = SandboxConfig(status_lifetime=0.15, retry_delays=())
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        web = AsyncWebClient(token=config.bot_token, base_url=slack.api_url)
        ts = await people.say("jen", "@Sophia", "hi")
        await web.assistant_threads_setStatus(channel_id=JEN_DM, thread_ts=ts, status="is thinking…")
        await people.wait_for_screen("jen", lambda s: [x["note"] for x in s["sessions"]] == ["is thinking…"])
        await people.wait_for_screen("jen", lambda s: [x["note"] for x in s["sessions"]] == [""])


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("chat.startStream", {"channel": JEN_DM, "thread_ts": "", "markdown_text": "x", "task_display_mode": "plan"}),
        ("agents.sessions.setStatus", {"channel_id": JEN_DM, "thread_ts": "", "status": "processing"}),
        ("assistant.threads.setStatus", {"channel_id": JEN_DM, "thread_ts": "", "status": "is reading"}),
    ],
)
async def test_what_slacks_request_schema_allows_is_taken(
    shared: Path, web: AsyncWebClient, people: SlackDriver, method: str, body: dict[str, Any]
) -> None:
    body = {**body, "thread_ts": await people.say("jen", "@Sophia", "hi")}
    jsonschema.validate(body, json.loads((shared / f"specs/slack/requests/{method}.json").read_text()))
    assert (await web.api_call(method, json=body))["ok"]
