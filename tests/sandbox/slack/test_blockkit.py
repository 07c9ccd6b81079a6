"""Block Kit's limits, each at its edge: what is taken, what is refused, and where the pointer points."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.sandbox.slack.blockkit.message import block_problems
from app.sandbox.slack.blockkit.view import view_problems
from tests.sandbox.slack.conftest import LEASING, refusal
from tests.sandbox.slack.samples import EVERY_BLOCK, button, cell, line_chart, mrkdwn, number, option, plain, section


def problems(*blocks: dict[str, Any]) -> list[str]:
    return block_problems(list(blocks), "message")


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda b: b["type"])
def test_every_kind_of_block_sophia_sends_is_taken(block: dict[str, Any]) -> None:
    assert problems(block) == []


@pytest.mark.parametrize(
    "block", [b for b in EVERY_BLOCK if b["type"] != "data_visualization"], ids=lambda b: b["type"]
)
def test_what_is_taken_also_matches_slacks_own_types(shared: Path, block: dict[str, Any]) -> None:
    schema = json.loads((shared / "specs/slack/KnownBlock.schema.json").read_text())
    jsonschema.validate(block, schema)


@pytest.mark.parametrize(
    ("fits", "breaks", "pointer"),
    [
        (section("x" * 3000), section("x" * 3001), "/blocks/0/text/text"),
        (section("x"), section(""), "/blocks/0/text/text"),
        (
            {"type": "header", "text": plain("x" * 150)},
            {"type": "header", "text": plain("x" * 151)},
            "/blocks/0/text/text",
        ),
        ({"type": "header", "text": plain("x")}, {"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type"),
        (
            {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
            {"type": "section", "fields": [mrkdwn("x")] * 11},
            "/blocks/0/fields",
        ),
        ({"type": "markdown", "text": "x" * 12_000}, {"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
        (
            {"type": "context", "elements": [mrkdwn("x")] * 10},
            {"type": "context", "elements": [mrkdwn("x")] * 11},
            "/blocks/0/elements",
        ),
        (
            {"type": "actions", "elements": [button(f"a{i}") for i in range(25)]},
            {"type": "actions", "elements": [button(f"a{i}") for i in range(26)]},
            "/blocks/0/elements",
        ),
        (
            {"type": "actions", "elements": [button("a", "x" * 75)]},
            {"type": "actions", "elements": [button("a", "x" * 76)]},
            "/blocks/0/elements/0/text/text",
        ),
        (
            {"type": "actions", "elements": [button("a", value="x" * 2000)]},
            {"type": "actions", "elements": [button("a", value="x" * 2001)]},
            "/blocks/0/elements/0/value",
        ),
        (
            {"type": "actions", "elements": [button("a"), button("b")]},
            {"type": "actions", "elements": [button("a"), button("a")]},
            "/blocks/0/elements/1/action_id",
        ),
        (
            {"type": "table", "rows": [[cell("x")] * 20] * 100},
            {"type": "table", "rows": [[cell("x")]] * 101},
            "/blocks/0/rows",
        ),
        (
            {"type": "table", "rows": [[cell("x")] * 20]},
            {"type": "table", "rows": [[cell("x")] * 21]},
            "/blocks/0/rows/0",
        ),
        (
            {"type": "data_table", "caption": "c", "rows": [[cell("h")], [cell("x")]]},
            {"type": "data_table", "caption": "c", "rows": [[cell("h")]]},
            "/blocks/0/rows",
        ),
        (
            {"type": "data_table", "caption": "c", "rows": [[cell("h")]] * 101},
            {"type": "data_table", "caption": "c", "rows": [[cell("h")]] * 102},
            "/blocks/0/rows",
        ),
        (
            {"type": "data_table", "caption": "c", "rows": [[cell("h"), cell("i")], [cell("x"), number(2)]]},
            {"type": "data_table", "caption": "c", "rows": [[cell("h"), cell("i")], [cell("x")]]},
            "/blocks/0/rows",
        ),
        (
            {"type": "data_table", "caption": "c", "rows": [[cell("h")], [cell("x" * 2999)]]},
            {"type": "data_table", "caption": "c", "rows": [[cell("h")], *([[cell("x" * 2600)]] * 4)]},
            "/blocks/0/rows",
        ),
        (line_chart(6, 20), line_chart(7, 20), "/blocks/0/chart/series"),
        (line_chart(1, 20), line_chart(1, 21), "/blocks/0/chart/axis_config/categories"),
        (line_chart(1, 2, "x" * 50), line_chart(1, 2, "x" * 51), "/blocks/0/title"),
        (
            {"type": "card", "title": mrkdwn("x" * 150), "body": mrkdwn("x" * 200)},
            {"type": "card", "title": mrkdwn("x"), "body": mrkdwn("x" * 201)},
            "/blocks/0/body/text",
        ),
        (
            {"type": "carousel", "elements": [{"type": "card", "title": mrkdwn("x")}] * 10},
            {"type": "carousel", "elements": [{"type": "card", "title": mrkdwn("x")}] * 11},
            "/blocks/0/elements",
        ),
        (
            {"type": "container", "title": plain("t"), "child_blocks": [section("x")] * 10},
            {"type": "container", "title": plain("t"), "child_blocks": [section("x")] * 11},
            "/blocks/0/child_blocks",
        ),
        (
            {
                "type": "section",
                "text": mrkdwn("x"),
                "accessory": {"type": "static_select", "options": [option("x")] * 100},
            },
            {
                "type": "section",
                "text": mrkdwn("x"),
                "accessory": {"type": "static_select", "options": [option("x")] * 101},
            },
            "/blocks/0/accessory/options",
        ),
        (
            {"type": "section", "text": mrkdwn("x"), "block_id": "b" * 255},
            {"type": "section", "text": mrkdwn("x"), "block_id": "b" * 256},
            "/blocks/0/block_id",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_limit_holds_exactly_at_its_edge(fits: dict[str, Any], breaks: dict[str, Any], pointer: str) -> None:
    assert problems(fits) == []
    found = problems(breaks)
    assert any(line.endswith(f"[json-pointer:{pointer}]") for line in found), found


def test_an_alert_stands_in_a_modal_only() -> None:
    alert = {"type": "alert", "level": "warning", "text": plain("careful")}
    assert block_problems([alert], "modal") == []
    assert problems(alert) != []


def test_a_field_slack_does_not_know_is_refused() -> None:
    found = problems({**section("x"), "colour": "red"})
    assert found == ["invalid additional property: colour [json-pointer:/blocks/0]"]


def test_chart_labels_must_match_the_categories() -> None:
    chart = line_chart(1, 2)
    chart["chart"]["series"][0]["data"][1]["label"] = "other"
    assert problems(chart) == ["labels must match axis_config.categories [json-pointer:/blocks/0/chart/series/0/data]"]


def test_the_same_block_id_twice_is_refused() -> None:
    assert len(problems({**section("a"), "block_id": "x"}, {**section("b"), "block_id": "x"})) == 1


async def test_refused_blocks_come_with_slacks_error_shape(web: AsyncWebClient) -> None:
    body = await refusal(web.chat_postMessage(channel=LEASING, text="t", blocks=[section("x" * 3001)]))
    line = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert body == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [line],
        "response_metadata": {"messages": [f"[ERROR] {line}"]},
    }


async def test_fifty_blocks_are_taken_and_one_more_is_not(web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel=LEASING, text="t", blocks=[section("x")] * 50)
    body = await refusal(web.chat_postMessage(channel=LEASING, text="t", blocks=[section("x")] * 51))
    assert body["error"] == "invalid_blocks"


async def test_the_text_of_all_blocks_together_has_a_limit(web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel=LEASING, text="t", blocks=[section("x" * 3000)] * 4)
    body = await refusal(web.chat_postMessage(channel=LEASING, text="t", blocks=[section("x" * 3000)] * 5))
    assert body["error"] == "msg_blocks_too_long"


async def test_one_table_a_message_two_are_refused(web: AsyncWebClient) -> None:
    table = {"type": "table", "rows": [[cell("x")]]}
    body = await refusal(web.chat_postMessage(channel=LEASING, text="t", blocks=[table, table]))
    assert body["error"] == "invalid_attachments"
    assert body["response_metadata"]["messages"] == ["[ERROR] only_one_table_allowed"]


async def test_blocks_without_ids_get_them(web: AsyncWebClient) -> None:
    block = {"type": "actions", "elements": [{"type": "button", "text": plain("Go")}]}
    posted = await web.chat_postMessage(channel=LEASING, text="t", blocks=[block])
    [stored] = posted["message"]["blocks"]
    assert stored["block_id"]
    assert stored["elements"][0]["action_id"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"blocks": [section("x")] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"type": "home"}, "type must be modal [json-pointer:/view/type]"),
        ({"title": None}, "missing required field: title [json-pointer:/view]"),
    ],
)
def test_a_modal_has_its_limits(change: dict[str, Any], problem: str) -> None:
    modal = {"type": "modal", "title": plain("Hi"), "blocks": [section("x")]}
    assert view_problems(modal, "modal") == []
    assert problem in view_problems(modal | change, "modal")


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    field = {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input"}}
    modal = {"type": "modal", "title": plain("Hi"), "blocks": [field]}
    assert len(view_problems(modal, "modal")) == 1
    assert view_problems({**modal, "submit": plain("OK")}, "modal") == []
