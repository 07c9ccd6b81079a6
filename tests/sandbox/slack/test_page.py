"""The page in a real browser: what a person sees, clicks and types, live. Skipped where no Chromium is installed."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM, LEASING
from tests.sandbox.slack.samples import EVERY_BLOCK, button, cell, number, plain, section
from tests.sandbox.slack.test_interactions import MODAL
from tests.sandbox.slack.test_rendering import HOSTILE

pytestmark = pytest.mark.browser
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
).split()
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    async with async_playwright() as playwright:
        path = installed or shutil.which(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("needs Chromium, which is not installed")
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture
async def page(browser: Browser, slack: LocalSlack) -> AsyncIterator[Page]:
    """A page that fails the test on any script error."""
    context = await browser.new_context(base_url=slack.url, viewport={"width": 1200, "height": 850})
    context.set_default_timeout(10_000)
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield opened
    assert errors == []
    await context.close()


@pytest.fixture
async def sophia(slack: LocalSlack, people: SlackDriver) -> AsyncIterator[AsyncApp]:
    """A small app that answers, streams, opens a modal and publishes a Home tab."""
    client = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
    app = AsyncApp(signing_secret=slack.config.signing_secret, client=client)

    @app.event("message")
    async def answer(event: dict[str, Any], say_stream: Any) -> None:
        if event.get("subtype"):
            return
        stream = await say_stream(buffer_size=1)
        await stream.append(markdown_text="Occupancy is ")
        await stream.append(markdown_text="**94.2 %**")
        await stream.stop(blocks=[{"type": "actions", "elements": [button("order", "New work order")]}])

    @app.action("order")
    async def order(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("order")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        if view["state"]["values"]["unit"]["unit"]["value"] == "999":
            await ack(response_action="errors", errors={"unit": "There is no unit 999."})
        else:
            await ack()

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            await client.views_publish(
                user_id=event["user"], view={"type": "home", "blocks": [section("Good morning, Jen")]}
            )

    handler = AsyncSocketModeHandler(app, slack.config.app_token)
    handler.client.web_client = client
    await handler.connect_async()
    await people.wait_until_connected()
    yield app
    await handler.close_async()


async def test_a_question_is_typed_and_the_streamed_answer_appears(page: Page, sophia: AsyncApp) -> None:
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    await page.get_by_label("Message", exact=True).fill("What's our occupancy?")
    await page.keyboard.press("Enter")
    answer = page.locator(".message.from-app")
    await expect(answer).to_contain_text("Occupancy is 94.2 %")
    await expect(answer.locator("strong", has_text="94.2 %")).to_be_visible()
    await expect(answer.get_by_role("button", name="New work order")).to_be_visible()
    await expect(page.locator(".following")).to_contain_text("What's our occupancy?")


async def test_a_suggested_question_is_asked_with_one_click(page: Page, sophia: AsyncApp) -> None:
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    await page.locator(".prompt").first.click()
    await expect(page.locator(".message.from-app")).to_contain_text("94.2 %")


async def test_a_modal_opens_shows_the_apps_error_and_closes_when_it_is_right(page: Page, sophia: AsyncApp) -> None:
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    await page.get_by_label("Message", exact=True).fill("hi")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="New work order").click()
    dialog = page.locator("dialog.modal[open]")
    await dialog.get_by_label("Unit").fill("999")
    await dialog.get_by_role("button", name="Create").click()
    await expect(dialog.get_by_role("alert")).to_have_text("There is no unit 999.")
    await expect(dialog.get_by_label("Unit")).to_have_value("999")
    await dialog.get_by_label("Unit").fill("204")
    await dialog.get_by_role("button", name="Create").click()
    await expect(page.locator("dialog.modal[open]")).to_have_count(0)


async def test_the_home_tab_shows_what_the_app_publishes(page: Page, sophia: AsyncApp) -> None:
    await page.goto(f"/as/{JEN}/home")
    await expect(page.locator("#home")).to_contain_text("Good morning, Jen")


async def test_without_the_app_the_page_says_so(page: Page) -> None:
    await page.goto("/")
    await expect(page.locator(".banner")).to_contain_text("Sophia is not connected yet")


async def test_two_people_see_each_other_live_and_a_thread_opens_beside(
    page: Page, people: SlackDriver, web: AsyncWebClient
) -> None:
    await page.goto(f"/as/{JEN}/c/{LEASING}")
    ts = await people.say("angela", "#leasing", "Tour at noon? @Jen")
    message = page.locator("#messages .message", has_text="Tour at noon?")
    await expect(message.locator(".mention.me")).to_have_text("@Jen Park")
    await people.say("mike", "#leasing", "Yes", thread=ts)
    await message.locator(".replies").click()
    thread = page.locator("aside.thread")
    await expect(thread).to_contain_text("Yes")
    await expect(thread.get_by_label("Send")).to_be_in_viewport(ratio=1)
    await thread.get_by_label("Message", exact=True).fill("On my way")
    await page.keyboard.press("Enter")
    await expect(thread.locator(".message", has_text="On my way")).to_have_count(1)
    await people.edit("angela", "#leasing", ts, "Tour at one?")
    await expect(page.locator("#messages")).to_contain_text("Tour at one? (edited)")
    await people.delete("angela", "#leasing", ts)
    await expect(page.locator("#messages .message")).to_have_count(0)


async def test_an_ephemeral_message_is_marked_and_can_be_dismissed(page: Page, web: AsyncWebClient) -> None:
    await page.goto(f"/as/{JEN}/c/{LEASING}")
    await web.chat_postEphemeral(channel=LEASING, user=JEN, text="psst")
    only = page.locator(".message.only-you")
    await expect(only).to_contain_text("Only visible to you")
    await only.get_by_role("button", name="Dismiss").click()
    await expect(only).to_have_count(0)


async def test_a_data_table_is_paged_sorted_and_filtered(page: Page, web: AsyncWebClient) -> None:
    rows = [[cell(f"Unit {n}"), number(n * 7 % 10)] for n in range(1, 9)]
    block = {"type": "data_table", "caption": "Units", "rows": [[cell("Unit"), cell("Score")], *rows], "page_size": 3}
    await web.chat_postMessage(channel=JEN_DM, text="t", blocks=[block])
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    table = page.locator(".data-table")
    await expect(table.locator("tbody tr")).to_have_count(3)
    await expect(table.locator(".where")).to_have_text("1–3 of 8")
    await table.get_by_role("button", name="Score").click()
    await table.get_by_role("button", name="Score").click()
    await expect(table.locator("tbody tr").first).to_contain_text("Unit 7")
    await table.get_by_label("Next page").click()
    await expect(table.locator(".where")).to_have_text("4–6 of 8")
    await table.get_by_label("Filter Units").fill("unit 2")
    await expect(table.locator("tbody tr")).to_have_count(1)


async def test_every_kind_of_block_is_shown_and_none_as_a_placeholder(page: Page, web: AsyncWebClient) -> None:
    for block in EVERY_BLOCK:
        await web.chat_postMessage(channel=JEN_DM, text=block["type"], blocks=[block])
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    await expect(page.locator(".message")).to_have_count(len(EVERY_BLOCK))
    shown = await page.locator("#messages").inner_text()
    assert "[" not in shown
    assert await page.locator("svg.chart").count() == 2
    assert await page.locator("table.grid").count() >= 3


async def test_a_danger_button_asks_first_and_sends_nothing_when_declined(
    page: Page, web: AsyncWebClient, people: SlackDriver
) -> None:
    sure = {"title": plain("Really?"), "text": plain("It is final."), "confirm": plain("Do it"), "deny": plain("Keep")}
    block = {"type": "actions", "elements": [button("drop", "Drop", style="danger", confirm=sure)]}
    await web.chat_postMessage(channel=JEN_DM, text="t", blocks=[block])
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    await page.get_by_role("button", name="Drop").click()
    await page.get_by_role("button", name="Keep").click()
    assert not [d for d in await people.deliveries() if d["kind"] == "interactive"]
    await page.get_by_role("button", name="Drop").click()
    async with page.expect_response(lambda r: "/act/" in r.url):
        await page.get_by_role("button", name="Do it").click()
    assert [d["name"] for d in await people.deliveries() if d["kind"] == "interactive"] == ["block_actions drop"]


async def test_hostile_messages_run_no_script(page: Page, people: SlackDriver, web: AsyncWebClient) -> None:
    hits: list[str] = []
    page.on("dialog", lambda dialog: hits.append(dialog.message))
    for text in HOSTILE:
        await people.say("mike", "#leasing", text)
        await web.chat_postMessage(
            channel=LEASING, text=text, blocks=[section(text), {"type": "markdown", "text": text}]
        )
    await page.goto(f"/as/{JEN}/c/{LEASING}")
    await expect(page.locator(".message")).to_have_count(2 * len(HOSTILE))
    for link in await page.locator("#messages a").all():
        href = await link.get_attribute("href") or ""
        assert href.startswith(("https://", "http://", "/as/")), href
    assert await page.locator("#messages script").count() == 0
    assert await page.locator("#messages img[src='x']").count() == 0
    assert hits == []


async def test_mentions_are_completed_by_keyboard(page: Page, people: SlackDriver) -> None:
    await page.goto(f"/as/{JEN}/c/{LEASING}")
    box = page.get_by_label("Message", exact=True)
    await box.press_sequentially("ask @ang")
    await expect(page.get_by_role("option").first).to_contain_text("@Angela")
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("ask @Angela ")
    await page.keyboard.press("Enter")
    sent = await people.wait_for_message("jen", "#leasing", lambda m: "ask" in m["text"])
    assert sent["text"].strip() == "ask <@U07ANGELA1>"


async def test_what_would_have_been_sent_appears_in_the_outbox_live(page: Page, slack: LocalSlack) -> None:
    import httpx

    await page.goto("/outbox")
    await expect(page.locator("#outbox")).to_contain_text("Nothing has been sent yet")
    mail = {"from": "a@example.com", "to": ["maria@example.com"], "subject": "Renewal", "text": "Dear Maria"}
    async with httpx.AsyncClient(base_url=slack.url, headers={"Authorization": "Bearer re_local"}) as http:
        await http.post("/emails", json=mail)
    await expect(page.locator("#outbox .out")).to_contain_text("Renewal")


async def test_a_file_is_attached_and_shown(page: Page, people: SlackDriver, tmp_path: Path) -> None:
    path = tmp_path / "roll.csv"
    await asyncio.to_thread(path.write_text, "a,b\n")
    await page.goto(f"/as/{JEN}/c/{JEN_DM}")
    await page.locator("#composer input[type=file]").set_input_files(path)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".file-card")).to_contain_text("roll.csv")
    event = (await people.deliveries())[-1]["payload"]["event"]
    assert event["subtype"] == "file_share"
