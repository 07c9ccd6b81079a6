"""What comes after a page: read from the answer, as parameters of our own address. An address in an answer is never
followed, so that no answer can lead a request elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.http.outbound import Reply
from app.integrations.declared.definition import Pages
from app.integrations.declared.paths import found

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))")
LONGEST_CURSOR = 2000


def first_page(pages: Pages) -> dict[str, str]:
    """The parameters of the first page."""
    made = {pages.size_parameter: str(pages.size)} if pages.size_parameter else {}
    return made | ({pages.parameter: str(pages.first)} if pages.by == "number" else {})


def next_page(pages: Pages, reply: Reply, answer: Any, *, number: int, rows: int) -> str | None:
    """The page parameter's next value, None after the last page. `number` counts the pages read, `rows` those of the
    last one."""
    if pages.by == "number":
        full = rows >= pages.size if pages.size_parameter else rows > 0
        return str(pages.first + number) if full else None
    following = _linked(pages, reply) if pages.by == "link" else _cursor(pages, answer)
    return following[:LONGEST_CURSOR] if following else None


def _cursor(pages: Pages, answer: Any) -> str:
    for value in found(answer, pages.field):
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return ""


def _linked(pages: Pages, reply: Reply) -> str:
    for address, attributes in links(reply.headers.get("Link", "")):
        if attributes.get("rel", "").lower() != "next":
            continue
        if all(attributes.get(name) == value for name, value in pages.only_if.items()):
            return parse_qs(urlsplit(address).query).get(pages.parameter, [""])[0]
    return ""


def links(header: str) -> list[tuple[str, Mapping[str, str]]]:
    """The addresses of a Link header (RFC 8288) with their attributes."""
    return [
        (match[1], {name.lower(): quoted or bare for name, quoted, bare in _ATTRIBUTE.findall(match[2])})
        for match in _LINK.finditer(header[:10_000])
    ]
