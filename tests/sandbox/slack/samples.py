"""Blocks for tests: small builders, and one valid example of every kind Sophia sends."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text)}


def button(action_id: str, text: str = "Go", value: str = "v", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value, **more}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value), "value": value}


def cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def number(value: float) -> dict[str, Any]:
    return {"type": "raw_number", "text": str(value), "value": value}


def rich(text: str) -> dict[str, Any]:
    leaf = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}


def line_chart(series: int, points: int, title: str = "Occupancy") -> dict[str, Any]:
    labels = [f"M{i}" for i in range(points)]
    return {
        "type": "data_visualization",
        "title": title,
        "chart": {
            "type": "line",
            "series": [
                {"name": f"S{s}", "data": [{"label": label, "value": i + s} for i, label in enumerate(labels)]}
                for s in range(series)
            ],
            "axis_config": {"categories": labels, "x_label": "Month", "y_label": "%"},
        },
    }


EVERY_BLOCK: list[dict[str, Any]] = [
    section("*Hello*"),
    {"type": "section", "fields": [mrkdwn("*A*\n1"), mrkdwn("*B*\n2")], "accessory": button("open")},
    {"type": "header", "text": plain("Occupancy")},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("Source: Entrata")]},
    {
        "type": "actions",
        "elements": [
            button("yes", style="primary"),
            button(
                "no",
                style="danger",
                confirm={
                    "title": plain("Sure?"),
                    "text": plain("Really"),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                },
            ),
            {
                "type": "static_select",
                "action_id": "s",
                "placeholder": plain("Pick"),
                "options": [option("a"), option("b")],
            },
            {"type": "overflow", "action_id": "o", "options": [option("x"), option("y")]},
            {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"},
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("Good"), "value": "1"},
                "negative_button": {"text": plain("Bad"), "value": "0"},
            }
        ],
    },
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A plan"},
    {"type": "markdown", "text": "| a | b |\n|---|---|\n| 1 | 2 |"},
    rich("hello"),
    {
        "type": "table",
        "rows": [[cell("a"), cell("b")], [rich("c"), number(2)]],
        "column_settings": [{"align": "right"}],
    },
    {
        "type": "data_table",
        "caption": "Units",
        "rows": [[cell("Unit"), cell("Rent")], [cell("204"), number(1640)]],
        "page_size": 10,
    },
    line_chart(2, 3),
    {
        "type": "data_visualization",
        "title": "Late rent",
        "chart": {"type": "pie", "segments": [{"label": "30 days", "value": 4}]},
    },
    {"type": "card", "title": mrkdwn("Maple"), "body": mrkdwn("220 units"), "actions": [button("choose")]},
    {"type": "carousel", "elements": [{"type": "card", "title": mrkdwn("Maple")}]},
    {"type": "container", "title": plain("Work order"), "is_collapsible": True, "child_blocks": [section("x")]},
    {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete"},
    {
        "type": "plan",
        "title": "Plan",
        "tasks": [{"type": "task_card", "task_id": "1", "title": "Read", "status": "pending"}],
    },
]
