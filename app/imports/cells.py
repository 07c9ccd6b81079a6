"""What a cell may hold, and its way through a file on disk as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson


@dataclass(frozen=True)
class Broken:
    """A cell without a value that could be believed: an Excel error, or a formula nobody has calculated."""

    reason: str


Cell = str | int | float | bool | date | datetime | Broken | None


def packed(value: Any) -> bytes:
    """One line of JSON without its line break."""
    return orjson.dumps(
        value, default=_tagged, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    )


def unpacked(line: bytes | str) -> Any:
    """What `packed` was given; tuples come back as lists."""
    return _plain(orjson.loads(line))


def _tagged(value: object) -> dict[str, str]:
    match value:
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case Broken():
            return {"x": value.reason}
        case _:
            return {"s": str(value)}  # a cell type that nobody foresaw is its text


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, text),) = value.items()
        if tag in _TAGS:
            return _TAGS[tag](text)
    return {key: _plain(one) for key, one in value.items()}


_TAGS: Mapping[str, Callable[[str], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "x": Broken,
    "s": str,
}
