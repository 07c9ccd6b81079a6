"""Entrata's values as they come over the wire, and as what they are.

Its PHP back end writes a list of one as an object, an empty list as "" or [], a list with holes as an object with
numbers as keys, XML attributes under "@attributes", and most numbers as strings. Days are MM/DD/YYYY; times are in
Mountain Time, with or without the zone's letters.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from app.integrations.records import cents, text

MOUNTAIN = ZoneInfo("America/Denver")
_LETTERS = {"MST": timezone(timedelta(hours=-7)), "MDT": timezone(timedelta(hours=-6)), "UTC": UTC, "GMT": UTC}
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})")
_TIME = re.compile(r"[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?\s*([A-Z]{3}|Z)?\s*$")
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_LARGEST_ID = 10**15


def as_list(value: Any) -> list[Any]:
    """Any of PHP's ways to write a list, as a list."""
    if value is None or value == "" or value is False:
        return []
    if isinstance(value, list):
        return [item for item in value if item not in ("", None, [])]
    if isinstance(value, dict):
        if value and all(isinstance(key, str) and key.isdecimal() for key in value):
            return list(value.values())
        return [value] if value else []
    return [value]


def inside(value: Any, *path: str) -> Any:
    """What lies at a path of object keys; None as soon as a step is missing. One-element lists are stepped into."""
    for key in path:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def attributes(value: Any) -> dict[str, Any]:
    """The XML attributes of an object, empty when it has none."""
    found = inside(value, "@attributes")
    return found if isinstance(found, dict) else {}


def number(value: Any) -> int | None:
    """A whole number from an int, "12" or 12.0; None for nothing. Raises ValueError on anything else."""
    plain = text(value)
    if not plain:
        return None
    whole = plain.removesuffix(".0").removesuffix(".00")
    if not re.fullmatch(r"-?\d{1,16}", whole) or abs(int(whole)) > _LARGEST_ID:
        raise ValueError("is not a whole number")
    return int(whole)


def record_id(value: Any) -> str:
    """A record's id as text. Raises ValueError when it is missing or can't be one."""
    plain = text(value).removesuffix(".0")
    if not (plain.isdecimal() and len(plain) <= 60) and not _ID.fullmatch(plain):
        raise ValueError("is not a record id")
    return plain


def optional_id(value: Any) -> str | None:
    """A reference to another record; None for "", 0 and nothing."""
    plain = text(value)
    return None if plain in ("", "0") else record_id(plain)


def day(value: Any) -> date | None:
    """A day from MM/DD/YYYY or an ISO date, also with a time behind it; None for nothing and for zeros."""
    plain = text(value)
    return _day_of(plain) if plain else None


def month(value: Any) -> date | None:
    """The first day of a month from MM/YYYY, or of the month a day lies in; None for nothing."""
    plain = text(value)
    match = _MONTH.fullmatch(plain)
    on = date(int(match[2]), int(match[1]), 1) if match else day(plain)
    return on.replace(day=1) if on else None


@lru_cache(maxsize=16_384)
def _day_of(plain: str) -> date | None:
    match = _DAY.match(plain)
    if match is None:
        raise ValueError("is not a date")
    if match[1]:
        month, dom, year = int(match[1]), int(match[2]), int(match[3])
    else:
        year, month, dom = int(match[4]), int(match[5]), int(match[6])
    return None if (month, dom) == (0, 0) else date(year, month, dom)


def moment(value: Any) -> datetime | None:
    """A moment in UTC. Without letters of a zone it is Mountain Time; of a doubled hour in autumn the first is meant.
    A bare day is its start."""
    plain = text(value)
    on = day(plain)
    if on is None:
        return None
    match = _TIME.search(plain)
    if match is None:
        return datetime(on.year, on.month, on.day, tzinfo=MOUNTAIN).astimezone(UTC)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower() == "pm" else 0)
    zone = _LETTERS.get("UTC" if match[5] == "Z" else match[5] or "", MOUNTAIN)
    return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def said_yes(value: Any) -> bool | None:
    """The same as `yes`, but None when nothing is said."""
    return None if value is None or value == "" else yes(value)


def yes(value: Any) -> bool:
    """True for 1, "1", true, "Yes", "Y"."""
    return value is True or text(value).lower() in ("1", "true", "yes", "y")


def wire_day(on: date) -> str:
    """A day as Entrata takes it."""
    return on.strftime("%m/%d/%Y")


def wire_month(month: date) -> str:
    """A month as Entrata takes it."""
    return month.strftime("%m/%Y")


def wire_moment(at: datetime) -> str:
    """A moment as Entrata writes it: Mountain Time with the zone's letters."""
    local = at.astimezone(MOUNTAIN)
    return f"{local:%m/%d/%Y %H:%M:%S} {local.tzname()}"


def mountain_day(at: datetime) -> date:
    """The day it is in Mountain Time at that moment."""
    return at.astimezone(MOUNTAIN).date()


Text = Annotated[str, BeforeValidator(text)]
Number = Annotated[int | None, BeforeValidator(number)]
RecordId = Annotated[str, BeforeValidator(record_id)]
OptionalId = Annotated[str | None, BeforeValidator(optional_id)]
Cents = Annotated[int | None, BeforeValidator(cents)]
Day = Annotated[date | None, BeforeValidator(day)]
Month = Annotated[date | None, BeforeValidator(month)]
Moment = Annotated[datetime | None, BeforeValidator(moment)]
Yes = Annotated[bool, BeforeValidator(yes)]
SaidYes = Annotated[bool | None, BeforeValidator(said_yes)]
