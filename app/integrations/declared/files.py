"""Reads a service file. What is wrong with one is said with its line and its key, for all wrong keys at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ValidationError

from app.domain.errors import Fixable
from app.integrations.declared.definition import Argument
from app.integrations.declared.openapi import BadSpec, Spec
from app.integrations.declared.operation import Operation
from app.integrations.declared.schemas import BadSchema, annotation_of
from app.integrations.declared.service import Service

LARGEST: Final = 1_000_000  # bytes
MOST_COMPLAINTS: Final = 10

Place = Sequence[str | int]


class BadService(Fixable):
    """A service file that can't be used. Stops the start."""

    code = "bad_service"

    def __init__(self, path: Path, complaints: Sequence[str]) -> None:
        lines = "\n".join(f"  • {complaint}" for complaint in complaints[:MOST_COMPLAINTS])
        super().__init__(
            f"The service file {path} can't be used:\n{lines}",
            next_step="docs/adding-a-service.md explains every key; without the file Sophia starts as before.",
        )


def read_service(path: Path) -> Service:
    """The service of a file, arguments without a schema completed from its spec. Raises BadService."""
    text = _text(path)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        doubled = [f"line {line}: {key} stands twice" for key, line in _doubled(root)]
        content = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise BadService(path, [f"{where}no YAML: {getattr(wrong, 'problem', '') or 'unreadable'}"]) from None
    if doubled:
        raise BadService(path, doubled)
    try:
        service = Service.model_validate(content)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False)
        raise BadService(path, [_complaint(root, error["loc"], error["msg"]) for error in errors]) from None
    return _completed(path, root, service)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadService(path, [f"it is larger than {LARGEST:,} bytes"])
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadService(path, [f"it can't be read: {type(wrong).__name__}"]) from None


def _completed(path: Path, root: yaml.Node | None, service: Service) -> Service:
    """The service with every argument's schema known and understood. Raises BadService."""
    operations = dict(service.operations)
    complaints: list[str] = []
    try:
        spec = Spec.read(path.parent / service.spec, urlsplit(service.address).path) if service.spec else None
    except BadSpec as wrong:
        raise BadService(path, [_complaint(root, ("spec",), str(wrong))]) from None
    for tool, operation in operations.items():
        try:
            operations[tool] = spec.completed(operation) if spec else operation
        except BadSpec as wrong:
            complaints.append(_complaint(root, ("operations", tool), str(wrong)))
            continue
        complaints += [
            _complaint(root, ("operations", tool, "arguments", name), why)
            for name, why in _bad_arguments(operations[tool])
        ]
        complaints += [
            _complaint(root, ("operations", tool, "phrases"), f"no braces in “{phrase[:60]}”: write it as people do")
            for phrase in (*operation.phrases, *operation.examples)
            if "{" in phrase
        ]
    if complaints:
        raise BadService(path, complaints)
    return service.model_copy(update={"operations": operations})


def _bad_arguments(operation: Operation) -> Iterator[tuple[str, str]]:
    for name, argument in operation.arguments.items():
        why = f"an argument can't be called {name}" if hasattr(BaseModel, name) else _why_not(argument)
        if why:
            yield name, why


def _why_not(argument: Argument) -> str:
    if argument.schema_ is None:
        return "needs a schema, or a spec file that holds it"
    if not argument.description:
        return "needs a description: models and people read it"
    try:
        annotation_of(argument.schema_)
    except BadSchema as wrong:
        return str(wrong)
    except (TypeError, ValueError):
        return "has a schema that is not understood"
    return ""


def _complaint(root: yaml.Node | None, place: Place, message: str) -> str:
    """`line 12, operations.list_machines.columns.price: …`."""
    keys, line = [str(step) for step in place], _line(root, place)
    where = f"line {line}, {'.'.join(keys)}" if keys else f"line {line}"
    return f"{where}: {message.removeprefix('Value error, ')}"


def _line(node: yaml.Node | None, place: Place) -> int:
    """The line of the deepest key of the place that stands in the file."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
            if not pairs:
                break
            line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            item: yaml.Node = node.value[step]
            line, node = item.start_mark.line + 1, item
        else:
            break
    return line


def _doubled(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Keys that stand twice in one mapping; YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if key.value in seen:
                yield str(key.value), key.start_mark.line + 1
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
            yield from _doubled(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _doubled(value)
