"""A service's own OpenAPI file, for the arguments whose schema the service file leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import yaml

from app.integrations.declared.operation import Operation

LARGEST: Final = 32_000_000  # bytes
MOST_REFERENCES: Final = 20
_PLACE = re.compile(r"\{[^}]*\}")


class BadSpec(ValueError):
    """The file can't be read, or holds no such operation or parameter."""


class Spec:
    """An OpenAPI 3 file. `prefix` is the path of the service's address, which the file's paths may or may not carry."""

    def __init__(self, document: Mapping[str, Any], prefix: str = "") -> None:
        self._document = document
        self._prefix = prefix.rstrip("/")

    @classmethod
    def read(cls, path: Path, prefix: str = "") -> Spec:
        """Raises BadSpec."""
        try:
            if path.stat().st_size > LARGEST:
                raise BadSpec(f"{path.name} is larger than {LARGEST:,} bytes")
            raw = path.read_bytes()
            document = orjson.loads(raw) if path.suffix == ".json" else yaml.safe_load(raw)
        except (OSError, ValueError, yaml.YAMLError) as wrong:
            raise BadSpec(f"{path.name} can't be read: {type(wrong).__name__}") from None
        if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
            raise BadSpec(f"{path.name} is no OpenAPI file: it has no paths")
        return cls(document, prefix)

    def operation(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The operation at a path, its parameters those of the path included, and the file's names of the path's
        placeholders by ours. A fixed part of ours may stand for a placeholder of the file. Raises BadSpec."""
        best: tuple[int, str, dict[str, str]] | None = None
        for written, item in self._document["paths"].items():
            for candidate in (path, self._prefix + path):
                names = _matched(candidate, written)
                if names is not None and method.lower() in item and (best is None or written.count("{") < best[0]):
                    best = (written.count("{"), written, names)
        if best is None:
            raise BadSpec(f"the spec has no {method} {path}")
        item = self._document["paths"][best[1]]
        operation = self.resolved(item[method.lower()])
        parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
        return {**operation, "parameters": [self.resolved(one) for one in parameters]}, best[2]

    def resolved(self, value: Any) -> Any:
        """The value, or what its `$ref` leads to inside the file."""
        for _ in range(MOST_REFERENCES):
            if not (isinstance(value, dict) and "$ref" in value):
                return value
            reached: Any = self._document
            for step in str(value["$ref"]).removeprefix("#/").split("/"):
                key = step.replace("~1", "/").replace("~0", "~")
                if not isinstance(reached, dict) or key not in reached:
                    raise BadSpec(f"the spec leads to {value['$ref']}, which it does not hold")
                reached = reached[key]
            value = reached
        raise BadSpec("references in the spec go in circles")

    def body(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema of a request's body, empty when it has none."""
        content = self.resolved(operation.get("requestBody") or {}).get("content", {})
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            if kind in content:
                return self.resolved(content[kind].get("schema") or {})
        return {}

    def completed(self, declared: Operation) -> Operation:
        """The operation with schema, description and need of each argument that has no schema. Raises BadSpec."""
        if all(argument.schema_ is not None for argument in declared.arguments.values()):
            return declared
        operation, placed = self.operation(declared.method, declared.path)
        arguments = dict(declared.arguments)
        for name, argument in arguments.items():
            if argument.schema_ is not None:
                continue
            wire = argument.name or placed.get(name, name)
            schema, described, required = self._described(operation, argument.into, wire)
            arguments[name] = argument.model_copy(
                update={
                    "schema_": schema,
                    "description": argument.description or described.split("\n")[0][:200],
                    "required": required if argument.required is None else argument.required,
                }
            )
        return declared.model_copy(update={"arguments": arguments})

    def _described(self, operation: Mapping[str, Any], into: str, wire: str) -> tuple[dict[str, Any], str, bool]:
        if into == "body":
            return self._field(self.body(operation), wire)
        for parameter in operation["parameters"]:
            if parameter.get("in") == into and parameter.get("name") == wire:
                schema = self.resolved(parameter.get("schema") or {})
                return schema, parameter.get("description", ""), bool(parameter.get("required"))
        raise BadSpec(f"the spec has no {into} parameter {wire} there")

    def _field(self, schema: Mapping[str, Any], wire: str) -> tuple[dict[str, Any], str, bool]:
        required = False
        for step in wire.split("."):
            fields = dict(self._fields(schema))
            if step not in fields:
                raise BadSpec(f"the spec's body has no field {wire}")
            required = step in schema.get("required", [])
            schema = self.resolved(fields[step])
        return dict(schema), str(schema.get("description", "")), required

    def _fields(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        yield from schema.get("properties", {}).items()
        for part in schema.get("allOf", []):
            yield from self._fields(self.resolved(part))


def _matched(path: str, written: str) -> dict[str, str] | None:
    """The file's names of placeholders by ours when both paths are one, else None."""
    ours, theirs = path.strip("/").split("/"), written.strip("/").split("/")
    if len(ours) != len(theirs):
        return None
    names: dict[str, str] = {}
    for our, their in zip(ours, theirs, strict=True):
        if _PLACE.fullmatch(their):
            if _PLACE.fullmatch(our):
                names[our.strip("{}")] = their.strip("{}")
        elif our != their:
            return None
    return names
