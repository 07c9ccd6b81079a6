"""Exchanges held against a service's official OpenAPI file (read from `../shared`, never copied)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from jsonschema import Draft202012Validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.integrations.declared.openapi import Spec


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    target: str
    body: bytes
    status: int
    answer: bytes


@dataclass
class Recorded:
    """An application that notes every exchange."""

    app: ASGIApp
    exchanges: list[Exchange] = field(default_factory=list[Exchange])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: list[bytes] = []
        told: list[bytes] = []
        status = 0

        async def hear() -> Message:
            message = await receive()
            asked.append(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            told.append(message.get("body", b""))
            await send(message)

        await self.app(scope, hear, say)
        query = scope["query_string"].decode()
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        self.exchanges.append(Exchange(scope["method"], target, b"".join(asked), status, b"".join(told)))


class Official:
    """What an official file says about exchanges. `partial`: operations whose body the file describes as if every field
    had to be there."""

    def __init__(self, document: Mapping[str, Any], partial: tuple[str, ...] = ()) -> None:
        self._document = _with_nulls(document)
        self._spec = Spec(self._document)
        self._partial = partial

    def problems(self, exchange: Exchange) -> list[str]:
        """What is wrong with an exchange; nothing when both sides are as described."""
        parts = urlsplit(exchange.target)
        operation, _ = self._spec.operation(exchange.method, parts.path)
        return [
            *self._query_problems(operation, parse_qsl(parts.query, keep_blank_values=True)),
            *self._body_problems(operation, exchange.body, f"{exchange.method} {parts.path}"),
            *self._answer_problems(operation, exchange),
        ]

    def parameter(self, method: str, path: str, into: str, name: str) -> dict[str, Any]:
        """The official schema of a parameter, or of a field of the body."""
        operation, placed = self._spec.operation(method, path)
        schema, _, _ = self._spec._described(operation, into, placed.get(name, name))
        return schema

    def accepts(self, schema: Mapping[str, Any], value: Any) -> bool:
        return not self._errors(schema, value)

    def _query_problems(self, operation: Mapping[str, Any], query: list[tuple[str, str]]) -> list[str]:
        known = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
        given: dict[str, list[str]] = {}
        for name, value in query:
            given.setdefault(name, []).append(value)
        problems = [f"there is no parameter {name}" for name in given.keys() - known.keys()]
        problems += [f"{name} is missing" for name, one in known.items() if one.get("required") and name not in given]
        for name, values in given.items():
            if name in known:
                schema = self._spec.resolved(known[name]["schema"])
                problems += self._errors(schema, _typed(schema, values))
        return problems

    def _body_problems(self, operation: Mapping[str, Any], body: bytes, what: str) -> list[str]:
        schema = dict(self._spec.body(operation))
        if not schema or not body:
            return (
                []
                if bool(schema) == bool(body)
                else [f"{what}: a body where there is none, or none where there is one"]
            )
        if any(what.startswith(one) for one in self._partial):
            schema.pop("required", None)
        return self._errors({**schema, "additionalProperties": False}, orjson.loads(body))

    def _answer_problems(self, operation: Mapping[str, Any], exchange: Exchange) -> list[str]:
        described = operation["responses"].get(str(exchange.status))
        if described is None:
            return [f"there is no answer {exchange.status}"]
        content = self._spec.resolved(described).get("content", {}).get("application/json")
        if content is None:
            return []
        return self._errors(content["schema"], orjson.loads(exchange.answer))

    def _errors(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        whole = {**schema, "components": self._document.get("components", {})}
        return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(value)]


def _typed(schema: Mapping[str, Any], values: list[str]) -> Any:
    """Query texts as what their schema says they are."""
    if schema.get("type") == "array":
        return values
    kind = schema.get("type")
    text = values[0] if len(values) == 1 else values
    return int(text) if kind == "integer" and isinstance(text, str) and text.isdecimal() else text


def _with_nulls(value: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(value, list):
        return [_with_nulls(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _with_nulls(one) for name, one in value.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    return made
