"""Link headers (RFC 8288) and the addresses in answers, of which only parameters are taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_ATTRIBUTE: Final = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))")
_LONGEST: Final = 10_000


def links(header: str) -> list[tuple[str, Mapping[str, str]]]:
    """The addresses of a Link header with their attributes."""
    return [
        (match[1], {name.lower(): quoted or bare for name, quoted, bare in _ATTRIBUTE.findall(match[2])})
        for match in _LINK.finditer(header[:_LONGEST])
    ]


def query_of(address: str) -> str:
    """The query of an address, "" for none and for what is no address."""
    try:
        return urlsplit(address[:_LONGEST]).query
    except ValueError:
        return ""


def parameter_of(address: str, name: str) -> str:
    """The value of one parameter in an address's query, "" for none."""
    return parse_qs(query_of(address)).get(name, [""])[0]
