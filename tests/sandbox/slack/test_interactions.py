"""Clicks, modals, Home tabs and response URLs, with an app on Bolt over Socket Mode."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.client import RefusedError, SlackDriver
from app.sandbox.slack.config import SandboxConfig, Shortcut
from app.sandbox.slack.running import LocalSlack
from tests.sandbox.slack.conftest import JEN, JEN_DM, refusal
from tests.sandbox.slack.samples import button, option, plain, section

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "order",
    "title": plain("Work order"),
    "submit": plain("Create"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "unit",
            "label": plain("Unit"),
            "element": {"type": "plain_text_input", "action_id": "unit", "max_length": 5},
        },
        {
            "type": "input",
            "block_id": "priority",
            "optional": True,
            "label": plain("Priority"),
            "element": {
                "type": "static_select",
                "action_id": "priority",
                "options": [option("high"), option("low")],
                "initial_option": option("low"),
            },
        },
    ],
}


@pytest.fixture
def config() -> SandboxConfig:
    shortcut = Shortcut("New work order", "new_order", "global")
    return SandboxConfig(retry_delays=(), shortcuts=(shortcut,), ack_timeout=2.0)


class App:
    """A small Bolt app: a button opens a modal, the modal answers as told."""

    def __init__(self, slack: LocalSlack) -> None:
        self.web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        self.bolt = AsyncApp(signing_secret=slack.config.signing_secret, client=self.web)
        self.handler = AsyncSocketModeHandler(self.bolt, slack.config.app_token)
        self.handler.client.web_client = self.web
        self.seen: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}
        self.bolt.action("go")(self.open)
        self.bolt.action("pick")(self.note)
        self.bolt.shortcut("new_order")(self.open)
        self.bolt.view("order")(self.submitted)
        self.bolt.view_closed("order")(self.note)

    async def open(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.seen.append(body)
        await self.web.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def submitted(self, ack: Any, body: dict[str, Any]) -> None:
        self.seen.append(body)
        await ack(**self.answer)

    async def note(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self.seen.append(body)


@pytest.fixture
async def app(slack: LocalSlack, people: SlackDriver) -> AsyncIterator[App]:
    running = App(slack)
    await running.handler.connect_async()
    await people.wait_until_connected()
    yield running
    await running.handler.close_async()


async def post_button(app: App) -> None:
    select = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    blocks = [{"type": "actions", "block_id": "row", "elements": [button("go", value="7"), select]}]
    await app.web.chat_postMessage(channel=JEN_DM, text="t", blocks=blocks)


async def opened_modal(app: App, people: SlackDriver) -> dict[str, Any]:
    await post_button(app)
    [message] = await people.messages("jen", "@Sophia")
    await people.click("jen", message, "go")
    return await people.wait_for_modal("jen")


async def test_a_button_carries_who_where_and_what_and_opens_a_modal_for_that_person(
    app: App, people: SlackDriver
) -> None:
    modal = await opened_modal(app, people)
    body = app.seen[0]
    assert body["user"]["id"] == JEN
    assert body["container"]["channel_id"] == body["channel"]["id"] == JEN_DM
    assert (body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("7", "row")
    assert modal["title"]["text"] == "Work order"
    assert (await people.screen("mike"))["modals"] == []


async def test_a_choice_in_a_message_is_remembered_in_its_state(app: App, people: SlackDriver) -> None:
    await post_button(app)
    [message] = await people.messages("jen", "@Sophia")
    await people.click("jen", message, "pick", "b")
    body = app.seen[0]
    assert body["actions"][0]["selected_option"]["value"] == "b"
    assert body["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "b"
    with pytest.raises(RefusedError, match="invalid_option"):
        await people.click("jen", message, "pick", "made-up")


async def test_a_required_field_is_checked_before_the_app_hears_of_it(app: App, people: SlackDriver) -> None:
    modal = await opened_modal(app, people)
    assert await people.submit_view("jen", modal, {}) == {"unit": "Please complete this required field."}
    long = await people.submit_view("jen", modal, {"unit": "123456"})
    assert long == {"unit": "Please enter at most 5 characters."}
    assert len(app.seen) == 1


async def test_submitted_values_arrive_in_slacks_shape_and_the_modal_closes(app: App, people: SlackDriver) -> None:
    modal = await opened_modal(app, people)
    assert await people.submit_view("jen", modal, {"unit": "204", "priority": "high"}) == {}
    assert app.seen[1]["view"]["state"]["values"] == {
        "unit": {"unit": {"type": "plain_text_input", "value": "204"}},
        "priority": {"priority": {"type": "static_select", "selected_option": option("high")}},
    }
    assert (await people.screen("jen"))["modals"] == []


async def test_errors_of_the_app_stay_on_the_open_modal(app: App, people: SlackDriver) -> None:
    modal = await opened_modal(app, people)
    app.answer = {"response_action": "errors", "errors": {"unit": "No such unit."}}
    assert await people.submit_view("jen", modal, {"unit": "999"}) == {"unit": "No such unit."}
    [open_view] = (await people.screen("jen"))["modals"]
    assert open_view["errors"] == {"unit": "No such unit."}


@pytest.mark.parametrize(("action", "count"), [("update", 1), ("push", 2)])
async def test_the_app_can_answer_with_another_view(app: App, people: SlackDriver, action: str, count: int) -> None:
    modal = await opened_modal(app, people)
    app.answer = {
        "response_action": action,
        "view": {"type": "modal", "title": plain("Done"), "blocks": [section("Created.")]},
    }
    assert await people.submit_view("jen", modal, {"unit": "204"}) == {}
    stack = (await people.screen("jen"))["modals"]
    assert (len(stack), stack[-1]["title"]["text"]) == (count, "Done")


async def test_closing_tells_the_app_that_asked_for_it(app: App, people: SlackDriver) -> None:
    modal = await opened_modal(app, people)
    await people.close_view("jen", modal)
    assert (app.seen[-1]["type"], app.seen[-1]["is_cleared"]) == ("view_closed", False)
    assert (await people.screen("jen"))["modals"] == []


async def test_a_global_shortcut_opens_a_modal(app: App, people: SlackDriver) -> None:
    await people.shortcut("jen", "new_order")
    assert (await people.wait_for_modal("jen"))["callback_id"] == "order"


async def test_a_trigger_works_once_and_for_three_seconds() -> None:
    clock = [1_800_000_000.0]
    config = SandboxConfig(now=lambda: clock[0], retry_delays=())
    async with LocalSlack(config) as slack:
        web = AsyncWebClient(token=config.bot_token, base_url=slack.api_url)
        trigger = slack.workspace.triggers.issue(JEN)
        await web.views_open(trigger_id=trigger, view=MODAL)
        again = await refusal(web.views_open(trigger_id=trigger, view=MODAL))
        late = slack.workspace.triggers.issue(JEN)
        clock[0] += 3.1
        too_late = await refusal(web.views_open(trigger_id=late, view=MODAL))
        unknown = await refusal(web.views_open(trigger_id="1.2.3", view=MODAL))
    errors = (again["error"], too_late["error"], unknown["error"])
    assert errors == ("exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id")


async def test_a_stack_holds_three_modals(slack: LocalSlack, web: AsyncWebClient) -> None:
    opened = await web.views_open(trigger_id=slack.workspace.triggers.issue(JEN), view=MODAL)
    for _ in range(2):
        await web.views_push(trigger_id=slack.workspace.triggers.issue(JEN, opened["view"]["id"]), view=MODAL)
    fourth = slack.workspace.triggers.issue(JEN, opened["view"]["id"])
    assert (await refusal(web.views_push(trigger_id=fourth, view=MODAL)))["error"] == "push_limit_reached"


async def test_an_update_with_an_old_hash_is_a_conflict(slack: LocalSlack, web: AsyncWebClient) -> None:
    opened = await web.views_open(trigger_id=slack.workspace.triggers.issue(JEN), view=MODAL)
    view = opened["view"]
    await web.views_update(view_id=view["id"], view=MODAL, hash=view["hash"])
    assert (await refusal(web.views_update(view_id=view["id"], view=MODAL, hash=view["hash"])))[
        "error"
    ] == "hash_conflict"
    assert (await refusal(web.views_update(view_id="V0", view=MODAL)))["error"] == "not_found"


async def test_a_home_tab_is_published_for_one_person_and_comes_back_when_it_is_opened(
    web: AsyncWebClient, people: SlackDriver
) -> None:
    await web.views_publish(user_id=JEN, view={"type": "home", "blocks": [section("Good morning")]})
    assert (await people.screen("jen"))["home"]["blocks"][0]["text"]["text"] == "Good morning"
    assert (await people.screen("mike"))["home"] is None
    await people.open_app("jen", "home")
    event = (await people.deliveries())[-1]["payload"]["event"]
    assert (event["type"], event["tab"], event["view"]["type"]) == ("app_home_opened", "home", "home")


async def test_a_response_url_answers_replaces_and_is_used_up(slack: LocalSlack, people: SlackDriver) -> None:
    web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
    block = {"type": "actions", "elements": [button("go")]}
    await web.chat_postMessage(channel=JEN_DM, text="Approve?", blocks=[block])
    [message] = await people.messages("jen", "@Sophia")
    await people.click("jen", message, "go")
    click = next(d for d in await people.deliveries() if d["name"] == "block_actions go")
    url = click["payload"]["response_url"]
    async with httpx.AsyncClient() as http:
        replaced = await http.post(url, json={"replace_original": True, "text": "Approved."})
        assert (replaced.status_code, replaced.text) == (200, "ok")
        assert [m["text"] for m in await people.messages("jen", "@Sophia")] == ["Approved."]
        await http.post(url, json={"text": "Only you"})
        assert (await people.messages("jen", "@Sophia"))[-1]["only_for"] == JEN
        codes = [(await http.post(url, json={"text": "x"})).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 404]
        assert (await http.post(url, json={"text": "x"})).json()["error"] == "used_url"
        assert (await http.post(url.rsplit("/", 1)[0] + "/nope", json={"text": "x"})).status_code == 404


async def test_a_click_nobody_answers_is_marked_on_the_message(slack: LocalSlack, people: SlackDriver) -> None:
    web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
    await web.chat_postMessage(channel=JEN_DM, text="t", blocks=[{"type": "actions", "elements": [button("go")]}])
    [message] = await people.messages("jen", "@Sophia")
    outcome = await people.click("jen", message, "go")
    assert not outcome["delivered"]
    [message] = await people.messages("jen", "@Sophia")
    assert message["notice"] == "Sophia did not answer this click. Try again."
