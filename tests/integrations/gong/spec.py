"""Checks requests and answers against Gong's own description (read from `../shared`, never copied).

The description lists fields as optional and not as null, while Gong writes null for what it does not have; so null is
taken for "not there". Fields that the description does not list are refused.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator


class Described:
    """The operations of one description (OpenAPI 3), by method and path."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._schemas: dict[str, Any] = description["components"]["schemas"]
        self._operations: dict[tuple[str, str], dict[str, Any]] = {
            (method.upper(), path): operation
            for path, operations in description["paths"].items()
            for method, operation in operations.items()
        }

    def request_problems(self, method: str, url: str, params: dict[str, str], body: Any) -> list[str]:
        """What is wrong with a request; nothing when it is as described."""
        path, query = urlsplit(url).path, {**_query(url), **params}
        operation = self._operation(method, path)
        if operation is None:
            return [f"no {method} {path}"]
        known = {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "query"}
        problems = [f"no parameter {name}" for name in query if name not in known]
        problems += [f"{name} is missing" for name, one in known.items() if one["required"] and name not in query]
        wanted = operation.get("requestBody")
        if (wanted is None) != (body is None):
            return [*problems, "a body is missing or too much"]
        return problems + (self._problems(wanted, body) if wanted else [])

    def answer_problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"no {method} {path}"]
        answer = operation["responses"].get(str(status))
        return [f"no status {status}"] if answer is None else self._problems(answer, body)

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for (known, pattern), operation in self._operations.items():
            literal = (known, pattern) == (method, path)
            if literal or (known == method and re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", pattern), path)):
                return operation
        return None

    def _problems(self, holder: dict[str, Any], body: Any) -> list[str]:
        schema = self._whole(holder["content"]["application/json"]["schema"])
        return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(body)]

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with every reference put in place, null allowed, and no other fields."""
        if "$ref" in schema:
            return self._whole(self._schemas[schema["$ref"].rpartition("/")[2]])
        made = {name: value for name, value in schema.items() if name not in ("example", "description", "format")}
        if "properties" in made:
            made["properties"] = {name: self._whole(inner) for name, inner in made["properties"].items()}
            made["additionalProperties"] = False
        if "items" in made:
            made["items"] = self._whole(made["items"])
        if made.get("type") == "object" and "properties" not in made:
            made.pop("type")  # Gong's word for any value
        if "type" in made:
            made["type"] = [made["type"], "null"]
        return made


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
