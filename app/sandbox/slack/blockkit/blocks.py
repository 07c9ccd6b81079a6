"""The layout blocks: which fields each has, how long they may be, and where each may stand."""

from collections.abc import Callable
from typing import Any, TypeAlias

from app.sandbox.slack.blockkit import charts, elements, objects, tables
from app.sandbox.slack.blockkit.check import Check
from app.sandbox.slack.blockkit.objects import ANY_TEXT, PLAIN

BlockCheck: TypeAlias = Callable[[Check, dict[str, Any], str], None]

IN_CONTAINER = frozenset(
    [
        "actions",
        "context",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "rich_text",
        "section",
        "table",
        "video",
        "data_table",
        "data_visualization",
    ]
)


def block(check: Check, value: Any, pointer: str) -> None:
    """One block, checked by its type's rules."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SHAPES:
        check.fail(f"unsupported type: {kind}", f"{pointer}/type")
        return
    required, optional, rule = _SHAPES[kind]
    body = check.keys(value, pointer, ("type", *required), ("block_id", *optional))
    if body is not None:
        check.maybe_string(body, "block_id", pointer, 255)
        rule(check, body, pointer)


def _section(check: Check, body: dict[str, Any], pointer: str) -> None:
    if body.get("text") is None and not body.get("fields"):
        check.fail("must provide text or fields", pointer)
    objects.maybe_text(check, body, "text", pointer, 3000)
    if body.get("fields") is not None:
        check.items(body["fields"], f"{pointer}/fields", 1, 10, lambda v, p: objects.text(check, v, p, 2000))
    if body.get("accessory") is not None:
        elements.element(check, body["accessory"], f"{pointer}/accessory", elements.IN_SECTION)


def _header(check: Check, body: dict[str, Any], pointer: str) -> None:
    objects.text(check, body["text"], f"{pointer}/text", 150, PLAIN)


def _nothing(check: Check, body: dict[str, Any], pointer: str) -> None:
    """A block with no content of its own to check."""


def _context(check: Check, body: dict[str, Any], pointer: str) -> None:
    def each(value: Any, spot: str) -> None:
        if isinstance(value, dict) and value.get("type") == "image":
            objects.image(check, value, spot)
        else:
            objects.text(check, value, spot, 3000)

    check.items(body["elements"], f"{pointer}/elements", 1, 10, each)


def _actions(check: Check, body: dict[str, Any], pointer: str) -> None:
    check.items(
        body["elements"],
        f"{pointer}/elements",
        1,
        25,
        lambda v, p: elements.element(check, v, p, elements.IN_ACTIONS),
    )
    _unique_actions(check, body["elements"], pointer)


def _context_actions(check: Check, body: dict[str, Any], pointer: str) -> None:
    check.items(
        body["elements"],
        f"{pointer}/elements",
        1,
        5,
        lambda v, p: elements.element(check, v, p, elements.IN_CONTEXT_ACTIONS),
    )
    _unique_actions(check, body["elements"], pointer)


def _unique_actions(check: Check, items: Any, pointer: str) -> None:
    named = [
        (str(item["action_id"]), f"{pointer}/elements/{index}/action_id")
        for index, item in enumerate(items if isinstance(items, list) else [])
        if isinstance(item, dict) and item.get("action_id")
    ]
    check.unique(named, "action_id")


def _image(check: Check, body: dict[str, Any], pointer: str) -> None:
    objects.image(check, body, pointer, "title", "block_id")
    objects.maybe_text(check, body, "title", pointer, 2000, kinds=PLAIN)


def _input(check: Check, body: dict[str, Any], pointer: str) -> None:
    objects.text(check, body["label"], f"{pointer}/label", 2000, PLAIN)
    objects.maybe_text(check, body, "hint", pointer, 2000, kinds=PLAIN)
    check.flag(body, "optional", pointer)
    check.flag(body, "dispatch_action", pointer)
    elements.element(check, body["element"], f"{pointer}/element", elements.IN_INPUT)


def _markdown(check: Check, body: dict[str, Any], pointer: str) -> None:
    check.string(body["text"], f"{pointer}/text", 12_000)


def _rich_text(check: Check, body: dict[str, Any], pointer: str) -> None:
    objects.rich_text(check, body, pointer)


def _card(check: Check, body: dict[str, Any], pointer: str) -> None:
    if not any(body.get(name) for name in ("hero_image", "title", "actions", "body")):
        check.fail("must provide at least one of hero_image, title, actions, body", pointer)
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        objects.maybe_text(check, body, name, pointer, most, kinds=ANY_TEXT)
    for name in ("hero_image", "icon"):
        if body.get(name) is not None:
            objects.image(check, body[name], f"{pointer}/{name}")
    if body.get("actions") is not None:
        button = frozenset({"button"})
        check.items(body["actions"], f"{pointer}/actions", 1, 25, lambda v, p: elements.element(check, v, p, button))


def _carousel(check: Check, body: dict[str, Any], pointer: str) -> None:
    def each(value: Any, spot: str) -> None:
        if not isinstance(value, dict) or value.get("type") != "card":
            check.fail("type must be card", f"{spot}/type")
        else:
            block(check, value, spot)

    check.items(body["elements"], f"{pointer}/elements", 1, 10, each)


def _container(check: Check, body: dict[str, Any], pointer: str) -> None:
    if not body.get("title") and not body.get("rich_text_title"):
        check.fail("must provide title or rich_text_title", pointer)
    objects.maybe_text(check, body, "title", pointer, 150, kinds=PLAIN)
    objects.maybe_text(check, body, "subtitle", pointer, 150)
    if body.get("width") is not None:
        check.one_of(body["width"], f"{pointer}/width", ("narrow", "standard", "wide", "full"))
    if body.get("default_collapsed") and not body.get("is_collapsible"):
        check.fail("default_collapsed requires is_collapsible", pointer)

    def each(value: Any, spot: str) -> None:
        if isinstance(value, dict) and value.get("type") not in IN_CONTAINER:
            check.fail(f"unsupported type: {value.get('type')}", f"{spot}/type")
        else:
            block(check, value, spot)

    check.items(body["child_blocks"], f"{pointer}/child_blocks", 1, 10, each)


def _alert(check: Check, body: dict[str, Any], pointer: str) -> None:
    if check.surface != "modal":
        check.fail("unsupported block type on this surface: alert", pointer)
    objects.text(check, body["text"], f"{pointer}/text", 200)
    if body.get("level") is not None:
        check.one_of(body["level"], f"{pointer}/level", ("default", "info", "warning", "error", "success"))


def _task_card(check: Check, body: dict[str, Any], pointer: str) -> None:
    check.string(body["title"], f"{pointer}/title", 256)
    check.one_of(body["status"], f"{pointer}/status", ("pending", "in_progress", "complete", "error"))
    for name in ("details", "output"):
        if body.get(name) is not None:
            objects.rich_text(check, body[name], f"{pointer}/{name}")


def _plan(check: Check, body: dict[str, Any], pointer: str) -> None:
    check.string(body["title"], f"{pointer}/title", 256)
    check.items(body.get("tasks") or [], f"{pointer}/tasks", 0, 50, lambda v, p: block(check, v, p))


def _video(check: Check, body: dict[str, Any], pointer: str) -> None:
    objects.text(check, body["title"], f"{pointer}/title", 199, PLAIN)


_SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...], BlockCheck]] = {
    "section": ((), ("text", "fields", "accessory", "expand"), _section),
    "header": (("text",), (), _header),
    "divider": ((), (), _nothing),
    "context": (("elements",), (), _context),
    "actions": (("elements",), (), _actions),
    "context_actions": (("elements",), (), _context_actions),
    "image": (("alt_text",), ("image_url", "slack_file", "title"), _image),
    "input": (("label", "element"), ("hint", "optional", "dispatch_action"), _input),
    "markdown": (("text",), (), _markdown),
    "rich_text": (("elements",), (), _rich_text),
    "table": (("rows",), ("column_settings",), tables.table),
    "data_table": (("caption", "rows"), ("page_size", "row_header_column_index"), tables.data_table),
    "data_visualization": (("title", "chart"), (), charts.chart_block),
    "card": ((), ("title", "subtitle", "body", "hero_image", "icon", "actions"), _card),
    "carousel": (("elements",), (), _carousel),
    "container": (
        ("child_blocks",),
        (
            "title",
            "rich_text_title",
            "subtitle",
            "icon",
            "width",
            "is_collapsible",
            "default_collapsed",
            "has_header_divider",
        ),
        _container,
    ),
    "alert": (("text",), ("level",), _alert),
    "task_card": (("task_id", "title", "status"), ("details", "output", "sources"), _task_card),
    "plan": (("title",), ("tasks",), _plan),
    "file": (("external_id", "source"), (), _nothing),
    "video": (
        ("alt_text", "thumbnail_url", "title", "video_url"),
        ("author_name", "description", "provider_icon_url", "provider_name", "title_url"),
        _video,
    ),
}
