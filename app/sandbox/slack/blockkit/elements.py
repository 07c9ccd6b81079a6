"""The interactive elements: buttons, menus, pickers and inputs."""

import re
from typing import Any

from app.sandbox.slack.blockkit import objects
from app.sandbox.slack.blockkit.check import Check
from app.sandbox.slack.blockkit.objects import ANY_TEXT, PLAIN

_COMMON = ("type", "action_id", "confirm", "focus_on_load", "placeholder")
_SOURCES = ("static", "external", "users", "conversations", "channels")
SELECTS = frozenset(f"{source}_select" for source in _SOURCES)
MULTI_SELECTS = frozenset(f"multi_{source}_select" for source in _SOURCES)
TEXT_INPUTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"})
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
GROUPS = frozenset({"checkboxes", "radio_buttons"})
IN_ACTIONS = SELECTS | MULTI_SELECTS | PICKERS | GROUPS | {"button", "overflow", "workflow_button", "rich_text_input"}
IN_SECTION = (IN_ACTIONS - {"rich_text_input", "datetimepicker"}) | {"image"}
IN_INPUT = SELECTS | MULTI_SELECTS | PICKERS | GROUPS | TEXT_INPUTS | {"file_input"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})


def element(check: Check, value: Any, pointer: str, allowed: frozenset[str]) -> None:
    """One element of an allowed type; anything else is refused by its type's name."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in allowed:
        check.fail(f"unsupported type: {kind}", f"{pointer}/type")
        return
    if kind == "image":
        objects.image(check, value, pointer)
        return
    check.maybe_string(value, "action_id", pointer, 255, 1)
    objects.confirm(check, value, pointer)
    objects.maybe_text(check, value, "placeholder", pointer, 150, kinds=PLAIN)
    if kind in SELECTS or kind in MULTI_SELECTS:
        _select(check, value, pointer, kind)
    else:
        _CHECKS[kind](check, value, pointer)


def _button(check: Check, value: dict[str, Any], pointer: str) -> None:
    body = check.keys(
        value,
        pointer,
        ("type", "text"),
        ("action_id", "url", "value", "style", "confirm", "accessibility_label", "workflow"),
    )
    if body is None:
        return
    objects.text(check, body["text"], f"{pointer}/text", 75, PLAIN)
    check.maybe_string(body, "value", pointer, 2000)
    check.maybe_string(body, "url", pointer, 3000)
    check.maybe_string(body, "accessibility_label", pointer, 75)
    if body.get("style") is not None:
        check.one_of(body["style"], f"{pointer}/style", ("primary", "danger"))


def _overflow(check: Check, value: dict[str, Any], pointer: str) -> None:
    body = check.keys(value, pointer, ("type", "options"), ("action_id", "confirm"))
    if body is not None:
        check.items(
            body["options"],
            f"{pointer}/options",
            1,
            5,
            lambda v, p: objects.option(check, v, p, PLAIN, link=True),
        )


def _group(check: Check, value: dict[str, Any], pointer: str) -> None:
    initial = "initial_options" if value["type"] == "checkboxes" else "initial_option"
    body = check.keys(value, pointer, ("type", "options"), ("action_id", "confirm", "focus_on_load", initial))
    if body is None:
        return
    check.items(body["options"], f"{pointer}/options", 1, 10, lambda v, p: objects.option(check, v, p, ANY_TEXT))
    _initial(check, body, pointer, _values(body["options"]))


def _select(check: Check, value: dict[str, Any], pointer: str, kind: str) -> None:
    source = kind.removeprefix("multi_").removesuffix("_select")
    multi = kind.startswith("multi_")
    noun = "option" if source in ("static", "external") else source.removesuffix("s")
    optional = {*_COMMON, f"initial_{noun}{'s' if multi else ''}"} | ({"max_selected_items"} if multi else set())
    if source == "static":
        optional |= {"options", "option_groups"}
    if source == "external":
        optional |= {"min_query_length"}
    if source == "conversations":
        optional |= {"filter", "default_to_current_conversation"}
    if source in ("conversations", "channels") and not multi:
        optional |= {"response_url_enabled"}
    body = check.keys(value, pointer, ("type",), optional)
    if body is None or source != "static":
        return
    if ("options" in body) == ("option_groups" in body):
        check.fail("must provide exactly one of options and option_groups", pointer)
        return
    if "options" in body:
        check.items(body["options"], f"{pointer}/options", 1, 100, lambda v, p: objects.option(check, v, p))
        values = _values(body["options"])
    else:
        check.items(body["option_groups"], f"{pointer}/option_groups", 1, 100, lambda v, p: _option_group(check, v, p))
        groups = body["option_groups"] if isinstance(body["option_groups"], list) else []
        values = {v for group in groups if isinstance(group, dict) for v in _values(group.get("options"))}
    _initial(check, body, pointer, values)


def _option_group(check: Check, value: Any, pointer: str) -> None:
    body = check.keys(value, pointer, ("label", "options"))
    if body is not None:
        objects.text(check, body["label"], f"{pointer}/label", 75, PLAIN)
        check.items(body["options"], f"{pointer}/options", 1, 100, lambda v, p: objects.option(check, v, p))


def _values(options: Any) -> set[str]:
    items = options if isinstance(options, list) else []
    return {str(o.get("value")) for o in items if isinstance(o, dict)}


def _initial(check: Check, body: dict[str, Any], pointer: str, values: set[str]) -> None:
    chosen = body.get("initial_options") or ([body["initial_option"]] if body.get("initial_option") else [])
    for choice in chosen:
        if not isinstance(choice, dict) or str(choice.get("value")) not in values:
            check.fail("initial option must be one of the options", pointer)


def _datepicker(check: Check, value: dict[str, Any], pointer: str) -> None:
    check.keys(value, pointer, ("type",), (*_COMMON, "initial_date"))
    _matches(check, value, "initial_date", pointer, r"\d{4}-\d{2}-\d{2}")


def _timepicker(check: Check, value: dict[str, Any], pointer: str) -> None:
    check.keys(value, pointer, ("type",), (*_COMMON, "initial_time", "timezone"))
    _matches(check, value, "initial_time", pointer, r"([01]\d|2[0-3]):[0-5]\d")


def _datetimepicker(check: Check, value: dict[str, Any], pointer: str) -> None:
    check.keys(value, pointer, ("type",), ("action_id", "confirm", "focus_on_load", "initial_date_time"))
    if value.get("initial_date_time") is not None:
        check.number(value["initial_date_time"], f"{pointer}/initial_date_time", 1_000_000_000, 9_999_999_999)


def _matches(check: Check, value: dict[str, Any], name: str, pointer: str, pattern: str) -> None:
    if value.get(name) is not None and not re.fullmatch(pattern, str(value[name])):
        check.fail("does not match the expected format", f"{pointer}/{name}")


def _text_input(check: Check, value: dict[str, Any], pointer: str) -> None:
    kind = value["type"]
    extra: dict[str, tuple[str, ...]] = {
        "plain_text_input": ("multiline", "min_length", "max_length"),
        "number_input": ("min_value", "max_value"),
        "rich_text_input": ("min_lines", "max_lines"),
    }
    required = ("type", "is_decimal_allowed") if kind == "number_input" else ("type",)
    optional = (*_COMMON, "initial_value", "dispatch_action_config", *extra.get(kind, ()))
    check.keys(value, pointer, required, optional)
    if kind == "plain_text_input":
        check.maybe_string(value, "initial_value", pointer, 3000)
        for name, least in (("min_length", 0), ("max_length", 1)):
            if value.get(name) is not None:
                check.number(value[name], f"{pointer}/{name}", least, 3000)


def _file_input(check: Check, value: dict[str, Any], pointer: str) -> None:
    check.keys(value, pointer, ("type",), ("action_id", "filetypes", "max_files"))
    if value.get("max_files") is not None:
        check.number(value["max_files"], f"{pointer}/max_files", 1, 10)


def _feedback(check: Check, value: dict[str, Any], pointer: str) -> None:
    body = check.keys(value, pointer, ("type", "positive_button", "negative_button"), ("action_id",))
    if body is None:
        return
    for name in ("positive_button", "negative_button"):
        spot = f"{pointer}/{name}"
        button = check.keys(body[name], spot, ("text", "value"), ("accessibility_label",))
        if button is not None:
            objects.text(check, button["text"], f"{spot}/text", 75, PLAIN)
            check.string(button["value"], f"{spot}/value", 2000)


def _icon_button(check: Check, value: dict[str, Any], pointer: str) -> None:
    optional = ("action_id", "value", "confirm", "accessibility_label", "visible_to_user_ids")
    body = check.keys(value, pointer, ("type", "text", "icon"), optional)
    if body is not None:
        objects.text(check, body["text"], f"{pointer}/text", 75, PLAIN)
        check.one_of(body["icon"], f"{pointer}/icon", ("trash",))


_CHECKS = {
    "button": _button,
    "workflow_button": _button,
    "overflow": _overflow,
    "checkboxes": _group,
    "radio_buttons": _group,
    "datepicker": _datepicker,
    "timepicker": _timepicker,
    "datetimepicker": _datetimepicker,
    "plain_text_input": _text_input,
    "email_text_input": _text_input,
    "url_text_input": _text_input,
    "number_input": _text_input,
    "rich_text_input": _text_input,
    "file_input": _file_input,
    "feedback_buttons": _feedback,
    "icon_button": _icon_button,
}
