"""Slack's markup as the words a person meant. https://docs.slack.dev/messaging/formatting-message-text"""

from __future__ import annotations

import html
import re

_ANGLE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def mentioned_users(text: str) -> list[str]:
    """The ids of the people a message mentions, in order."""
    return _USER.findall(text)


def without_mention(text: str, user_id: str) -> str:
    """The message without the mentions of one user (Sophia herself)."""
    return re.sub(rf"\s*<@{re.escape(user_id)}(?:\|[^<>]*)?>[\s,:]*", " ", text).strip()


def plain_words(text: str, names: dict[str, str] | None = None) -> str:
    """The text without markup; `names` gives people's names by id."""
    known = names or {}

    def shown(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        if target.startswith("@"):
            return label or known.get(target[1:], "@someone")
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        if target.startswith("!"):
            return label or "@" + target[1:].partition("^")[0]
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    return html.unescape(_ANGLE.sub(shown, text)).strip()
