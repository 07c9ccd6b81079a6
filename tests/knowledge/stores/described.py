"""Checks requests against a service's OpenAPI description or proto files (read from `../shared`, never copied)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.message import Message
from jsonschema import Draft4Validator, Draft202012Validator


class DescribedRequests:
    """The operations of one description. What a schema does not list is refused."""

    def __init__(self, path: Path) -> None:
        self._whole: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))

    def problems(self, method: str, path: str, query: list[tuple[str, str]], body: dict[str, Any]) -> list[str]:
        """What is wrong with a request; nothing when it is as described."""
        operation = self._whole["paths"].get(path, {}).get(method)
        if operation is None:
            return [f"no {method} {path}"]
        known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        found = [f"no parameter {name}" for name, _ in query if name not in known]
        if "requestBody" not in operation:
            return found + (["no body"] if body else [])
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        top = self._whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        found += [f"no field {name}" for name in body if name not in top["properties"]]
        checked = Draft202012Validator({**schema, "components": self._whole["components"]})
        return found + [error.message for error in checked.iter_errors(body)]


SDK_ONLY = {"skip_vectorization", "vectorize_property_name"}
"""What Weaviate's SDK sends with each property beside the description; the server passes over it."""


class SwaggerRequests:
    """As `DescribedRequests`, for a description in Swagger 2.0, whose schemas refer to `definitions`."""

    def __init__(self, path: Path) -> None:
        self._whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    def problems(self, method: str, path: str, body: Any) -> list[str]:
        operation = self._whole["paths"].get(path.removeprefix(self._whole["basePath"]), {}).get(method)
        if operation is None:
            return [f"no {method} {path}"]
        bodies = [one["schema"] for one in operation.get("parameters", []) if one["in"] == "body"]
        if not bodies:
            return ["no body"] if body is not None else []
        checked = Draft4Validator({**bodies[0], "definitions": self._whole["definitions"]})
        return [error.message for error in checked.iter_errors(body)] + self._unlisted(bodies[0], body)

    def _unlisted(self, schema: dict[str, Any], given: Any) -> list[str]:
        """Fields that no schema lists, which the validator lets through."""
        if "$ref" in schema:
            schema = self._whole["definitions"][schema["$ref"].rpartition("/")[2]]
        if isinstance(given, list):
            return [one for each in given for one in self._unlisted(schema.get("items", {}), each)]
        if not isinstance(given, dict) or not {"properties", "additionalProperties"} & set(schema):
            return []
        fields, other = schema.get("properties", {}), schema.get("additionalProperties")
        found: list[str] = []
        for name, value in given.items():
            if name in fields or other:
                found += self._unlisted(fields.get(name, other), value)
            elif name not in SDK_ONLY:
                found.append(f"no field {name}")
        return found


class DescribedMessages:
    """The messages of proto files: the fields of each, by number."""

    def __init__(self, folder: Path) -> None:
        self._fields: dict[str, dict[str, int]] = {}
        for path in folder.glob("*.proto"):
            self._read(re.sub(r"//.*|/\*.*?\*/", "", path.read_text(encoding="utf-8")))

    def _read(self, text: str) -> None:
        within: list[str] = []
        for kind, opened, field, number, closed in re.findall(
            r"(message|enum|oneof|service)\s+(\w+)\s*\{|(\w+)\s*=\s*(\d+)\s*(?:\[[^\]]*\])?;|(\})", text
        ):
            if opened:
                within.append("" if kind == "oneof" else opened)  # a oneof's fields are its message's
            elif closed and within:
                within.pop()
            elif field:
                self._fields.setdefault(".".join(filter(None, within)), {})[field] = int(number)

    def problems(self, message: Message) -> list[str]:
        """What is set in a message and not described, or under another number; nothing when all is as described."""
        name = message.DESCRIPTOR.full_name
        if not name.startswith("weaviate.v1."):
            return []
        described = self._fields.get(name.removeprefix("weaviate.v1."), {})
        found: list[str] = []
        for field, value in message.ListFields():
            if described.get(field.name) != field.number:
                found.append(f"no {name}.{field.name} = {field.number}")
            for one in value if field.is_repeated else [value]:
                if isinstance(one, Message):
                    found += self.problems(one)
        return found
