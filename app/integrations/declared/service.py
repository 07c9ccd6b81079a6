"""A whole service file, and what must fit together in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from app.integrations.declared.definition import (
    KEY,
    PLACEHOLDER,
    Allowed,
    Auth,
    HttpCall,
    Name,
    Needed,
    Part,
    Path,
    Shown,
    Variable,
    Words,
    texts,
)
from app.integrations.declared.operation import Operation, Write
from app.integrations.declared.paths import steps

_RESERVED: Final = frozenset({"authorization", "cookie", "host", "content-length", "connection", "transfer-encoding"})


class Errors(Part):
    """Errors inside answers: `code` is where they lie, `sentences` say the known ones to people."""

    code: Path = ""
    sentences: dict[str, Words] = Field(default_factory=dict[str, Words])


class Left(Part):
    """The headers that say how many calls are left and until when (app/http/pacing.py)."""

    remaining: str = Field(min_length=1, max_length=60)
    until: str = Field(min_length=1, max_length=60)
    scale: float = Field(default=1.0, gt=0)
    since_epoch: bool = False


class Limits(Part):
    """What the service allows, in its documentation and in its headers, and what one request may take."""

    allowed: tuple[Allowed, ...] = ()
    left: Left | None = None
    seconds: float = Field(default=12.0, ge=1, le=60)
    most_bytes: int = Field(default=4_000_000, ge=1_000, le=64_000_000)


class Service(Part):
    """One service. `facts` names where its protocol is described."""

    service: Name
    label: Words
    area: Literal[
        "AI models", "Communication", "Property systems", "Business systems", "Payments", "Analytics", "Monitoring",
        "Infrastructure", "Development", "Storage",
    ]  # fmt: skip
    facts: Words
    address: str
    address_variable: Variable
    settings: tuple[Needed, ...] = ()
    auth: Auth
    headers: dict[str, str] = Field(default_factory=dict[str, str])
    spec: str = ""
    check: HttpCall
    limits: Limits = Limits()
    errors: Errors = Errors()
    never_shown: frozenset[str] = frozenset()
    operations: dict[Name, Operation] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Service:
        for problem in (*self._address_problems(), *self._secret_problems(), *self._placeholder_problems()):
            raise ValueError(problem)
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable it reads."""
        return (*(one.variable for one in self.settings), self.address_variable)

    @property
    def required(self) -> tuple[str, ...]:
        """The variables without which it is not set up. One that needs no key needs its address to be named."""
        needed = tuple(one.variable for one in self.settings if one.required and not one.default)
        return needed or (self.address_variable,)

    def _address_problems(self) -> list[str]:
        parts = urlsplit(self.address)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
            return ["address must be https://host, perhaps with a path; another one is set with address_variable"]
        pages = [one.page for one in self.operations.values() if one.page and not one.page.startswith("/")]
        if pages:
            return [f"page {pages[0]} must start with /: it is a path at the service's own address"]
        if not self.check.startswith("GET "):
            return ["check is asked by `sophia doctor`, so it must be a GET"]
        return []

    def _secret_problems(self) -> list[str]:
        problems: list[str] = []
        for variable in self.auth.variables:
            if variable not in self.variables:
                problems.append(f"auth uses {variable}, which settings does not name")
        if self.auth.secret and not any(one.secret for one in self.settings if one.variable == self.auth.secret):
            problems.append(f"{self.auth.secret} signs in, so settings must say secret: true for it")
        problems += [f"headers may not hold {name}" for name in self.headers if name.lower() in _RESERVED]
        for tool, operation in self.operations.items():
            shown = [*operation.columns.values(), *(_lines(operation))]
            paths = [one.path for one in shown] + ([operation.link.path] if operation.link else [])
            hidden = [path for path in paths if self.never_shown & set(steps(path))]
            problems += [f"{tool} shows {path}, which is in never_shown" for path in hidden]
        return problems

    def _placeholder_problems(self) -> list[str]:
        settings = {one.variable for one in self.settings if not one.secret}
        problems: list[str] = []
        for tool, operation in self.operations.items():
            said = set(operation.arguments)
            in_path = {name for name, one in operation.arguments.items() if one.into == "path"}
            held = set(PLACEHOLDER.findall(operation.path))
            problems += [f"{tool}: nothing fills {{{name}}} in its path" for name in held - in_path - settings]
            problems += [f"{tool}: {name} goes into the path, which has no {{{name}}}" for name in in_path - held]
            problems += [
                f"{tool}: nothing fills {{{name}}} in {where}"
                for where, text, known in _templates(operation, said, settings)
                for name in PLACEHOLDER.findall(text)
                if name not in known
            ]
            if operation.write:
                problems += [
                    f"{tool}: editable names {name}, which is no argument" for name in operation.write.editable
                    if name not in said
                ]  # fmt: skip
        return problems


def _lines(operation: Operation) -> list[Shown]:
    look = operation.write.look_first if operation.write else None
    return list(look.lines.values()) if look else []


def _templates(operation: Operation, said: set[str], settings: set[str]) -> Iterator[tuple[str, str, set[str]]]:
    """Every template of an operation: where it stands, its text, and what may stand in it."""
    columns = set(operation.columns) if operation.record is not None else {"count"}
    yield "text", operation.text, said | columns
    yield "not_found", operation.not_found, said
    yield "page", operation.page, said | settings
    for name, argument in operation.arguments.items():
        yield f"arguments.{name}.sends", argument.sends, {"value"}
    key = {KEY} if operation.write else set[str]()
    for text in texts([operation.fixed.query, operation.fixed.body]):
        yield "fixed", text, key | settings
    if operation.write is not None:
        yield from _write_templates(operation.write, said, settings)


def _write_templates(write: Write, said: set[str], settings: set[str]) -> Iterator[tuple[str, str, set[str]]]:
    look = write.look_first
    yield "write.consequence", write.consequence, said | (set(look.lines) if look else set[str]())
    yield "write.done", write.done, said
    if look:
        yield "write.look_first.missing", look.missing, said
        yield from (("write.look_first.becomes", f"{{{name}}}", said) for name in look.becomes)
    for where, lookup, more in (("look_first", look, set[str]()), ("read_back", write.read_back, {KEY})):
        if lookup:
            yield f"write.{where}.call", lookup.call, said | settings
            for text in texts(list(lookup.where.values())):
                yield f"write.{where}.where", text, said | more
