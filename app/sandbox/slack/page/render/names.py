"""Who and what the ids in a text stand for."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

_SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Names:
    """Looks up the display names of users and channels for one reader."""

    user: Callable[[str], str]
    channel: Callable[[str], str]
    reader: str = ""

    def user_chip(self, user_id: str) -> Markup:
        mine = " me" if user_id == self.reader else ""
        return Markup('<span class="mention{}">@{}</span>').format(mine, self.user(user_id))

    def channel_chip(self, channel_id: str, label: str = "") -> Markup:
        return Markup('<span class="mention">#{}</span>').format(label or self.channel(channel_id))

    def broadcast_chip(self, name: str) -> Markup:
        return Markup('<span class="mention me">@{}</span>').format(name)


def safe_link(url: str, label: str | Markup) -> Markup:
    """A link that opens elsewhere; anything but http, https, mailto and tel stays text."""
    if not url.lower().startswith(_SAFE_SCHEMES):
        return Markup("{}").format(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(url, label)


def lines(text: str) -> Markup:
    """Escaped text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
