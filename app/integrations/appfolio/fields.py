"""AppFolio's values as they come over the wire, and as what they are: ids are UUIDs, days ISO, moments ISO in UTC,
money and most numbers texts, with thousands commas possible."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator

from app.integrations.records import cents, text

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def record_id(value: Any) -> str:
    """A UUID in small letters. Raises ValueError when it is missing or can't be one."""
    plain = text(value).lower()
    if not _UUID.fullmatch(plain):
        raise ValueError("is not a record id")
    return plain


def row_number(value: Any) -> str:
    """A report's own number of something. Raises ValueError when it is missing or can't be one."""
    plain = "" if isinstance(value, bool) else text(value)
    if not re.fullmatch(r"\d{1,18}", plain):
        raise ValueError("is not a number of a record")
    return plain


def optional_id(value: Any) -> str | None:
    """A reference to another record; None for nothing."""
    return record_id(value) if text(value) else None


def day(value: Any) -> date | None:
    """A day from an ISO date, also with a time behind it; None for nothing. Raises ValueError on anything else."""
    plain = text(value)
    return _day_of(plain) if plain else None


@lru_cache(maxsize=16_384)  # the same days come again and again
def _day_of(plain: str) -> date:
    if not _DAY.match(plain):
        raise ValueError("is not a date")
    return date.fromisoformat(plain[:10])


def moment(value: Any) -> datetime | None:
    """A moment in UTC, where AppFolio's are without a zone too; a bare day is its start. None for nothing."""
    plain = text(value)
    if not plain:
        return None
    if not _DAY.match(plain):
        raise ValueError("is not a moment")
    at = datetime.fromisoformat(plain)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def day_or_moment(value: Any) -> date | datetime | None:
    """A bare day, whose moment only its place tells, or a moment."""
    plain = text(value)
    return day(plain) if len(plain) == len("2026-03-18") else moment(plain)


def number(value: Any) -> float | None:
    """A number that counts something: 2, "2", "1.5", "1,095"; None for nothing. Raises ValueError on anything else."""
    plain = text(value).replace(",", "")
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,7}(\.\d{1,4})?", plain):
        raise ValueError("is not a number")
    return float(plain)


def yes(value: Any) -> bool:
    return value is True or text(value).lower() in ("1", "true", "yes")


def wire_moment(at: datetime) -> str:
    """A moment as AppFolio takes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain_name(name: str) -> str:
    """A name for comparing: case and spaces don't count."""
    return " ".join(name.casefold().split())


def given_first(name: str) -> str:
    """`Carlos Rivera` from `Rivera, Carlos`, as reports write people."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma else name


def name_words(name: str) -> frozenset[str]:
    """A person's name for comparing: `Rivera, Carlos` and `Carlos Rivera` are the same."""
    return frozenset(name.casefold().replace(",", " ").split())


Text = Annotated[str, BeforeValidator(text)]
Number = Annotated[float | None, BeforeValidator(number)]
RecordId = Annotated[str, BeforeValidator(record_id)]
RowNumber = Annotated[str, BeforeValidator(row_number)]
OptionalId = Annotated[str | None, BeforeValidator(optional_id)]
Cents = Annotated[int | None, BeforeValidator(cents)]
Day = Annotated[date | None, BeforeValidator(day)]
DayOrMoment = Annotated[date | datetime | None, BeforeValidator(day_or_moment)]
Moment = Annotated[datetime | None, BeforeValidator(moment)]
Yes = Annotated[bool, BeforeValidator(yes)]
