"""Checks requests against the rebuilt description of Entrata's API (read from `../shared`, never copied)."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator


class Described:
    """The request schemas by method and version.

    Two liberties, both named by the description itself or by Entrata's documentation: a parameter that "accepts
    comma seperated multiple values" may be a text of numbers although it is typed as one integer, and parameters
    that a schema does not list are refused.
    """

    def __init__(self, description: dict[str, Any]) -> None:
        self._schemas: dict[str, Any] = description["components"]["schemas"]
        self._methods: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        for path, operations in description["paths"].items():
            schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
            for one in self._alternatives(schema):
                method = self._whole(one)["properties"]["method"]
                name = method["properties"]["name"]["enum"][0]
                version = method["properties"].get("version", {}).get("enum", ["r1"])[0]
                self._methods[name, version] = (path.rpartition("/")[2], method)

    def problems(self, resource: str, method: dict[str, Any]) -> list[str]:
        """What is wrong with a request's `method` object; nothing when it is as described."""
        found = self._methods.get((method["name"], method.get("version", "r1")))
        if found is None:
            return [f"no method {method['name']} {method.get('version')}"]
        if found[0] != resource:
            return [f"{method['name']} belongs to {found[0]}, not to {resource}"]
        return [error.message for error in Draft202012Validator(found[1]).iter_errors(method)]

    def _alternatives(self, schema: dict[str, Any]) -> list[dict[str, Any]]:
        target = self._schemas[schema["$ref"].rpartition("/")[2]]
        return target.get("oneOf") or target.get("anyOf") or [schema]

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with every reference put in place."""
        if "$ref" in schema:
            return self._whole(self._schemas[schema["$ref"].rpartition("/")[2]])
        made = dict(schema)
        if "properties" in made:
            made["properties"] = {name: self._whole(inner) for name, inner in made["properties"].items()}
            made["additionalProperties"] = False
        if made.get("type") == "integer" and "comma seperated" in made.get("description", ""):
            made = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+(,\d+)*$"}]}
        return made
