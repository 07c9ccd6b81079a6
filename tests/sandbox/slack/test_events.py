"""What the app hears: the events of everything people do, shaped like Slack's published samples."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import BOT_EVENTS, SandboxConfig
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM, LEASING


async def heard(people: SlackDriver, name: str) -> list[dict[str, Any]]:
    """The inner events of this name, in order."""
    return [d["payload"]["event"] for d in await people.deliveries() if d["name"] == name]


async def test_an_edit_is_heard_with_the_text_before_and_after(people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "one")
    await people.edit("jen", "#leasing", ts, "two")
    event = (await heard(people, "message.channels"))[-1]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["message"]["text"], event["previous_message"]["text"]) == ("two", "one")
    assert event["message"]["edited"]["user"] == JEN


async def test_a_deletion_is_heard_with_what_was_deleted(people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "oops")
    await people.delete("jen", "#leasing", ts)
    event = (await heard(people, "message.channels"))[-1]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", ts)
    assert event["previous_message"]["text"] == "oops"


async def test_a_reply_names_its_thread_and_whose_it_is(people: SlackDriver) -> None:
    root = await people.say("jen", "#leasing", "root")
    await people.say("angela", "#leasing", "reply", thread=root)
    event = (await heard(people, "message.channels"))[-1]
    assert (event["thread_ts"], event["parent_user_id"]) == (root, JEN)


async def test_a_private_channel_speaks_of_groups_and_a_direct_message_of_im(people: SlackDriver) -> None:
    await people.say("sarah", "#finance", "numbers")
    await people.say("sarah", "@Sophia", "hello")
    assert (await heard(people, "message.groups"))[0]["channel_type"] == "group"
    assert (await heard(people, "message.im"))[0]["channel_type"] == "im"


async def test_the_app_hears_its_own_messages_with_its_bot_id(web: AsyncWebClient, people: SlackDriver) -> None:
    await web.chat_postMessage(channel=JEN_DM, text="hi")
    assert (await heard(people, "message.im"))[0]["bot_id"] == "B07SOPHIA01"


async def test_a_channel_the_app_is_not_in_stays_silent_until_it_is_invited(people: SlackDriver) -> None:
    await people.say("jen", "#random", "@Sophia hello?")
    assert await people.deliveries() == []
    await people.invite_app("jen", "#random")
    [joined] = await heard(people, "member_joined_channel")
    assert (joined["user"], joined["inviter"]) == ("U07SOPHIA01", JEN)
    await people.say("jen", "#random", "@Sophia hello?")
    assert len(await heard(people, "app_mention")) == 1


async def test_a_file_is_shared_as_a_message_with_files(people: SlackDriver) -> None:
    await people.say("jen", "@Sophia", "the rent roll", files={"roll.csv": b"a,b\n"})
    [event] = await heard(people, "message.im")
    assert event["subtype"] == "file_share"
    assert [(f["name"], f["size"], f["mimetype"]) for f in event["files"]] == [("roll.csv", 4, "text/csv")]


async def test_a_reaction_is_heard_added_and_removed(people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "hello")
    await people.react("angela", "#leasing", ts, "+1")
    await people.react("angela", "#leasing", ts, "+1")
    [added], [removed] = await heard(people, "reaction_added"), await heard(people, "reaction_removed")
    assert added["item"] == removed["item"] == {"type": "message", "channel": LEASING, "ts": ts}
    assert (added["reaction"], added["item_user"]) == ("+1", JEN)


async def test_what_a_person_looks_at_is_heard_and_rides_on_their_next_direct_message(people: SlackDriver) -> None:
    await people.look_at("jen", "#leasing")
    await people.look_at("jen", "#leasing")
    [event] = await heard(people, "app_context_changed")
    entity = {"type": "slack#/types/channel_id", "value": LEASING, "team_id": "T07HEARTH1"}
    assert event["context"]["entities"] == [entity]
    await people.say("jen", "@Sophia", "what's new here?")
    assert (await heard(people, "message.im"))[0]["app_context"]["entities"] == [entity]


async def test_an_event_the_app_did_not_subscribe_to_is_not_sent() -> None:
    config = SandboxConfig(events=BOT_EVENTS - {"message.channels"}, retry_delays=())
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        await people.say("jen", "#leasing", "@Sophia hi")
        assert [d["name"] for d in await people.deliveries()] == ["app_mention"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("hi @Angela and @sophia", "hi <@U07ANGELA1> and <@U07SOPHIA01>"),
        ("see #leasing and #nowhere", "see <#C07LEASING|leasing> and #nowhere"),
        ("read https://example.com/a?b=1&c=2.", "read <https://example.com/a?b=1&amp;c=2>."),
        ("mail jen@angela.example", "mail jen@angela.example"),
        ("<@U07LUIS001> please", "<@U07LUIS001> please"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("@here water is off", "<!here> water is off"),
    ],
)
async def test_typed_text_is_stored_in_slacks_markup(people: SlackDriver, typed: str, stored: str) -> None:
    await people.say("jen", "#leasing", typed)
    [message] = await people.messages("jen", "#leasing")
    assert message["text"] == stored


SAMPLES = {
    "MessagePayload": "message.channels",
    "AppMentionPayload": "app_mention",
    "MessageChangedPayload": "message_changed",
    "MessageDeletedPayload": "message_deleted",
    "MessageFileSharePayload": "file_share",
    "AppHomeOpenedPayload": "app_home_opened",
    "ReactionAddedPayload": "reaction_added",
    "MemberJoinedChannelPayload": "member_joined_channel",
}
# Newer than the samples, or named differently in them.
NEWER = {
    "context_team_id",
    "context_enterprise_id",
    "parent_user_id",
    "user",
    "app_id",
    "blocks",
    "is_locked",
    "reply_users",
    "app_context",
    "inviter",
    "subtype",
    "channel_type",
    "team",
    "client_msg_id",
    "thread_ts",
    "event_context",
    "ts",
}


@pytest.mark.parametrize("sample", SAMPLES)
async def test_payloads_have_the_fields_of_slacks_samples_and_no_invented_ones(
    shared: Path, people: SlackDriver, sample: str
) -> None:
    ts = await people.say("jen", "#leasing", "@Sophia hello")
    await people.edit("jen", "#leasing", ts, "hello again")
    await people.react("angela", "#leasing", ts, "+1")
    await people.say("jen", "#leasing", "file", files={"a.txt": b"a"})
    await people.delete("jen", "#leasing", ts)
    await people.open_app("jen", "home")
    await people.invite_app("jen", "#random")
    payloads = [d["payload"] for d in await people.deliveries()]
    wanted = SAMPLES[sample].removeprefix("message.")
    found = [p for p in payloads if wanted in (p["event"].get("subtype"), p["event"]["type"])]
    if wanted == "channels":
        found = [p for p in payloads if p["event"]["type"] == "message" and "subtype" not in p["event"]]
    published = json.loads((shared / f"specs/slack/samples/{sample}.json").read_text())
    payload = found[0]
    assert set(payload) - set(published) <= NEWER
    assert set(payload["event"]) - set(published["event"]) <= NEWER
    assert {"token", "team_id", "api_app_id", "event_id", "event_time", "authorizations"} <= set(payload)
