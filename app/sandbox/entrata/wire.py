"""How Entrata writes its answers and judges its requests: envelope, PHP's lists, days, Mountain Time, error codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

MOUNTAIN = ZoneInfo("America/Denver")

Kind = Literal["int", "flag", "day", "month", "ids", "text", "phone", "moment"]


class Refused(Exception):
    """An error inside HTTP 200. Families: 1xx request, 3xx data."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Param:
    kind: Kind
    required: bool = False


@dataclass(frozen=True)
class Params:
    """A call's parameters after they were checked: ints, days, lists of ids, texts by name."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True)
class Answer:
    """A method's result. `total` > 0 says that the method pages and how many items there are."""

    result: Any
    total: int = 0


@dataclass(frozen=True)
class Paging:
    """Which items of a paged method are asked for."""

    number: int = 1
    size: int = 0  # 0: all of them
    links: bool = False

    def cut(self, items: Sequence[Any]) -> Sequence[Any]:
        return items[(self.number - 1) * self.size : self.number * self.size] if self.size else items


@dataclass(frozen=True)
class Request:
    params: Params
    paging: Paging = field(default_factory=Paging)


def php(items: Sequence[Any]) -> Any:
    """A list as PHP's XML conversion leaves it: "" when empty, the bare item when there is one."""
    if not items:
        return ""
    return items[0] if len(items) == 1 else list(items)


def us_day(on: date | None) -> str:
    return on.strftime("%m/%d/%Y") if on else ""


def mountain(at: datetime) -> str:
    local = at.astimezone(MOUNTAIN)
    return f"{local:%m/%d/%Y %H:%M:%S} {local.tzname()}"


def mountain_day(at: datetime) -> date:
    return at.astimezone(MOUNTAIN).date()


def dollars(cents: int) -> str:
    """`1234.50`, negative amounts with a minus."""
    sign, whole = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def checked(given: Any, allowed: Mapping[str, Param]) -> Params:
    """The parameters, read strictly. Raises Refused for unknown, missing and malformed ones."""
    if given in (None, "", []):
        given = {}
    if not isinstance(given, dict):
        raise Refused(104, "params must be an object.")
    unknown = [name for name in given if name not in allowed]
    if unknown:
        raise Refused(105, f"Invalid parameter: {unknown[0]}.")
    missing = [name for name, param in allowed.items() if param.required and given.get(name) in (None, "")]
    if missing:
        raise Refused(106, f"Required parameter {missing[0]} is missing.")
    values = {name: _read(name, allowed[name].kind, value) for name, value in given.items() if value not in (None, "")}
    return Params(values)


def _read(name: str, kind: Kind, value: Any) -> Any:
    """The value as what it should be. Raises Refused when it is something else."""
    pattern, convert = _READERS[kind]
    plain = str(value).strip()
    if isinstance(value, dict | list) or not re.fullmatch(pattern, plain, re.DOTALL):
        raise Refused(107, f"Parameter {name} must be {_EXPECTED.get(kind, 'valid')}.")
    try:
        return convert(plain)
    except ValueError:
        raise Refused(107, f"Parameter {name} is not valid.") from None


def _day(plain: str) -> date:
    month, day, year = plain.split("/")
    return date(int(year), int(month), int(day))


def _moment(plain: str) -> datetime:
    on, hour, minute = _day(plain[:10]), int(plain[11:13]), int(plain[14:16])
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=MOUNTAIN)


_READERS: Mapping[Kind, tuple[str, Callable[[str], Any]]] = {
    "int": (r"\d{1,18}", int),
    "flag": (r"[01]", lambda plain: plain == "1"),
    "ids": (r"\d+(,\s*\d+)*", lambda plain: [int(one) for one in plain.split(",")]),
    "phone": (r"\d{10}", str),
    "day": (r"\d{2}/\d{2}/\d{4}", _day),
    "month": (r"(0[1-9]|1[0-2])/\d{4}", lambda plain: date(int(plain[3:]), int(plain[:2]), 1)),
    "moment": (r"\d{2}/\d{2}/\d{4} \d{2}:\d{2}(:\d{2})?( [A-Z]{3})?", _moment),
    "text": (r".+", str),
}
_EXPECTED: Mapping[Kind, str] = {
    "day": "a date in MM/DD/YYYY format",
    "month": "a month in MM/YYYY format",
    "moment": "a date and time",
    "int": "an integer",
}
