"""Gong's records, parsed: unknown fields are ignored, and what is wrong with a record is said by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.integrations.base import Problems
from app.integrations.gong import fields

M = TypeVar("M", bound=BaseModel)
LONGEST_SUMMARY = 4000
_LONGEST_TITLE, _LONGEST_NAME = 200, 60

Text = Annotated[str, BeforeValidator(fields.text)]
Id = Annotated[str, BeforeValidator(fields.record_id)]
OptionalId = Annotated[str, BeforeValidator(fields.optional_id)]
Email = Annotated[str, BeforeValidator(fields.email)]


def _short(longest: int) -> BeforeValidator:
    return BeforeValidator(lambda value: fields.text(value, longest))


class Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class About(Record):
    """What a call can't do without."""

    id: Id
    started: Annotated[datetime, BeforeValidator(fields.moment)]


class User(Record):
    id: Id
    email: Email = Field(default="", alias="emailAddress")
    aliases: Annotated[list[Any], BeforeValidator(lambda value: value or [])] = Field(
        default_factory=list[Any], alias="emailAliases"
    )
    first_name: Annotated[str, _short(_LONGEST_NAME)] = Field(default="", alias="firstName")
    last_name: Annotated[str, _short(_LONGEST_NAME)] = Field(default="", alias="lastName")


class Party(Record):
    email: Email = Field(default="", alias="emailAddress")
    name: Annotated[str, _short(_LONGEST_NAME)] = ""
    user_id: OptionalId = Field(default="", alias="userId")
    speaker_id: OptionalId = Field(default="", alias="speakerId")
    affiliation: Text = ""
    methods: Annotated[list[Any], BeforeValidator(lambda value: value or [])] = Field(default_factory=list[Any])

    @property
    def took_part(self) -> bool:
        """Was there, rather than only invited."""
        return bool(self.speaker_id) or "Attendee" in self.methods


class Monologue(Record):
    speaker_id: OptionalId = Field(default="", alias="speakerId")
    sentences: list[Any]


class Sentence(Record):
    start: Annotated[int, BeforeValidator(fields.milliseconds)]
    text: Text


class Transcript(Record):
    call_id: Id = Field(alias="callId")
    monologues: Annotated[list[Any], BeforeValidator(lambda value: value or [])] = Field(alias="transcript")


def title(value: Any) -> str:
    return fields.text(value, _LONGEST_TITLE)


def parsed(model: type[M], items: list[Any], problems: Problems, record: Callable[[Any], str]) -> list[M]:
    """The records that can be read; each that can't is a problem that names its field, and by `record` where it is."""
    taken: list[M] = []
    for item in items:
        try:
            taken.append(model.model_validate(item))
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
            field = ".".join(str(step) for step in first["loc"]) or "record"
            reason = first["msg"].removeprefix("Value error, ").lower()
            problems.add(f"unreadable {model.__name__.lower()}: {field} {reason}", record(item))
    return taken


def named(value: Any, key: str) -> str:
    """An id in a record for a problem, cut short; a placeholder when there is none."""
    shown = value.get(key) if isinstance(value, dict) else None
    return str(shown)[:40] if isinstance(shown, str | int) else "without an id"
