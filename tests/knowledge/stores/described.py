"""Checks requests against a service's OpenAPI description (read from `../shared`, never copied)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator


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
