"""Makes words safe to show in Slack: nothing becomes a mention of everyone, a link or an image by accident.

Not for: deciding who may read something (app/security).
"""

from __future__ import annotations

import re
from collections.abc import Collection

_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(([^)\s]{0,2000})(?:[ \t][^)\n]{0,500})?\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\(([^)\s]{0,2000})(?:[ \t][^)\n]{0,500})?\)")
_BARE_URL = re.compile(r"(?<![`(\w/])(?:https?://|www\.)[^\s<>`)\]]+", re.IGNORECASE)
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]\n]+\]:\s*\S+.*$", re.MULTILINE)
_MENTION = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
ZERO_WIDTH = "\u2060"


def escape(text: str) -> str:
    """Slack's three control characters as entities. https://docs.slack.dev/messaging/formatting-message-text"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown(text: str, allowed_links: Collection[str] = ()) -> str:
    """Sophia's Markdown with every image dropped and every link that is not a source's own link unlinked."""
    text = _REFERENCE.sub("", text)
    text = _IMAGE.sub(lambda found: found[1], text)
    text = _LINK.sub(lambda found: found[0] if found[2] in allowed_links else found[1], text)
    text = _BARE_URL.sub(lambda found: found[0] if found[0] in allowed_links else f"`{found[0]}`", text)
    return escape_markdown(_MENTION.sub(f"@{ZERO_WIDTH}", text))


def escape_markdown(text: str) -> str:
    """Control characters as entities, except a `>` that starts a quotation."""
    return "\n".join(
        ("> " + escape(line.lstrip()[1:].lstrip())) if line.lstrip().startswith(">") else escape(line)
        for line in text.split("\n")
    )


def settled_length(text: str) -> int:
    """How much of a growing text can be shown already: up to the last whitespace outside an open link or code."""
    end = len(text)
    opened = max(text.rfind("["), text.rfind("!["))
    if (
        opened >= 0
        and not re.match(r"!?\[[^\]\n]*\](?:\([^)\n]*\)|(?!\())\s", text[opened:])
        and "\n" not in text[opened:]
    ):
        end = opened
    while end > 0 and not text[end - 1].isspace():
        end -= 1
    return end
