"""How HubSpot reads requests and writes refusals (developers.hubspot.com/docs, "Error handling")."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

TYPE_NAMES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-46": "notes", "0-27": "tasks"}
TYPES = ("companies", "contacts", "deals", "notes", "tasks")


@dataclass
class Refused(Exception):
    """A refusal with its status, category and message; `errors` are its details."""

    status: int
    category: str
    message: str
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    more: dict[str, Any] = field(default_factory=dict[str, Any])

    def body(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": str(uuid.uuid4()),
            "category": self.category,
        }
        if self.errors:
            made["errors"] = self.errors
        return made | self.more


def invalid(message: str, *errors: dict[str, Any]) -> Refused:
    """400: the request itself is wrong."""
    return Refused(400, "VALIDATION_ERROR", message, list(errors))


def not_found(what: str = "resource not found") -> Refused:
    return Refused(404, "OBJECT_NOT_FOUND", what)


def answer(body: Any, status: int = 200) -> Response:
    if body is None:
        return Response(status_code=status)
    return Response(orjson.dumps(body), status, media_type="application/json;charset=utf-8")


def type_of(given: str) -> str:
    """The object type by its name or its type id."""
    name = TYPE_NAMES.get(given, given)
    if name not in TYPES:
        raise Refused(400, "VALIDATION_ERROR", f"Unable to infer object type from: {given}")
    return name


async def body_of(http: Request) -> dict[str, Any]:
    """The request's JSON object; its content type must say so."""
    if not http.headers.get("content-type", "").startswith("application/json"):
        raise Refused(415, "VALIDATION_ERROR", "Unsupported Media Type")
    try:
        body = orjson.loads(await http.body())
    except ValueError:
        raise invalid("Invalid input JSON: unreadable") from None
    if not isinstance(body, dict):
        raise invalid("Invalid input JSON: not an object")
    return body


def only(body: dict[str, Any], required: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Refuses unknown and missing keys, as the published schemas do."""
    for name in body:
        if name not in required and name not in optional:
            raise invalid(f"Invalid input JSON: unrecognized field {name}")
    for name in required:
        if name not in body:
            raise invalid(f"Invalid input JSON: some required fields were not set: [{name}]")


def whole_number(text: str | None, default: int, low: int, high: int, name: str) -> int:
    if text is None:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise invalid(f"{name} must be between {low} and {high}")
    return int(text)


def iso(moment: datetime) -> str:
    """As HubSpot writes moments: milliseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def moment_of(text: str) -> datetime:
    """A moment from ISO text or epoch milliseconds. Raises ValueError."""
    if text.lstrip("-").isdecimal():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)
