"""How Gong judges requests: every field by name and type (its OpenAPI file), dates with a zone, errors as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NO_CALLS = "No calls found corresponding to the provided filters"
CALL_FILTER = frozenset({"fromDateTime", "toDateTime", "workspaceId", "callIds"})
_CONTENT = frozenset(
    {"structure", "topics", "trackers", "trackerOccurrences", "pointsOfInterest", "brief", "outline", "highlights",
     "callOutcome", "keyPoints"}
)  # fmt: skip
_INTERACTION = frozenset({"speakers", "video", "personInteractionStats", "questions"})
_GROUPS: Mapping[str, frozenset[str]] = {
    "content": _CONTENT,
    "interaction": _INTERACTION,
    "collaboration": frozenset({"publicComments"}),
}
_LONGEST_ID = 20  # digits


class Refused(Exception):
    """An error answer: HTTP status and the text in `errors`. `wait` goes into Retry-After."""

    def __init__(self, status: int, text: str, *, wait: int = 0) -> None:
        super().__init__(text)
        self.status, self.text, self.wait = status, text, wait


@dataclass(frozen=True)
class CallFilter:
    """Which calls: those that started in [start, end), of these ids and hosts; None for no limit."""

    start: datetime | None
    end: datetime | None
    workspace_id: str = ""
    call_ids: frozenset[str] | None = None
    host_ids: frozenset[str] | None = None


@dataclass(frozen=True)
class Selector:
    """What a rich call shall hold: `exposed` are names such as `parties` or `content.brief`."""

    context: str
    exposed: frozenset[str]


def checked_filter(given: Any, allowed: frozenset[str]) -> CallFilter:
    """The filter, read strictly. Raises Refused."""
    values = _object(given, "filter", allowed)
    start, end = _moment(values, "fromDateTime"), _moment(values, "toDateTime")
    if start and end and start > end:
        raise Refused(400, "fromDateTime must be before toDateTime")
    workspace = _id(values["workspaceId"], "workspaceId") if "workspaceId" in values else ""
    return CallFilter(start, end, workspace, _ids(values, "callIds"), _ids(values, "primaryUserIds"))


def checked_selector(given: Any) -> Selector:
    """The content selector, read strictly. Raises Refused."""
    if given is None:
        return Selector("None", frozenset())
    values = _object(given, "contentSelector", frozenset({"context", "contextTiming", "exposedFields"}))
    context = values.get("context", "None")
    if context not in ("None", "Basic", "Extended"):
        raise Refused(400, "context must be one of None, Basic, Extended")
    if values.get("contextTiming") and context == "None":
        raise Refused(400, "contextTiming needs a context")
    fields = _object(values.get("exposedFields", {}), "exposedFields", frozenset({"parties", "media", *_GROUPS}))
    exposed: set[str] = set()
    for name, value in fields.items():
        if name in _GROUPS:
            inner = _object(value, name, _GROUPS[name])
            exposed |= {f"{name}.{one}" for one, wanted in inner.items() if _flag(wanted, one)}
        elif _flag(value, name):
            exposed.add(name)
    return Selector(context, frozenset(exposed))


def checked_body(given: Any, allowed: frozenset[str]) -> dict[str, Any]:
    """A request's body with a filter. Raises Refused."""
    body = _object(given, "body", allowed)
    if "filter" not in body:
        raise Refused(400, "filter must not be null")
    if not isinstance(body.get("cursor", ""), str):
        raise Refused(400, "cursor must be a string")
    return body


def _object(given: Any, name: str, allowed: frozenset[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused(400, f"{name} must be an object")
    for key in given:
        if key not in allowed:
            raise Refused(400, f'Unrecognized field "{key}" in {name}')
    return given


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise Refused(400, f"{name} must be true or false")
    return value


def _moment(values: dict[str, Any], name: str) -> datetime | None:
    """A moment in ISO 8601 with a zone; None when it is not given."""
    given = values.get(name)
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise Refused(400, f"{name} is not a valid ISO-8601 date and time") from None
    if moment.tzinfo is None:
        raise Refused(400, f"{name} has no time zone")
    return moment


def _ids(values: dict[str, Any], name: str) -> frozenset[str] | None:
    given = values.get(name)
    if given is None:
        return None
    if not isinstance(given, list):
        raise Refused(400, f"{name} must be a list")
    return frozenset(_id(one, name) for one in given)


def _id(given: Any, name: str) -> str:
    if not (isinstance(given, str) and given.isdecimal() and len(given) <= _LONGEST_ID):
        raise Refused(400, f"{name} must hold ids as strings of digits")
    return given
