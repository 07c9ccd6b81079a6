"""From an OpenAPI schema of a plain value to a checked argument.

Taken are strings (enum, pattern, lengths, format date), whole and other numbers with bounds, yes/no, and lists of texts
or numbers. An object is no argument: its fields can be, each with a path into the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

LONGEST: Final = 200
"""Characters of a text whose schema names no limit."""
MOST_ITEMS: Final = 50
_KNOWN: Final = frozenset(
    "type enum pattern minLength maxLength format minimum maximum items minItems maxItems default example examples"
    " description title nullable".split()
)


class BadSchema(ValueError):
    """A schema that can't become an argument; says why."""


def annotation_of(schema: Mapping[str, Any]) -> Any:
    """The type of a value of this schema, with its checks. Raises BadSchema."""
    for key in schema:
        if key not in _KNOWN and not key.startswith("x-"):
            raise BadSchema(f"{key} in a schema is not understood here")
    kind = _type(schema)
    if "enum" in schema:
        return _choice(schema["enum"])
    maker = _MAKERS.get(kind)
    if maker is None:
        raise BadSchema(f"a value of type {kind or 'unknown'} can't be an argument")
    return maker(schema)


def _type(schema: Mapping[str, Any]) -> str:
    """The one type; `null` beside it (OpenAPI 3.1) says no more than that it may be left out."""
    given = schema.get("type", "string" if "enum" in schema else "")
    kinds = [kind for kind in (given if isinstance(given, list) else [given]) if kind != "null"]
    return str(kinds[0]) if len(kinds) == 1 else ""


def _choice(values: Any) -> Any:
    named = [value for value in values if value is not None] if isinstance(values, list) else []
    if not named or not all(isinstance(value, str | int) for value in named):
        raise BadSchema("enum must be a list of texts or whole numbers")
    return Literal[tuple(named)]  # pyright: ignore[reportInvalidTypeForm]


def _text(schema: Mapping[str, Any]) -> Any:
    if schema.get("format") == "date":
        return date
    limits = Field(min_length=max(1, schema.get("minLength", 1)), max_length=schema.get("maxLength", LONGEST))
    pattern = schema.get("pattern")
    if pattern is None:
        return Annotated[str, limits]
    examples = schema.get("examples") or [schema.get("example", "")]
    shape = Field(json_schema_extra={"pattern": pattern})
    return Annotated[str, limits, shape, AfterValidator(_like(pattern, str(examples[0])))]


def _like(pattern: str, example: str) -> Callable[[str], str]:
    try:
        shape = re.compile(pattern)
    except re.error as wrong:
        raise BadSchema(f"pattern is no regular expression: {wrong}") from None
    hint = f", such as {example}" if example else ""

    def check(value: str) -> str:
        if not shape.fullmatch(value):
            raise ValueError(f"must be written as it is there{hint}")
        return value

    return check


def _whole_number(schema: Mapping[str, Any]) -> Any:
    return Annotated[int, Field(ge=schema.get("minimum"), le=schema.get("maximum"))]


def _number(schema: Mapping[str, Any]) -> Any:
    return Annotated[float, Field(ge=schema.get("minimum"), le=schema.get("maximum"), allow_inf_nan=False)]


def _yes_no(schema: Mapping[str, Any]) -> Any:
    return bool


def _list(schema: Mapping[str, Any]) -> Any:
    items = schema.get("items")
    if not isinstance(items, dict) or _type(items) not in ("string", "integer", "number"):
        raise BadSchema("a list must be one of texts or numbers")
    limits = Field(min_length=schema.get("minItems", 1), max_length=schema.get("maxItems", MOST_ITEMS))
    return Annotated[tuple[annotation_of(items), ...], limits]


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "string": _text,
    "integer": _whole_number,
    "number": _number,
    "boolean": _yes_no,
    "array": _list,
}
