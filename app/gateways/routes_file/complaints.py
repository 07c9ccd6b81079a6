"""What is wrong with a routes file, each with its line, its route and what would be right, and never with a value:
somebody may have written a key where a variable's name belongs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from app.domain.errors import Fixable
from app.gateways.routes_file.schema import (
    ClassesEntry,
    DataEntry,
    FeesEntry,
    FileEntry,
    LimitEntry,
    PriceEntry,
    RouteEntry,
    RulesEntry,
)

_HEADER = re.compile(r"^[ \t]*\[\[\s*route\s*\]\]", re.MULTILINE)
_TABLES: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): FileEntry,
    ("classes",): ClassesEntry,
    ("data",): RulesEntry,
    ("route",): RouteEntry,
    ("route", "price"): PriceEntry,
    ("route", "fees"): FeesEntry,
    ("route", "limit"): LimitEntry,
    ("route", "data"): DataEntry,
}


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong. `route` counts from 0, None for what is not about one; `field` is where to look."""

    problem: str
    route: int | None = None
    field: str = ""


class SourceText:
    """The file as text, to say in which line something stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._lines = text.splitlines()
        self._headers = [text.count("\n", 0, found.start()) + 1 for found in _HEADER.finditer(text)]

    def refuse(self, complaints: Iterable[Complaint], names: Sequence[str]) -> Fixable:
        """All complaints as one error. `names` are the routes' names, '' for one that has none."""
        lines = "\n".join(f"  • {self._place(one, names)}{one.problem}" for one in complaints)
        return Fixable(
            f"Sophia can't use the routes in {self.path}:\n{lines}",
            next_step="Correct them there; docs/models.md describes every field.",
            code="bad_routes",
        )

    def _place(self, complaint: Complaint, names: Sequence[str]) -> str:
        line = self._line(complaint)
        where = [f"line {line}"] if line else []
        if complaint.route is not None:
            name = names[complaint.route] if complaint.route < len(names) else ""
            where.append(f"route {complaint.route + 1}" + (f" ({name})" if name else ""))
        return ", ".join(where) + ": " if where else ""

    def _line(self, complaint: Complaint) -> int:
        """The field's line in its route, else the route's first; 0 when it is not clear."""
        first, last = 1, self._headers[0] - 1 if self._headers else len(self._lines)
        if complaint.route is not None:
            if complaint.route >= len(self._headers):
                return 0
            first = self._headers[complaint.route]
            later = self._headers[complaint.route + 1 :]
            last = later[0] - 1 if later else len(self._lines)
        wanted = re.compile(rf"^\s*(\[[\w.]*\b{re.escape(complaint.field)}\]|{re.escape(complaint.field)}\b\s*[=.])")
        if complaint.field:
            for number in range(first, last + 1):
                if wanted.match(self._lines[number - 1]):
                    return number
        return first if complaint.route is not None else 0


def of_shape(wrong: ValidationError) -> list[Complaint]:
    """What the types refuse, as complaints."""
    return [_of_error(error) for error in wrong.errors(include_input=False, include_url=False)]


def _of_error(error: Any) -> Complaint:
    path: tuple[Any, ...] = error["loc"]
    route = next((part for part in path if isinstance(part, int)), None) if path[:1] == ("route",) else None
    names = [part for part in path if isinstance(part, str)]
    inside, field = tuple(names[:-1]), names[-1]
    top = names[1] if route is not None and len(names) > 1 else field
    label = ".".join(names[1:] if route is not None else names)
    match error["type"]:
        case "extra_forbidden":
            problem = _unknown(field, _TABLES.get(inside))
        case "missing":
            problem = "there is no [[route]] in it" if label == "route" else f"`{label}` is missing"
        case _:
            message = str(error["msg"]).removeprefix("Value error, ")
            problem = f"`{label}` {message[0].lower() + message[1:]}"
    return Complaint(problem, route, top)


def _unknown(field: str, table: type[BaseModel] | None) -> str:
    known = [given.alias or name for name, given in table.model_fields.items()] if table else []
    near = difflib.get_close_matches(field, known, n=1)
    if near:
        return f"`{field}` is no field; did you mean `{near[0]}`?"
    return f"`{field}` is no field" + (f"; there are {', '.join(known)}" if known else "")
