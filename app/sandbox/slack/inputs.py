"""Reads what a person chose or typed into Slack's `state.values` shape, and checks it like Slack does."""

import re
from datetime import UTC, date, datetime
from typing import Any

from app.sandbox.slack.blockkit.elements import GROUPS, MULTI_SELECTS, PICKERS, SELECTS, TEXT_INPUTS
from app.sandbox.slack.blockkit.walk import all_blocks, interactive
from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json

_ONE_OF = SELECTS | {"radio_buttons", "overflow"}
_MANY_OF = MULTI_SELECTS | {"checkboxes"}
_PICKED = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_SELECTED = {
    "users": "selected_user",
    "channels": "selected_channel",
    "conversations": "selected_conversation",
}


def options_of(element: Json) -> list[Json]:
    """All options of an element, those in groups included."""
    groups: list[Json] = element.get("option_groups") or []
    return list(element.get("options") or []) + [o for group in groups for o in group["options"]]


def action_value(element: Json, chosen: Any) -> Json:
    """The value part of an action or of `state.values` for this element.

    `chosen` is text: an option's value, a date, a time, an id, what was typed; a list for multi-selects.
    Raises `invalid_option` for a choice the element does not offer.
    """
    kind: str = element["type"]
    if kind in _ONE_OF:
        return _one_value(element, chosen)
    if kind in _MANY_OF:
        return _many_value(element, chosen)
    if kind in PICKERS:
        return {_PICKED[kind]: _moment(chosen) if kind == "datetimepicker" else chosen or None}
    if kind == "feedback_buttons":
        wanted = element["negative_button" if chosen == "negative" else "positive_button"]
        return {"value": wanted["value"], "text": wanted["text"]}
    if kind == "file_input":
        return {"files": chosen or []}
    return {"value": chosen or None} if kind in TEXT_INPUTS else {}


def _moment(chosen: Any) -> int | None:
    """A `datetimepicker` speaks in seconds; the page's input in local ISO form, read as UTC."""
    if not chosen:
        return None
    text = str(chosen)
    return int(text) if text.isdigit() else int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _one_value(element: Json, chosen: Any) -> Json:
    source = element["type"].removesuffix("_select")
    if source in _SELECTED:
        return {_SELECTED[source]: chosen or None}
    return {"selected_option": _option(element, chosen) if chosen else None}


def _many_value(element: Json, chosen: Any) -> Json:
    source = element["type"].removeprefix("multi_").removesuffix("_select")
    many: list[str] = [str(c) for c in (chosen if isinstance(chosen, list) else [chosen] if chosen else [])]
    if source in _SELECTED:
        return {_SELECTED[source] + "s": many}
    return {"selected_options": [_option(element, one) for one in many]}


def _option(element: Json, value: Any) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return option
    raise SlackError("invalid_option")


def initial_value(element: Json) -> Any:
    """What the element shows before anyone has touched it, in the form `action_value` takes."""
    kind: str = element["type"]
    if element.get("initial_option"):
        return element["initial_option"]["value"]
    if element.get("initial_options"):
        return [option["value"] for option in element["initial_options"]]
    for name in ("user", "channel", "conversation"):
        if element.get(f"initial_{name}"):
            return element[f"initial_{name}"]
        if element.get(f"initial_{name}s"):
            return element[f"initial_{name}s"]
    for name in ("initial_date", "initial_time", "initial_date_time", "initial_value"):
        if element.get(name) is not None:
            return element[name]
    return [] if kind in MULTI_SELECTS or kind == "checkboxes" else ""


def chosen_in(value: Json) -> list[str]:
    """The raw choices inside one entry of `state.values`: the way back from `action_value`."""
    for key, held in value.items():
        if key == "type" or held in (None, []):
            continue
        items: list[Any] = held if isinstance(held, list) else [held]
        return [str(item["value"]) if isinstance(item, dict) else str(item) for item in items]
    return []


def check_inputs(blocks: list[Json], values: Json) -> tuple[Json, dict[str, str]]:
    """Slack's own checks before a modal is submitted: returns `state.values` and errors by block id.

    `values[block_id][action_id]` is the raw choice; what is missing counts as left empty.
    """
    read: Json = {}
    problems: dict[str, str] = {}
    required = {b["block_id"]: not b.get("optional") for b in all_blocks(blocks) if b["type"] == "input"}
    for block, element in interactive(blocks):
        if element["type"] not in GROUPS | SELECTS | MULTI_SELECTS | PICKERS | TEXT_INPUTS | {"file_input"}:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        chosen = (values.get(block_id) or {}).get(action_id)
        value = action_value(element, chosen)
        read.setdefault(block_id, {})[action_id] = {"type": element["type"], **value}
        if not chosen:
            if required.get(block_id):
                problems[block_id] = "Please complete this required field."
        elif problem := _problem(element, chosen):
            problems[block_id] = problem
    return read, problems


def _problem(element: Json, chosen: Any) -> str:
    kind, text = element["type"], str(chosen)
    if kind in _PATTERNS:
        pattern, complaint = _PATTERNS[kind]
        return "" if re.fullmatch(pattern, text) else complaint
    if kind in _CHECKS:
        return _CHECKS[kind](element, text)
    most = element.get("max_selected_items")
    if most and isinstance(chosen, list) and len(chosen) > most:
        return f"Please choose at most {most}."
    return ""


def _length_problem(element: Json, text: str) -> str:
    least, most = element.get("min_length") or 0, element.get("max_length") or 3000
    if len(text) < least:
        return f"Please enter at least {least} characters."
    if len(text) > most:
        return f"Please enter at most {most} characters."
    return ""


def _number_problem(element: Json, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < float(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if element.get("max_value") is not None and number > float(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return ""


def _date_problem(element: Json, text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        return "Please enter a date."
    return ""


_PATTERNS = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Please enter a valid email address."),
    "url_text_input": (r"https?://\S+", "Please enter a valid URL."),
}
_CHECKS = {
    "plain_text_input": _length_problem,
    "number_input": _number_problem,
    "datepicker": _date_problem,
}
