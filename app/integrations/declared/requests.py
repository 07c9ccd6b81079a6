"""From an operation and what a person said to a request. Values are escaped where they go; none can leave its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson

from app.domain.errors import Fixable
from app.integrations.declared.definition import PLACEHOLDER, Argument
from app.integrations.declared.operation import Operation
from app.integrations.declared.paths import put

Pairs = tuple[tuple[str, str], ...]
_STEPS_UP: Final = frozenset({"", ".", ".."})


@dataclass(frozen=True)
class Asked:
    """A request before it is signed in. `path` is escaped, `query` is not yet."""

    method: str
    path: str
    query: Pairs = ()
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def with_query(self, pairs: Iterable[tuple[str, str]]) -> Asked:
        """The same request with these parameters, instead of those of the same names."""
        further = tuple(pairs)
        names = {name for name, _ in further}
        kept = tuple(pair for pair in self.query if pair[0] not in names)
        return Asked(self.method, self.path, (*kept, *further), self.body, self.headers)

    def with_header(self, name: str, value: str) -> Asked:
        return Asked(self.method, self.path, self.query, self.body, {**self.headers, name: value})

    @property
    def target(self) -> str:
        """Path and query as they stand in the address."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


def request_of(
    operation: Operation, said: Mapping[str, Any], settings: Mapping[str, str], key: Mapping[str, str]
) -> Asked:
    """The request of an operation. `said`: the arguments by name, `key`: what stands for a write's own key (empty for
    a read). Raises Fixable for a value that can't stand in a path."""
    query: list[tuple[str, str]] = [
        (name, filled(text, {**settings, **key})) for name, text in operation.fixed.query.items()
    ]
    body: dict[str, Any] = _filled_in(operation.fixed.body, {**settings, **key})
    for name, value in sent(operation, said).items():
        argument = operation.arguments[name]
        wire = argument.name or name
        if argument.into == "query":
            query += [(wire, as_text(one)) for one in (value if isinstance(value, list) else [value])]
        elif argument.into == "body":
            put(body, wire, value)
    content, kind = _content(operation, body)
    return Asked(
        operation.method,
        filled_path(operation.path, {**settings, **sent(operation, said)}),
        tuple(query),
        content,
        {"Content-Type": kind} if content is not None else {},
    )


def sent(operation: Operation, said: Mapping[str, Any]) -> dict[str, Any]:
    """What goes to the service for each argument: what was said or the schema's default, in the form it wants."""
    values: dict[str, Any] = {}
    for name, argument in operation.arguments.items():
        value = said.get(name)
        if value is None:
            value = (argument.schema_ or {}).get("default")
        if value is not None:
            values[name] = _in_form(argument, value)
    return values


def filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with its placeholders filled; one without a value is left empty."""
    return PLACEHOLDER.sub(lambda match: as_text(values.get(match[1], "")), template)


def filled_path(template: str, values: Mapping[str, Any]) -> str:
    """A path whose filled parts are escaped whole. Raises Fixable for a part that would change where it leads."""

    def part(name: str) -> str:
        text = as_text(values.get(name, ""))
        if text.strip() in _STEPS_UP:
            raise Fixable(
                f"“{text}” can't be a {name.replace('_', ' ').lower()}.",
                next_step="Please give its name or number.",
                code="bad_arguments",
            )
        return quote(text, safe="")

    return PLACEHOLDER.sub(lambda match: part(match[1]), template)


def as_text(value: Any) -> str:
    """A value as it stands in an address or a sentence."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(as_text, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _in_form(argument: Argument, value: Any) -> Any:
    plain: Any = value.isoformat() if isinstance(value, date) else value
    if isinstance(plain, tuple):
        plain = list(plain)
    if argument.sends:
        plain = filled(argument.sends, {"value": plain})
    return [plain] if argument.as_list and not isinstance(plain, list) else plain


def _filled_in(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return filled(value, values)
    if isinstance(value, dict):
        return {name: _filled_in(one, values) for name, one in value.items()}
    return [_filled_in(one, values) for one in value] if isinstance(value, list) else value


def _content(operation: Operation, body: dict[str, Any]) -> tuple[bytes | None, str]:
    if operation.method in ("GET", "DELETE") and not body:
        return None, ""
    if operation.body == "form":
        pairs = [(name, as_text(one)) for name, value in body.items() for one in _each(value)]
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    return orjson.dumps(body), "application/json"


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
