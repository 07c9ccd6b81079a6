"""Gong's values as they come over the wire, and as what they are. Each function raises ValueError for a value that is
not of its kind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

LONGEST_TEXT = 4000
_LONGEST_ID = 20  # digits
_LONGEST_CALL = 7 * 86_400  # seconds: more is a slip
_EMAIL = re.compile(r"[^\s|<>@,;]+@[^\s|<>@,;]+\.[^\s|<>@,;]+")
_LONGEST_EMAIL = 200


def text(value: Any, longest: int = LONGEST_TEXT) -> str:
    """One line, trimmed, in composed form, without control and direction characters; "" for nothing."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("is not a text")
    plain = unicodedata.normalize("NFC", value[:longest])
    spaced = (" " if char in "\n\r\t\u2028\u2029" else char for char in plain)
    return "".join(char for char in spaced if unicodedata.category(char)[0] != "C").strip()


def record_id(value: Any) -> str:
    """An id, which is up to 20 digits. A number with a fraction is refused: beyond 2^53 it is another record's."""
    plain = str(value) if type(value) is int else value
    if not (isinstance(plain, str) and plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_ID):
        raise ValueError("is not a record id")
    return plain


def optional_id(value: Any) -> str:
    """An id, or "" for nothing."""
    return "" if value in (None, "") else record_id(value)


def moment(value: Any) -> datetime:
    """A moment in UTC from ISO 8601 with a zone; without one it could be any of 24."""
    if not isinstance(value, str):
        raise ValueError("is not a moment")
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("has no time zone")
    return at.astimezone(UTC)


def seconds(value: Any) -> int:
    """A length in whole seconds; 0 for nothing."""
    if value is None:
        return 0
    if type(value) not in (int, float) or not 0 <= value <= _LONGEST_CALL:
        raise ValueError("is not a length")
    return int(value)


def milliseconds(value: Any) -> int:
    """A position in a recording, in milliseconds."""
    if type(value) is not int or not 0 <= value <= _LONGEST_CALL * 1000:
        raise ValueError("is not a position")
    return value


def email(value: Any) -> str:
    """An address in lower case; "" for nothing."""
    plain = text(value, _LONGEST_EMAIL + 1).lower()
    if plain and (len(plain) > _LONGEST_EMAIL or not _EMAIL.fullmatch(plain)):
        raise ValueError("is not an e-mail address")
    return plain


def own_address(base_url: str) -> Callable[[Any], str]:
    """Reads links: one leads to Gong (over https) or to the host of `base_url`; "" for nothing. Whoever gets to write
    a link into a call must not have people sent elsewhere by it."""
    home = urlsplit(base_url)

    def link(value: Any) -> str:
        plain = text(value)
        if not plain:
            return ""
        parts = urlsplit(plain)
        at_gong = parts.scheme == "https" and (parts.hostname or "").endswith(".gong.io")
        if not (at_gong or (parts.scheme, parts.netloc) == (home.scheme, home.netloc)) or re.search(r"[\s<>|]", plain):
            raise ValueError("leads somewhere else")
        return plain

    return link
