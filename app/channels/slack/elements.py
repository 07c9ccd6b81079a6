"""The small parts that every message is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from app.channels.slack.limits import BUTTON_TEXT, BUTTON_VALUE, CONTEXT_ELEMENTS, CONTEXT_TEXT
from app.channels.slack.safe import escape
from app.channels.text import SourceText, shorten

Block = dict[str, Any]
LINK_WORDS = 150  # characters of a link's words


def plain(text: str, limit: int) -> Block:
    """A plain-text object; Slack shows it as it is."""
    return {"type": "plain_text", "text": shorten(text, limit) or "–", "emoji": False}


Run = str | tuple[str, Literal["bold", "emoji"]]


def rich(*lines: Sequence[Run]) -> Block:
    """Lines of plain and bold words and emoji, as rich text: data in it is never read as formatting, a mention or a
    link. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""
    elements: list[Block] = []
    for number, line in enumerate(lines):
        if number:
            elements.append({"type": "text", "text": "\n"})
        elements += [_run(run) for run in line if (run if isinstance(run, str) else run[0])]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _run(run: Run) -> Block:
    if isinstance(run, str):
        return {"type": "text", "text": run}
    words, kind = run
    if kind == "emoji":
        return {"type": "emoji", "name": words}
    return {"type": "text", "text": words, "style": {"bold": True}}


def context(lines: Sequence[str]) -> Block:
    """Small print in one row."""
    return {"type": "context", "elements": [plain(line, CONTEXT_TEXT) for line in lines[:CONTEXT_ELEMENTS]]}


def sourced(lines: Sequence[SourceText]) -> Block:
    """Small print with links: what can be opened stands by itself, as a link; the rest in one row.

    The address is made unable to end its link, and `verbatim` keeps names in the words from becoming mentions.
    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """
    links = [line for line in lines if line.link][: CONTEXT_ELEMENTS - 1]
    words = "   ".join(line.text for line in lines if line not in links)
    elements: list[Block] = [{"type": "mrkdwn", "text": _link(line), "verbatim": True} for line in links]
    return {"type": "context", "elements": [*elements, *([plain(words, CONTEXT_TEXT)] if words else [])]}


def _link(line: SourceText) -> str:
    address = escape(line.link.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E"))
    words = escape(shorten(line.text, LINK_WORDS))
    return f"<{address}|{words}>" if len(address) + LINK_WORDS < CONTEXT_TEXT else words


def button(text: str, action: str, value: str, style: Literal["", "primary", "danger"] = "") -> Block:
    """A button whose click carries `value`."""
    made: Block = {
        "type": "button",
        "action_id": action,
        "text": plain(text, BUTTON_TEXT),
        "value": value[:BUTTON_VALUE],
    }
    if style:
        made["style"] = style
    return made
