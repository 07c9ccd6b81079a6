"""Removes what a model must not put into an answer: links, images, mentions of whole channels, and characters that
nobody sees (controls, terminal codes, reversed writing), behind which anything can hide.

A link that a model wrote can carry what it read to somebody else's server. Links to sources are added by the system
from the tools' own records, after this.
"""

from __future__ import annotations

import re

_ADDRESS = r"[^\s<>()\[\]\"'|`]*(?:\([^\s()]*\)[^\s<>()\[\]\"'|`]*)*"
_URL = rf"(?:[a-z][a-z0-9+.-]{{1,15}}://|//(?=[\w-]+\.\w)|www\.|mailto:|javascript:|data:[a-z]+/){_ADDRESS}"
_TAGS = "a|img|iframe|script|svg|link|object|embed|video|audio|source|form|meta"
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!(?:channel|here|everyone|subteam)[^>]*>|@(?:channel|here|everyone)\b", re.IGNORECASE), ""),
    (re.compile(r"!\[([^\[\]]*)\](?:\([^)]{0,2000}\)|\[[^\]]*\])"), r"\1"),  # images
    (re.compile(r"(\[\d{1,3}\])\([^)]{0,2000}\)"), r"\1"),  # a citation made a link stays a citation
    (re.compile(r"\[([^\[\]]*)\]\([^)]{0,2000}\)"), r"\1"),  # links
    (re.compile(r"\[(?!\d{1,3}\]\[\d{1,3}\])([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),  # by reference; [1][2] are citations
    (re.compile(r"(?m)^[ \t]*\[[^\[\]]+\]:\s*\S.*$\n?"), ""),  # their targets
    (re.compile(rf"<{_URL}(?:\|([^>]*))?>", re.IGNORECASE), r"\1"),  # <https://…|text>
    (re.compile(rf"</?(?:{_TAGS})\b[^>]*>?", re.IGNORECASE), ""),
    (re.compile(_URL, re.IGNORECASE), ""),
    (re.compile(r"(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,24}/[^\s<>()\[\]]*", re.IGNORECASE), ""),  # example.com/path
    (re.compile(r"\]\(\s*\)?"), ""),  # the rest of a link that was cut by a sentence
    (re.compile(r"(?<![ \t])[ \t]{2,}(?=\S)"), " "),
    (re.compile(r"(?<![ \t])[ \t]+([.,;:!?])"), r"\1"),
)  # fmt: skip


_UNSEEN = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Not the joiner that holds emoji together, nor the marks that Arabic and Hebrew need."""


def cleaned(text: str) -> str:
    """The text without links, images, HTML that loads something, mentions that call everybody, unseen characters."""
    text = _UNSEEN.sub("", text)
    if not _MAY_HOLD.search(text):
        return text
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text


_MAY_HOLD = re.compile(
    r"://|//|www\.|mailto:|javascript:|data:|[\[\]<]|@(?:channel|here|everyone)|\.[a-z]{2,24}/", re.I
)
