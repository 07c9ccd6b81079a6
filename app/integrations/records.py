"""Reading vendors' records leniently: unknown fields are dropped, and a record that can't be read is named while the
others are taken. What a vendor's own values look like is in its connector."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

import phonenumbers
from pydantic import BaseModel, ConfigDict, ValidationError

from app.domain.money import Money
from app.integrations.base import SAMPLED, Problems

M = TypeVar("M", bound=BaseModel)

UNKNOWN: Final = "unknown"
_LONGEST_TEXT = 4000
_LARGEST_CENTS = 2_000_000_000  # twenty million dollars: more is a slip


class Record(BaseModel):
    """A vendor's record; a connector's models say which of its fields are read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def parsed(model: type[M], items: list[Any], problems: Problems, *, id_key: str) -> list[M]:
    """The records that can be read; each that can't is a problem with the field and the record's id."""
    try:
        return [model.model_validate(item) for item in items]
    except ValidationError:
        pass  # one by one below, so that only the broken ones are left out
    taken: list[M] = []
    for item in items:
        try:
            taken.append(model.model_validate(item))
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
            field = ".".join(str(step) for step in first["loc"]) or "record"
            shown = item.get(id_key) if isinstance(item, dict) else None
            reason = first["msg"].removeprefix("Value error, ").lower()
            record = str(shown)[:40] if isinstance(shown, str | int) else "without an id"
            problems.add(f"unreadable {model.__name__}: {field} {reason}", record)
    return taken


def canonical(word: str, table: Mapping[str, str], what: str, record: str, problems: Problems) -> str:
    """The canonical state for a vendor's word; `unknown`, and a problem, when the table does not have it."""
    found = table.get(" ".join(word.lower().split()))
    if found is None:
        problems.add(f"unknown {what}: {word[:60] or 'empty'}", record)
        return UNKNOWN
    return found


def sample_of(items: list[Any], id_key: str) -> dict[str, dict[str, Any]]:
    """The first of a page's records by id, for `Page.sample`."""
    return {str(item.get(id_key))[:60]: item for item in items[:SAMPLED] if isinstance(item, dict)}


def text(value: Any) -> str:
    """Trimmed, in composed form, without control characters; "" for nothing. Raises ValueError on objects."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable() and len(value) <= _LONGEST_TEXT:
            return value.strip()
    elif type(value) is int or type(value) is float:
        return repr(value)
    if value is None or value is False or value in ([], {}):
        return ""
    if isinstance(value, dict | list):
        raise ValueError("is an object where a text is expected")
    plain = unicodedata.normalize("NFC", str(value)[:_LONGEST_TEXT])
    return "".join(char for char in plain if char == "\n" or unicodedata.category(char)[0] != "C").strip()


def phone(said: str) -> str:
    """The first number in a text as +15125550123, "" when there is none: `(512) 555-0123`, `Mobile: 512-555-0123`."""
    found = phonenumbers.PhoneNumberMatcher(said, "US", leniency=phonenumbers.Leniency.POSSIBLE, max_tries=9)
    first = next(iter(found), None) if said else None
    return phonenumbers.format_number(first.number, phonenumbers.PhoneNumberFormat.E164) if first else ""


def cents(value: Any) -> int | None:
    """Cents from dollars: 1234.5, "1,234.50", "$1,234.50", "(12.00)" for a negative one; None for nothing. Raises
    ValueError on anything else."""
    plain = text(value)
    return _cents_of(plain) if plain else None


@lru_cache(maxsize=16_384)  # the same rents and fees come again and again
def _cents_of(plain: str) -> int:
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    made = Money.of(plain).cents
    if abs(made) > _LARGEST_CENTS:
        raise ValueError("is too large to be an amount")
    return made
