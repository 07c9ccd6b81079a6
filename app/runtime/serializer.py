"""How durable steps are stored: JSON with tags for the domain's own types. Never pickle.

A stored value can only become a type of the domain listed here; anything else is refused when it is written.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Any, cast

from dbos import Serializer

from app.domain import answer, errors, money, period, principal, tooling, turn
from app.domain.errors import SophiaError

_TAG = "$type"


def _types_of(*modules: ModuleType) -> dict[str, type[Any]]:
    """The dataclasses and enums that these modules define, by name."""
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and kind.__module__ == module.__name__
        and (dataclasses.is_dataclass(kind) or issubclass(kind, Enum))
    }


_KNOWN = _types_of(answer, money, period, principal, tooling, turn)
_ERRORS: dict[str, type[SophiaError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SophiaError)
}


class RecordedFailure(Exception):
    """A failure read back from a record whose type is not one of the domain's own."""


class TaggedJson(Serializer):
    """JSON in which values of the domain's types keep their type."""

    def name(self) -> str:
        return "sophia_json"

    def serialize(self, data: Any) -> str:
        """JSON text. Raises TypeError for a value of a type that may not be stored."""
        return json.dumps(_plain(data), ensure_ascii=False, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        """The value that was stored. Raises ValueError for a tag that is not known."""
        return _rich(json.loads(serialized_data))


def is_storable(value: Any) -> bool:
    """True when a step may return this value."""
    try:
        _plain(value)
    except TypeError:
        return False
    return True


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one return per kind of value
    if isinstance(value, Enum):
        return {_TAG: type(value).__name__, "value": value.value} if _is_known(value) else _plain(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return {_TAG: "datetime", "value": value.isoformat()}
    if isinstance(value, date):
        return {_TAG: "date", "value": value.isoformat()}
    if isinstance(value, Decimal):
        return {_TAG: "decimal", "value": str(value)}
    if isinstance(value, BaseException):
        return _plain_error(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and _is_known(value):
        fields = {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value) if item.init}
        return {_TAG: type(value).__name__, "value": fields}
    if isinstance(value, dict):
        return {_TAG: "dict", "value": {_key(key): _plain(item) for key, item in cast("dict[Any, Any]", value).items()}}
    if isinstance(value, tuple | frozenset | set):
        return {_TAG: "tuple" if isinstance(value, tuple) else "frozenset", "value": [_plain(item) for item in value]}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    raise TypeError(f"a {type(value).__name__} may not be stored in a durable step")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("keys of stored dictionaries are strings")
    return key


def _is_known(value: Any) -> bool:
    return _KNOWN.get(type(value).__name__) is type(value)


def _plain_error(error: BaseException) -> dict[str, Any]:
    if isinstance(error, SophiaError):
        name = type(error).__name__ if type(error).__name__ in _ERRORS else "SophiaError"
        return {
            _TAG: "error",
            "value": {
                "name": name,
                "sentence": error.sentence,
                "next_step": error.next_step,
                "code": error.code,
                "consequence": error.consequence.value,
            },
        }
    return {_TAG: "error", "value": {"name": "", "sentence": f"{type(error).__name__}: {error}"}}


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    tagged = cast("dict[str, Any]", value)
    tag, inner = tagged.get(_TAG), tagged.get("value")
    if not isinstance(tag, str):
        raise ValueError("a stored object without a type")
    if tag in _READERS:
        return _READERS[tag](inner)
    kind = _KNOWN.get(tag)
    if kind is None:
        raise ValueError(f"a stored value of an unknown type: {tag}")
    if issubclass(kind, Enum):
        return kind(inner)
    return kind(**{name: _rich(item) for name, item in cast("dict[str, Any]", inner).items()})


def _rich_error(fields: dict[str, Any]) -> Exception:
    kind = _ERRORS.get(fields["name"])
    if kind is None:
        return RecordedFailure(fields["sentence"])
    made = kind.__new__(kind)
    SophiaError.__init__(made, fields["sentence"], next_step=fields["next_step"], code=fields["code"])
    extras: dict[str, Any] = {"near": (), "options": (), "after": None, "trace_id": ""}
    for name, empty in extras.items():
        if not hasattr(made, name):
            setattr(made, name, empty)
    return made


_READERS: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "dict": lambda inner: {key: _rich(item) for key, item in inner.items()},
    "tuple": lambda inner: tuple(_rich(item) for item in inner),
    "frozenset": lambda inner: frozenset(_rich(item) for item in inner),
    "error": _rich_error,
}
