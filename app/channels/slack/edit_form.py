"""The form for editing an action before it is approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.channels.slack import actions
from app.channels.slack.elements import plain, rich
from app.channels.slack.limits import MODAL_BUTTON, MODAL_TITLE
from app.channels.text import shorten
from app.domain.answer import EditableField

View = dict[str, Any]
LONGEST = 3000
LABEL = 150
OPTION = 75


def edit_view(fields: Sequence[EditableField], private_metadata: str) -> View:
    """The modal with one input per field. Their block ids are the arguments' names."""
    blocks = [_input(one) for one in fields]
    blocks.append(rich(["Saving approves the action as it is written here."]))
    return {
        "type": "modal",
        "callback_id": actions.EDIT_VIEW,
        "title": plain("Edit before approving", MODAL_TITLE),
        "submit": plain("Save and approve", MODAL_BUTTON),
        "close": plain("Cancel", MODAL_BUTTON),
        "private_metadata": private_metadata,
        "blocks": blocks,
    }


def edits_from(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the person wrote or chose, by argument name; an emptied field is None. The gate checks the values."""
    edits: dict[str, Any] = {}
    for name, inputs in view.get("state", {}).get("values", {}).items():
        for state in inputs.values():
            chosen = state.get("selected_option") or state
            edits[name] = (chosen.get("value") or "").strip() or None
    return edits


def _input(one: EditableField) -> View:
    value = one.value
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    label = plain(shorten(one.name.replace("_", " ").capitalize(), LABEL), LABEL)
    element = _choice(one.options, text) if text in one.options else _writing(text)
    return {"type": "input", "block_id": one.name, "optional": not one.required, "label": label, "element": element}


def _choice(values: Sequence[str], chosen: str) -> View:
    options = {value: {"text": plain(value.replace("_", " "), OPTION), "value": value} for value in values}
    return {
        "type": "static_select",
        "action_id": "value",
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def _writing(text: str) -> View:
    """Anything of several words gets several lines: there the Enter key ends a line and sends nothing."""
    element: View = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": len(text.split()) > 1,
        "max_length": LONGEST,
    }
    if text:
        element["initial_value"] = text[:LONGEST]
    return element
