"""A service file's arguments as a tool's arguments: typed, with the checks of their schemas."""

from __future__ import annotations

from typing import Any

from pydantic import Field, create_model

from app.integrations.declared.definition import Argument
from app.integrations.declared.operation import Operation
from app.integrations.declared.requests import as_text
from app.integrations.declared.schemas import annotation_of
from app.tools.core.tool import ToolArgs
from app.tools.core.wording import words

Said = dict[str, Any]


def args_of(tool: str, operation: Operation) -> type[ToolArgs]:
    """The arguments' class of an operation, its fields in the file's order."""
    fields = {name: _field(argument) for name, argument in operation.arguments.items()}
    return create_model(f"{tool}_args", __base__=ToolArgs, **fields)  # pyright: ignore[reportCallIssue, reportArgumentType]


def said_in(operation: Operation, args: ToolArgs) -> Said:
    """The values by argument, the schemas' own defaults for those that were left out; nothing for the others."""
    given = args.model_dump(exclude_none=True)
    defaults = {
        name: argument.schema_["default"]
        for name, argument in operation.arguments.items()
        if argument.schema_ is not None and argument.schema_.get("default") is not None
    }
    return {name: given.get(name, defaults.get(name)) for name in operation.arguments if name in given | defaults}


def label_of(name: str, argument: Argument) -> str:
    """What an argument is called on a card."""
    return argument.label or words(name).capitalize()


def shown_value(value: Any) -> str:
    """A value as it reads on a card."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return as_text(value)


def _field(argument: Argument) -> tuple[Any, Any]:
    annotation: Any = annotation_of(argument.schema_ or {})
    if argument.required or argument.into == "path":
        return annotation, Field(description=argument.description)
    return annotation | None, Field(default=None, description=argument.description)
