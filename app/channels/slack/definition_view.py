"""How a figure is counted, as a modal: the rules, and an example worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.channels.slack.elements import context, plain, rich
from app.channels.slack.limits import MODAL_BUTTON, MODAL_TITLE
from app.domain.definition import Definition

View = dict[str, Any]


def definition_view(definitions: Sequence[Definition]) -> View:
    """A modal to read; nothing in it is submitted."""
    blocks: list[View] = []
    for number, definition in enumerate(definitions):
        if number:
            blocks.append({"type": "divider"})
        blocks.append(rich([(definition.name, "bold")], [definition.sentence]))
        blocks.append(rich(*([f"• {rule}"] for rule in definition.counting)))
        blocks.append(rich([("For example", "bold")], *([line] for line in definition.example)))
        blocks.append(context([f"That is {definition.result}."]))
    return {
        "type": "modal",
        "title": plain("How is this counted?", MODAL_TITLE),
        "close": plain("Close", MODAL_BUTTON),
        "blocks": blocks,
    }
