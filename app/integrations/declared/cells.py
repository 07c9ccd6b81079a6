"""From a value in an answer to a cell of a table: typed, cleaned, capped. What is not of its kind is left out and
counted, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.domain.answer import Cell
from app.domain.money import Money
from app.integrations.declared.definition import Shown
from app.integrations.declared.paths import found

LARGEST: Final = Decimal(10) ** 15
LONGEST_READ: Final = 50_000
"""Characters of one value that are looked at at all."""
MOST_PARTS: Final = 20
"""Values of a list that are joined in one cell."""
HIDDEN: Final = "[hidden]"
SHORTEST_HIDDEN: Final = 6
"""Characters; a shorter value under a hidden field would black out ordinary words."""
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?")


class NotOfItsKind(ValueError):
    """The value is not what the column holds."""


@dataclass(frozen=True)
class Hidden:
    """Texts that never stand in a cell: values of fields that are never shown, and our own secrets."""

    texts: frozenset[str] = frozenset()

    @classmethod
    def in_answer(cls, answer: Any, fields: frozenset[str], secrets: Iterable[str]) -> Hidden:
        kept = {text for text in secrets if len(text) >= SHORTEST_HIDDEN}
        if fields:
            kept.update(_under(answer, fields))
        return cls(frozenset(kept))

    def without(self, text: str) -> str:
        for secret in self.texts:
            text = text.replace(secret, HIDDEN)
        return text


def cell_of(record: Any, shown: Shown, hidden: Hidden) -> Cell:
    """The cell of a column; None when there is nothing. Raises NotOfItsKind."""
    values = found(record, shown.path)
    if not values:
        return None
    if shown.kind == "text":
        return _text(values, shown.longest, hidden)
    if len(values) > 1:
        raise NotOfItsKind("several values")
    return _READERS[shown.kind](values[0], shown)


def plain_text(value: Any) -> str:
    """Text in composed form without control characters or marks that turn writing around. Raises NotOfItsKind."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        raise NotOfItsKind("an object")
    composed = unicodedata.normalize("NFC", str(value)[:LONGEST_READ])
    return "".join(char for char in composed if unicodedata.category(char)[0] != "C" or char in "\n\t").strip()


def _text(values: list[Any], longest: int, hidden: Hidden) -> str | None:
    parts: list[str] = []
    for value in values:
        parts += [plain_text(one) for one in (value if isinstance(value, list) else [value])[:MOST_PARTS]]
    text = " ".join(hidden.without(", ".join(part for part in parts if part)).split())
    return (text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…") or None


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotOfItsKind("no number")
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        raise NotOfItsKind("no number")
    try:
        made = Decimal(str(value).strip())
    except InvalidOperation:
        raise NotOfItsKind("no number") from None
    if not made.is_finite() or abs(made) >= LARGEST:
        raise NotOfItsKind("too large a number")
    return made


def _number(value: Any, shown: Shown) -> Cell:
    made = _decimal(value)
    return int(made) if made == made.to_integral_value() else made


def _money(value: Any, shown: Shown) -> Cell:
    made = _decimal(value)
    return Money.of(made / 100 if shown.unit == "cents" else made)


def _percent(value: Any, shown: Shown) -> Cell:
    made = _decimal(value)
    return made / 100 if shown.unit == "percent" else made


def _day(value: Any, shown: Shown) -> Cell:
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError):
        raise NotOfItsKind("no date") from None


def _moment(value: Any, shown: Shown) -> Cell:
    try:
        if shown.unit:
            seconds = float(_decimal(value)) / (1000 if shown.unit == "milliseconds" else 1)
            return datetime.fromtimestamp(seconds, UTC)
        made = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError, OSError):
        raise NotOfItsKind("no moment") from None
    return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)


def _yes_no(value: Any, shown: Shown) -> Cell:
    if not isinstance(value, bool):
        raise NotOfItsKind("neither yes nor no")
    return value


_READERS: Final[Mapping[str, Callable[[Any, Shown], Cell]]] = {
    "number": _number,
    "money": _money,
    "percent": _percent,
    "date": _day,
    "moment": _moment,
    "yes_no": _yes_no,
}


def _under(value: Any, fields: frozenset[str], *, inside: bool = False) -> Iterable[str]:
    """Every text under a field that is never shown, at any depth."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _under(one, fields, inside=inside or name in fields)
    elif isinstance(value, list):
        for one in value:
            yield from _under(one, fields, inside=inside)
    elif inside and isinstance(value, str) and len(value) >= SHORTEST_HIDDEN:
        yield value
