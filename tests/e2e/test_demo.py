"""The main job from end to end, as a newcomer meets it: `sophia demo`, the page's people, real sockets all the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.sandbox.accounts import AppFolioAccount, HubSpotAccount
from app.sandbox.slack.client import SlackDriver
from tests.e2e.running import RunningDemo

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(300)]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    running = RunningDemo(tmp_path_factory.mktemp("newcomer") / "demo")
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def people(demo: RunningDemo) -> AsyncIterator[SlackDriver]:
    async with SlackDriver(demo.url) as driver:
        yield driver


def words_of(message: dict[str, Any]) -> str:
    """Everything a person reads in a message."""
    return json.dumps(message.get("blocks", []), ensure_ascii=False) + message.get("text", "")


async def ask(people: SlackDriver, who: str, where: str, text: str, thread: str | None = None) -> dict[str, Any]:
    after = await people.say(who, where, text, thread=thread)
    return await people.wait_for_reply(who, where, after=after, wait=PATIENCE)


async def test_a_question_in_a_direct_message_is_answered_with_figures_and_their_source(people: SlackDriver) -> None:
    reply = await ask(people, "sarah", "@Sophia", "how full is Willow Creek?")
    assert "Willow Creek" in words_of(reply)
    assert "%" in words_of(reply)
    assert "Entrata" in words_of(reply)


async def test_a_list_comes_as_a_table(people: SlackDriver) -> None:
    reply = await ask(people, "sarah", "@Sophia", "who is behind on rent at Sunset Villas?")
    assert {"table", "data_table"} & {block["type"] for block in reply["blocks"]}


async def test_a_mention_in_a_channel_is_answered_once_in_its_thread(people: SlackDriver) -> None:
    asked = await people.say("mike", "#ops", "@Sophia open work orders at Maple Grove")
    reply = await people.wait_for_reply("mike", "#ops", after=asked, wait=PATIENCE)
    assert reply["thread_ts"] == asked
    follow_up = await people.say("mike", "#ops", "and at Oakwood?", thread=asked)
    second = await people.wait_for_reply("mike", "#ops", after=follow_up, wait=PATIENCE)
    assert "Oakwood Terrace" in words_of(second)
    answers = [m for m in await people.messages("mike", "#ops") if m.get("bot_id") and m.get("thread_ts") == asked]
    assert len(answers) == 2


async def test_a_work_order_waits_for_approval_is_made_once_and_read_back(people: SlackDriver) -> None:
    card = await ask_for_card(people, "jen", "new ticket for 318 at Maple Grove: the bathroom fan rattles all night")
    assert "bathroom fan rattles all night" in words_of(card)
    approve = approve_button(card)
    clicks = [people.click("jen", card, approve) for _ in range(2)]  # an impatient person
    assert not all(isinstance(said, Exception) for said in await asyncio.gather(*clicks, return_exceptions=True))
    done = await decided(people, "jen", card)
    listed = await ask(people, "jen", "@Sophia", "open work orders for unit 318 at Maple Grove")
    assert words_of(listed).count("bathroom fan rattles all night") == 1
    assert "WO-" in words_of(done)


async def test_a_question_over_all_communities_names_both_property_systems(people: SlackDriver) -> None:
    reply = words_of(await ask(people, "sarah", "@Sophia", "occupancy by community"))
    assert "Cedar Ridge" in reply
    assert "Maple Grove" in reply
    assert "AppFolio" in reply
    assert "Entrata" in reply


async def test_a_work_order_for_a_community_in_appfolio_is_made_there(people: SlackDriver, demo: RunningDemo) -> None:
    card = await ask_for_card(people, "mike", "new ticket for 118 at Cedar Ridge: the balcony door sticks")
    assert "in AppFolio" in words_of(card)
    await people.click("mike", card, approve_button(card))
    assert "WO-40" in words_of(await decided(people, "mike", card))
    account = AppFolioAccount()
    headers = {"X-AppFolio-Developer-ID": account.developer_id}
    address = f"http://127.0.0.1:{demo.systems}/appfolio/api/v0/work_orders"
    since = {"filters[LastUpdatedAtFrom]": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(auth=account.database, trust_env=False) as appfolio:
        found: list[str] = []
        while not found:  # a new row shows in AppFolio's lists after a moment
            listed = await appfolio.get(address, params=since, headers=headers)
            rows = listed.json()["data"] if listed.status_code == httpx.codes.OK else []
            found = [one["JobDescription"] for one in rows if "sticks" in one["JobDescription"]]
            await asyncio.sleep(float(listed.headers.get("Retry-After", "0.5")))  # it counts whoever asks
    assert len(found) == 1


async def test_an_approved_deal_moves_in_the_crm(people: SlackDriver, demo: RunningDemo) -> None:
    card = await ask_for_card(people, "sarah", "move the Greystone Capital deal to negotiation")
    assert "in HubSpot" in words_of(card)
    await people.click("sarah", card, approve_button(card))
    assert "is in negotiation now" in words_of(await decided(people, "sarah", card))
    headers = {"Authorization": f"Bearer {HubSpotAccount().token}"}
    systems = f"http://127.0.0.1:{demo.systems}/hubspot"
    async with httpx.AsyncClient(base_url=systems, headers=headers, trust_env=False) as hubspot:
        listed = await hubspot.get("/crm/v3/objects/deals", params={"properties": "dealname,dealstage", "limit": "100"})
    deals = {one["properties"]["dealname"]: one["properties"]["dealstage"] for one in listed.json()["results"]}
    assert [stage for name, stage in deals.items() if name.startswith("Greystone")] == ["contractsent"]


async def test_an_approved_text_message_lands_in_the_outbox_and_nowhere_else(
    people: SlackDriver, demo: RunningDemo
) -> None:
    card = await ask_for_card(people, "sarah", "text Priya Patel that her package is at the front office")
    async with httpx.AsyncClient(base_url=demo.url, follow_redirects=True) as page:
        assert "package is at the front office" not in (await page.get("/outbox")).text
        await people.click("sarah", card, approve_button(card))
        await decided(people, "sarah", card)
        assert "package is at the front office" in (await page.get("/outbox")).text


async def ask_for_card(people: SlackDriver, who: str, text: str) -> dict[str, Any]:
    """The message with the approval card that a request leads to."""
    after = await people.say(who, "@Sophia", text)
    return await people.wait_for_reply(
        who, "@Sophia", after=after, wait=PATIENCE, matching=lambda m: _has_button(m, "Approve")
    )


def approve_button(card: dict[str, Any]) -> str:
    return next(element["action_id"] for element in _buttons(card) if element["text"]["text"] == "Approve")


async def decided(people: SlackDriver, who: str, card: dict[str, Any]) -> dict[str, Any]:
    """The card's message once it shows its outcome."""
    return await people.wait_for_message(
        who, "@Sophia", lambda m: m["ts"] == card["ts"] and not _has_button(m, "Approve"), wait=PATIENCE
    )


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [block["elements"] for block in message.get("blocks", []) if block["type"] == "actions"]
    return [element for row in rows for element in row if element["type"] == "button"]


def _has_button(message: dict[str, Any], label: str) -> bool:
    return any(element["text"]["text"] == label for element in _buttons(message))


async def test_two_communities_of_a_name_are_asked_about_with_buttons(people: SlackDriver) -> None:
    reply = await ask(people, "sarah", "@Sophia", "update the rent")
    assert "?" in words_of(reply)


async def test_a_guest_is_told_kindly_and_learns_nothing(people: SlackDriver) -> None:
    reply = await ask(people, "pete", "@Sophia", "who is behind on rent at Sunset Villas?")
    assert "Sunset Villas" not in words_of(reply).replace("who is behind on rent at Sunset Villas", "")
    assert "administrator" in words_of(reply)


async def test_what_she_cannot_do_is_declined_with_what_she_can(people: SlackDriver) -> None:
    reply = await ask(people, "sarah", "@Sophia", "book me a flight to Denver next week")
    assert "can't" in words_of(reply) or "cannot" in words_of(reply)


async def test_the_slash_command_answers_too(people: SlackDriver) -> None:
    await people.slash("sarah", "@Sophia", "/sophia tours today")
    await people.wait_for_message("sarah", "@Sophia", lambda m: "tour" in words_of(m).lower(), wait=PATIENCE)
