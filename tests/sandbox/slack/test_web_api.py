"""The Web API through the unmodified slack_sdk: what it answers and what it refuses, with Slack's codes."""

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import BOT_SCOPES, SandboxConfig
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM, LEASING, refusal


async def test_auth_test_names_the_team_and_the_bot(web: AsyncWebClient) -> None:
    body = (await web.auth_test()).data
    assert (body["team_id"], body["user_id"], body["bot_id"]) == ("T07HEARTH1", "U07SOPHIA01", "B07SOPHIA01")


async def test_a_call_without_a_token_and_one_with_a_wrong_token_are_told_apart(slack: LocalSlack) -> None:
    async with httpx.AsyncClient(base_url=slack.api_url) as http:
        nothing = (await http.post("chat.postMessage", json={"channel": LEASING, "text": "x"})).json()
        wrong = await http.post("auth.test", headers={"Authorization": "Bearer xoxb-other"})
    assert nothing == {"ok": False, "error": "not_authed"}
    assert (wrong.status_code, wrong.json()) == (200, {"ok": False, "error": "invalid_auth"})


async def test_a_bot_token_cannot_open_socket_connections(web: AsyncWebClient, slack: LocalSlack) -> None:
    body = await refusal(web.apps_connections_open(app_token=slack.config.bot_token))
    assert body["error"] == "not_allowed_token_type"


async def test_a_missing_scope_is_refused_with_what_is_needed_and_provided() -> None:
    async with LocalSlack(SandboxConfig(scopes=BOT_SCOPES - {"reactions:write"})) as slack:
        web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        body = await refusal(web.reactions_add(channel=LEASING, timestamp="1.0", name="eyes"))
    assert (body["error"], body["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in body["provided"]


@pytest.mark.parametrize(
    ("raw", "error"), [(b"{nope", "invalid_json"), (b"[1]", "json_not_object"), (b"\xff\xfe", "invalid_json")]
)
async def test_a_broken_body_is_refused_by_its_kind(slack: LocalSlack, raw: bytes, error: str) -> None:
    headers = {"Authorization": f"Bearer {slack.config.bot_token}", "Content-Type": "application/json; charset=utf-8"}
    async with httpx.AsyncClient(base_url=slack.api_url) as http:
        assert (await http.post("auth.test", content=raw, headers=headers)).json()["error"] == error


async def test_an_unknown_method_is_named(web: AsyncWebClient) -> None:
    body = await refusal(web.api_call("chat.telepathy"))
    assert (body["error"], body["req_method"]) == ("unknown_method", "chat.telepathy")


async def test_posting_needs_a_channel_the_app_is_in_and_something_to_say(web: AsyncWebClient) -> None:
    assert (await refusal(web.chat_postMessage(channel="C0NOWHERE0", text="x")))["error"] == "channel_not_found"
    assert (await refusal(web.chat_postMessage(channel="C07RANDOM1", text="x")))["error"] == "not_in_channel"
    assert (await refusal(web.chat_postMessage(channel=LEASING, text=" ")))["error"] == "no_text"
    missing = await refusal(web.api_call("chat.postMessage", json={"text": "x"}))
    assert missing["error"] == "invalid_arguments"
    assert missing["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_a_message_can_be_posted_updated_and_deleted_and_the_person_sees_each_state(
    web: AsyncWebClient, people: SlackDriver
) -> None:
    posted = await web.chat_postMessage(channel=JEN_DM, text="one")
    assert posted["message"]["text"] == "one"
    await web.chat_update(channel=JEN_DM, ts=posted["ts"], text="two")
    [seen] = await people.messages("jen", "@Sophia")
    assert (seen["text"], seen["edited"]["user"]) == ("two", "U07SOPHIA01")
    await web.chat_delete(channel=JEN_DM, ts=posted["ts"])
    assert await people.messages("jen", "@Sophia") == []
    assert (await refusal(web.chat_update(channel=JEN_DM, ts=posted["ts"], text="x")))["error"] == "message_not_found"


async def test_the_app_cannot_change_a_persons_message(web: AsyncWebClient, people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "mine")
    assert (await refusal(web.chat_update(channel=LEASING, ts=ts, text="x")))["error"] == "cant_update_message"
    assert (await refusal(web.chat_delete(channel=LEASING, ts=ts)))["error"] == "cant_delete_message"


async def test_texts_have_their_limits(web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=LEASING, text="x" * 40_001)
    assert (len(posted["message"]["text"]), posted["warning"]) == (40_000, "message_truncated")
    too_long = await refusal(web.chat_update(channel=LEASING, ts=posted["ts"], text="x" * 4_001))
    assert too_long["error"] == "msg_too_long"
    assert (await refusal(web.chat_postMessage(channel=LEASING, markdown_text="x" * 12_001)))["error"] == "msg_too_long"
    both = await refusal(web.chat_postMessage(channel=LEASING, text="a", markdown_text="b"))
    assert both["error"] == "markdown_text_conflict"


async def test_an_ephemeral_message_is_seen_by_one_person_only(web: AsyncWebClient, people: SlackDriver) -> None:
    await web.chat_postEphemeral(channel=LEASING, user=JEN, text="psst")
    assert [m["text"] for m in await people.messages("jen", "#leasing")] == ["psst"]
    assert await people.messages("angela", "#leasing") == []
    assert (await web.conversations_history(channel=LEASING))["messages"] == []
    outside = await refusal(web.chat_postEphemeral(channel=LEASING, user="U07RACHEL1", text="x"))
    assert outside["error"] == "user_not_in_channel"


async def test_history_is_newest_first_in_pages_and_replies_are_apart(web: AsyncWebClient) -> None:
    posts = [(await web.chat_postMessage(channel=LEASING, text=f"n{i}"))["ts"] for i in range(5)]
    await web.chat_postMessage(channel=LEASING, text="reply", thread_ts=posts[0])
    first = await web.conversations_history(channel=LEASING, limit=3)
    assert [m["text"] for m in first["messages"]] == ["n4", "n3", "n2"]
    rest = await web.conversations_history(channel=LEASING, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in rest["messages"]] == ["n1", "n0"]
    assert rest["messages"][1]["reply_count"] == 1
    thread = await web.conversations_replies(channel=LEASING, ts=posts[0])
    assert [m["text"] for m in thread["messages"]] == ["n0", "reply"]
    assert (await refusal(web.conversations_replies(channel=LEASING, ts="1.000000")))["error"] == "thread_not_found"


async def test_private_channels_the_app_is_not_in_do_not_exist_for_it(slack: LocalSlack, web: AsyncWebClient) -> None:
    slack.workspace.state.rooms["C07FINANCE"].members.discard("U07SOPHIA01")
    assert (await refusal(web.conversations_info(channel="C07FINANCE")))["error"] == "channel_not_found"
    listed = await web.conversations_list(types="public_channel,private_channel", limit=100)
    assert "C07FINANCE" not in {c["id"] for c in listed["channels"]}


async def test_people_are_found_by_id_and_e_mail_with_their_seat(web: AsyncWebClient) -> None:
    guest = (await web.users_info(user="U07PETEG01"))["user"]
    assert guest["is_ultra_restricted"]
    sarah = (await web.users_lookupByEmail(email="Sarah@example.com"))["user"]
    assert (sarah["id"], sarah["is_owner"], sarah["tz"]) == ("U07SARAH01", True, "America/Chicago")
    assert (await refusal(web.users_lookupByEmail(email="no@example.com")))["error"] == "users_not_found"
    assert (await refusal(web.users_info(user="U0NOBODY00")))["error"] == "user_not_found"


async def test_a_direct_message_is_opened_by_user_and_a_group_by_users(web: AsyncWebClient) -> None:
    assert (await web.conversations_open(users=JEN))["channel"]["id"] == JEN_DM
    group = (await web.conversations_open(users=f"{JEN},U07LUIS001"))["channel"]["id"]
    again = await web.conversations_open(users=f"U07LUIS001,{JEN}")
    assert (again["channel"]["id"], again["already_open"]) == (group, True)


async def test_reactions_are_added_once_and_taken_back_once(web: AsyncWebClient, people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "hello")
    await web.reactions_add(channel=LEASING, timestamp=ts, name="eyes")
    again = await refusal(web.reactions_add(channel=LEASING, timestamp=ts, name="eyes"))
    assert again["error"] == "already_reacted"
    got = await web.reactions_get(channel=LEASING, timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": ["U07SOPHIA01"], "count": 1}]
    await web.reactions_remove(channel=LEASING, timestamp=ts, name="eyes")
    none = await refusal(web.reactions_remove(channel=LEASING, timestamp=ts, name="eyes"))
    assert none["error"] == "no_reaction"


async def test_a_scheduled_message_is_posted_when_its_time_comes(web: AsyncWebClient, people: SlackDriver) -> None:
    assert (await refusal(web.chat_scheduleMessage(channel=JEN_DM, post_at=1, text="x")))["error"] == "time_in_past"
    import time

    await web.chat_scheduleMessage(channel=JEN_DM, post_at=int(time.time()) + 1, text="later")
    seen = await people.wait_for_message("jen", "@Sophia", lambda m: m["text"] == "later")
    assert seen["bot_id"] == "B07SOPHIA01"


async def test_a_permalink_names_the_channel_and_the_message(web: AsyncWebClient, people: SlackDriver) -> None:
    ts = await people.say("jen", "#leasing", "hello")
    link = (await web.chat_getPermalink(channel=LEASING, message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/{LEASING}/p{ts.replace('.', '')}")


async def test_suggested_prompts_and_status_reach_the_persons_screen(web: AsyncWebClient, people: SlackDriver) -> None:
    ts = await people.say("jen", "@Sophia", "hi")
    await web.assistant_threads_setSuggestedPrompts(
        channel_id=JEN_DM, thread_ts="", prompts=[{"title": "Late?", "message": "Who is late?"}]
    )
    await web.api_call(
        "agents.sessions.setStatus",
        json={"channel_id": JEN_DM, "thread_ts": ts, "status": "processing", "title": "Hi"},
    )
    screen = await people.screen("jen")
    assert screen["prompts"]["prompts"] == [{"title": "Late?", "message": "Who is late?"}]
    [session] = screen["sessions"]
    assert (session["status"], session["title"]) == ("processing", "Hi")
    body = {"channel_id": JEN_DM, "thread_ts": ts, "status": "thinking"}
    assert (await refusal(web.api_call("agents.sessions.setStatus", json=body)))["error"] == "invalid_status"


async def test_the_page_is_refused_to_other_hosts_and_to_posts_from_other_sites(slack: LocalSlack) -> None:
    async with httpx.AsyncClient(base_url=slack.url) as http:
        rebound = await http.get("/", headers={"Host": "evil.example"})
        forged = await http.post(f"/as/{JEN}/say", data={"text": "x"}, headers={"Origin": "https://evil.example"})
    assert (rebound.status_code, forged.status_code) == (421, 403)
