"""The pieces of a service file. Every key is checked at start; docs/adding-a-service.md explains them to people."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.integrations.declared.paths import EITHER, PATH

KEY: Final = "idempotency_key"
"""Stands in templates of a write for the key that is the same however often that write is sent."""
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CALL: Final = re.compile(rf"({'|'.join(_METHODS)}) (/[\w/{{}}.~:@%-]*)")


def _path(value: str) -> str:
    if not PATH.fullmatch(value):
        raise ValueError("must be field names with dots between, such as data.items or regions.*.name")
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{2,59}", value):
        raise ValueError("must be the name of an environment variable, such as ACME_API_KEY")
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,59}", value):
        raise ValueError("must be lower-case words with underscores, such as list_machines")
    return value


def _call(value: str) -> str:
    if not _CALL.fullmatch(value):
        raise ValueError(f"must be a method ({', '.join(_METHODS)}) and a path, such as GET /v1/machines/{{machine}}")
    return value


def _paths(value: str) -> str:
    return EITHER.join(map(_path, value.split(EITHER)))


Path = Annotated[str, AfterValidator(_path)]
Paths = Annotated[str, AfterValidator(_paths)]
Variable = Annotated[str, AfterValidator(_variable)]
Name = Annotated[str, AfterValidator(_name)]
HttpCall = Annotated[str, AfterValidator(_call)]
Words = Annotated[str, Field(min_length=2, max_length=400)]


class Part(BaseModel):
    """A piece of a service file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Needed(Part):
    """A value that the operator gives. A secret one has no default, so that none ever stands in a file."""

    variable: Variable
    label: Words
    secret: bool = False
    required: bool = True
    default: str = ""

    @model_validator(mode="after")
    def _no_secret_in_the_file(self) -> Needed:
        if self.secret and self.default:
            raise ValueError("a secret has no default: its value comes from the environment or the stored secrets")
        return self


class Auth(Part):
    """How a request signs in. The values come from variables."""

    by: Literal["bearer", "basic", "header", "query", "nothing"]
    secret: Variable | None = None
    user: Variable | None = None
    name: str = Field(default="", pattern=r"[\w-]*", max_length=60)
    prefix: str = Field(default="", max_length=20)

    @model_validator(mode="after")
    def _complete(self) -> Auth:
        if (self.by == "nothing") == (self.secret is not None):
            raise ValueError("needs secret: the variable that holds it (and none when by is nothing)")
        if (self.by in ("header", "query")) != bool(self.name):
            raise ValueError("name is the header or query parameter, for by: header and by: query only")
        if self.user is not None and self.by != "basic":
            raise ValueError("user goes with by: basic only")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(one for one in (self.secret, self.user) if one)


class Argument(Part):
    """One thing a person says. `schema` is an OpenAPI schema of a plain value; left out, it is read from the spec file.

    `name` is the parameter's name at the service (for a body a path of fields), `sends` the text made of the value,
    `as_list` sends the value as a list of one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, protected_namespaces=())

    into: Literal["path", "query", "body"] = "query"
    name: str = Field(default="", max_length=120)
    description: str = Field(default="", max_length=200)
    label: str = Field(default="", max_length=60)
    required: bool | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    sends: str = Field(default="", max_length=200)
    as_list: bool = False


class Fixed(Part):
    """What every request of an operation carries besides. Texts may hold {VARIABLES} and, in a write, its key."""

    query: dict[str, str] = Field(default_factory=dict[str, str])
    body: dict[str, Any] = Field(default_factory=dict[str, Any])


class Allowed(Part):
    """At most so many calls in any so many seconds."""

    calls: int = Field(ge=1, le=100_000)
    seconds: float = Field(gt=0, le=86_400)


class Pages(Part):
    """How a list goes on. link: the Link header (RFC 8288), of which `parameter` is taken; `only_if` are attributes the
    link must have. address: `field` of the answer holds the next page's address, of which `parameter` is taken.
    cursor: `field` holds the parameter itself. number: pages are counted from `first`. offset: rows are counted."""

    by: Literal["link", "address", "cursor", "number", "offset"]
    parameter: str = Field(min_length=1, max_length=60)
    field: Path = ""
    first: int = Field(default=1, ge=0, le=1)
    only_if: dict[str, str] = Field(default_factory=dict[str, str])
    size_parameter: str = ""
    size: int = Field(default=100, ge=1, le=1000)
    most: int = Field(default=10, ge=1, le=100)

    @model_validator(mode="after")
    def _complete(self) -> Pages:
        if (self.by in ("cursor", "address")) != bool(self.field):
            raise ValueError("field is where the answer names the next page, for by: cursor and by: address only")
        if self.by == "offset" and not self.size_parameter:
            raise ValueError("by: offset needs size_parameter, to tell the last page")
        if self.only_if and self.by != "link":
            raise ValueError("only_if goes with by: link only")
        return self


class Shown(Part):
    """One value of a record and how it reads. `unit`: cents or dollars of money, fraction or percent of a share,
    seconds or milliseconds of a moment that is a number."""

    path: Path
    label: Words
    kind: Literal["text", "number", "money", "percent", "date", "moment", "yes_no"] = "text"
    unit: Literal["", "cents", "dollars", "fraction", "percent", "seconds", "milliseconds"] = ""
    longest: int = Field(default=200, ge=10, le=2000)

    @model_validator(mode="after")
    def _unit_of_its_kind(self) -> Shown:
        units = {"money": ("cents", "dollars"), "percent": ("fraction", "percent")}
        wanted = units.get(self.kind, ("", "seconds", "milliseconds") if self.kind == "moment" else ("",))
        if self.unit not in wanted:
            raise ValueError(f"unit of {self.kind} must be {' or '.join(filter(None, wanted)) or 'left out'}")
        return self


class Link(Part):
    """Where a person can look the record up: an address in the answer, on the service's own host or one of `hosts`."""

    path: Path
    hosts: tuple[str, ...] = ()


class Listing(Part):
    """Where records lie in an answer: `rows` leads to a list of them (or to an object whose values they are), `record`
    to a single one."""

    rows: Path | None = None
    record: Path | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Listing:
        if self.rows is not None and self.record is not None:
            raise ValueError("give rows (several records) or record (one), not both")
        return self


def texts(value: Any) -> list[str]:
    """Every text in a nested value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list | tuple) else []
