"""The form for editing an action before it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.channels.slack import actions
from app.channels.slack.elements import plain, rich
from app.channels.slack.limits import MODAL_BUTTON, MODAL_TITLE
from app.channels.text import shorten

View = dict[str, Any]
LONG = 60  # characters from which a text gets several lines
LONGEST = 3000
LABEL = 150


def edit_view(values: Mapping[str, Any], private_metadata: str) -> View:
    """The modal with one field per editable argument. Field ids are the arguments' names."""
    blocks = [_field(name, value) for name, value in values.items()]
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
    """What the person wrote, by argument name; an emptied field is None. The gate checks the values."""
    edits: dict[str, Any] = {}
    for name, fields in view.get("state", {}).get("values", {}).items():
        for field in fields.values():
            edits[name] = (field.get("value") or "").strip() or None
    return edits


def _field(name: str, value: Any) -> View:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    element: View = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": len(text) > LONG or "\n" in text,
        "max_length": LONGEST,
    }
    if text:
        element["initial_value"] = text[:LONGEST]
    label = plain(shorten(name.replace("_", " ").capitalize(), LABEL), LABEL)
    return {"type": "input", "block_id": name, "optional": True, "label": label, "element": element}
