"""What kind of thing each argument of a tool wants, read from its JSON schema.

Names, formats and descriptions are the only source, so a new tool is understood without a word here. Finding the
thing in the message is `filling`'s work.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.tooling import Effect, ToolSpec
from app.gateways.embedded.names import NameKind

Kind = Literal[
    "property", "properties", "person", "company", "unit", "work_order", "phone", "email", "channel", "enum", "date",
    "time", "money", "bedrooms", "bathrooms", "miles", "days", "installments", "flag", "text", "count", "code",
]  # fmt: skip
Tense = Literal["past", "future"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: what it wants, whom it means (`people`, in order of preference), which end of a range it is."""

    name: str
    kind: Kind
    required: bool
    values: tuple[str, ...] = ()
    people: tuple[NameKind, ...] = ()
    #: "start" and "end" of a period, "min" and "max" of an amount, else "".
    side: str = ""
    #: True when a name that no list holds is fine (a new contact, a prospect).
    open: bool = False
    #: What a code looks like whole, when the kind is "code".
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A tool's arguments in schema order, whether it changes something, and which way its open years lean."""

    spec: ToolSpec
    arguments: tuple[Argument, ...]
    tense: Tense

    @property
    def changes(self) -> bool:
        """True when a call writes or sends."""
        return self.spec.effect is not Effect.READ

    def named(self, name: str) -> Argument | None:
        """The argument of this name."""
        return next((a for a in self.arguments if a.name == name), None)

    def kinds(self) -> frozenset[Kind]:
        """The kinds of things this tool can use."""
        return frozenset(a.kind for a in self.arguments)


_AHEAD = re.compile(r"(?i)\b(?:scheduled|expire|booked|upcoming|expected|due)\b")


def shape_of(spec: ToolSpec) -> Shape:
    """Reads a tool's schema."""
    described: Mapping[str, Mapping[str, Any]] = spec.parameters.get("properties", {})
    required = set(spec.parameters.get("required", ()))
    arguments = tuple(_argument(spec, name, schema, name in required) for name, schema in described.items())
    words = " ".join([spec.description, *(str(s.get("description", "")) for s in described.values())])
    ahead = spec.effect is not Effect.READ or bool(_AHEAD.search(words))
    return Shape(spec, arguments, "future" if ahead else "past")


def _argument(spec: ToolSpec, name: str, schema: Mapping[str, Any], required: bool) -> Argument:
    words = f"{name.replace('_', ' ')} {schema.get('description', '')}".lower()
    side = _side(name)
    if schema.get("enum"):
        return Argument(name, "enum", required, values=tuple(str(v) for v in schema["enum"]))
    if schema.get("type") == "array":
        return Argument(name, "properties", required)
    if schema.get("format") == "date":
        return Argument(name, "date", required, side=side)
    if schema.get("type") == "boolean":
        return Argument(name, "flag", required)
    if schema.get("type") in {"number", "integer"}:
        return Argument(name, _number_kind(words), required, side=side)
    return _string(spec, name, words, required, schema.get("pattern", ""))


def _side(name: str) -> str:
    for side, pattern in (
        ("start", r"(?:^|_)(?:start|from|since)(?:_|$)"),
        ("end", r"(?:^|_)(?:end|to|until)(?:_|$)|(?:^|_)by$"),
        ("min", r"^min_"),
        ("max", r"^max_"),
    ):
        if re.search(pattern, name):
            return side
    return ""


def _number_kind(words: str) -> Kind:
    kinds: tuple[tuple[str, Kind], ...] = (
        ("bedroom", "bedrooms"), ("bathroom", "bathrooms"), ("mile", "miles"), ("days", "days"),
        ("installment", "installments"), ("dollar", "money"), ("amount", "money"), ("rent", "money"),
        ("balance", "money"), ("price", "money"),
    )  # fmt: skip
    for word, kind in kinds:
        if word in words:
            return kind
    return "count"


_PEOPLE: tuple[tuple[str, tuple[NameKind, ...]], ...] = (
    (r"technician|vendor to assign", ("teammate", "vendor")),
    (r"teammate|owner|assignee", ("teammate",)),
    (r"\brecipient", ("resident", "contact", "teammate")),
    (r"prospect", ("contact", "resident")),
    (r"resident", ("resident",)),
    (r"person or company", ("contact", "company", "resident", "teammate")),
    (r"contact name|^contact", ("contact",)),
)


def _string(spec: ToolSpec, name: str, words: str, required: bool, written: str) -> Argument:
    if written:
        return Argument(name, "code", required, pattern=written)
    simple: tuple[tuple[str, Kind], ...] = (
        (r"^unit\b|unit number", "unit"),
        (r"work order number", "work_order"),
        (r"^phone", "phone"),
        (r"^email", "email"),
        (r"^channel|slack channel", "channel"),
        (r"hh:mm", "time"),
        (r"^property|community\) name", "property"),
    )
    for pattern, kind in simple:
        if re.search(pattern, words):
            return Argument(name, kind, required)
    if re.search(r"company name|vendor name", words) and "person" not in words:
        return Argument(name, "company", required, people=("vendor", "company") if "vendor" in words else ("company",))
    if re.search(r"\bname\b|teammate|assign|\(teammate\)|person or company", words):
        for pattern, people in _PEOPLE:
            if re.search(pattern, words):
                fresh = pattern == "prospect" or (spec.effect is not Effect.READ and name == "name")
                return Argument(name, "person", required, people=people, open=fresh or "recipient" in words)
    return Argument(name, "text", required)
