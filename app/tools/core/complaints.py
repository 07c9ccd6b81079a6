"""Turns what pydantic says about wrong arguments into one sentence for a person (and a model)."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from app.domain.errors import Fixable
from app.tools.core.tool import ToolArgs

_EXPECTED = {
    "date": "a date as YYYY-MM-DD, for example 2026-03-18",
    "datetime": "a date and time as YYYY-MM-DDTHH:MM, for example 2026-03-18T14:30",
    "time": "a time of day as HH:MM, for example 14:30",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "yes or no",
    "string": "text",
    "list": "a list",
    "dict": "an object",
}
_BOUNDS = {
    "literal_error": ("one of {}", "expected"),
    "enum": ("one of {}", "expected"),
    "greater_than": ("more than {}", "gt"),
    "greater_than_equal": ("at least {}", "ge"),
    "less_than": ("less than {}", "lt"),
    "less_than_equal": ("at most {}", "le"),
    "string_too_short": ("at least {} characters long", "min_length"),
    "string_too_long": ("at most {} characters long", "max_length"),
    "too_short": ("at least {} long", "min_length"),
    "too_long": ("at most {} long", "max_length"),
    "multiple_of": ("a multiple of {}", "multiple_of"),
}
LONGEST_ECHO = 60
LONGEST_TEXT = 10_000
"""Characters in one argument: a long letter. What is longer comes from a model gone astray."""


def checked(args: type[ToolArgs], arguments: dict[str, Any]) -> ToolArgs:
    """The typed arguments. Raises Fixable with a sentence that names the first wrong argument and what it must be."""
    for name, value in arguments.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise Fixable(
                f"The {name.replace('_', ' ')[:LONGEST_ECHO]} has {len(value):,} characters; I take up to "
                f"{LONGEST_TEXT:,}.",
                next_step="Please make it shorter.",
                code="bad_arguments",
            )
    try:
        return args.model_validate(arguments)
    except ValidationError as wrong:
        raise Fixable(_sentence(args, wrong), code="bad_arguments", detail=_for_the_log(wrong)) from None


def _sentence(args: type[ToolArgs], wrong: ValidationError) -> str:
    error = wrong.errors(include_url=False)[0]
    name = str(error["loc"][0]) if error["loc"] else ""
    label = name.replace("_", " ")
    if not name:
        return _custom(error)
    if error["type"] == "extra_forbidden":
        known = ", ".join(field.replace("_", " ") for field in args.model_fields)
        return f"There is nothing called “{label}” to give here; I take: {known}."
    field = args.model_fields.get(name)
    described = f" ({field.description})" if field is not None and field.description else ""
    if error["type"] == "missing":
        return f"I still need the {label}{described}."
    return f"I can't use {_echo(error['input'])} as the {label}: it must be {_expectation(error)}."


def _expectation(error: Any) -> str:
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        return _custom(error).removeprefix("must be ")
    if kind in _BOUNDS:
        wording, limit = _BOUNDS[kind]
        value = str(context[limit])
        return wording.format(value.replace("'", "").replace("_", " ") if limit == "expected" else value)
    return next((words for prefix, words in _EXPECTED.items() if kind.startswith(f"{prefix}_")), "something else")


def _custom(error: Any) -> str:
    """The words of our own validators; pydantic puts `Value error, ` before them."""
    return str(error["msg"]).removeprefix("Value error, ").rstrip(".")


def _echo(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return f"“{text[:LONGEST_ECHO]}…”" if len(text) > LONGEST_ECHO else f"“{text}”"


def _for_the_log(wrong: ValidationError) -> str:
    """Which arguments were wrong and how, without their values."""
    errors = wrong.errors(include_url=False, include_input=False, include_context=False)
    return ", ".join(f"{'.'.join(map(str, error['loc']))}: {error['type']}" for error in errors)
