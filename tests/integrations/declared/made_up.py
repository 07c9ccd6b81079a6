"""Answers made up from a service file itself: what its service would send, as far as the file knows it. So every
declared service can be tried, also one that has no stand-in of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.integrations.declared.definition import Listing, Pages, Shown
from app.integrations.declared.operation import LookUp, Operation
from app.integrations.declared.paths import EITHER, EVERY, steps
from app.integrations.declared.requests import filled
from tests.http.scripted import answer

MANY = 3
"""Records in a made-up list."""


def value_of(key: str, shown: Shown, number: int) -> Any:
    """A value of a column's kind that differs from record to record."""
    return {
        "text": f"{key} {number}",
        "number": 1000 + number,
        "money": 12_345 + number,
        "percent": 0.25,
        "date": f"2026-03-{number % 28 + 1:02d}",
        "moment": 1_773_847_800 + number if shown.unit else f"2026-03-18T15:{number % 60:02d}:00Z",
        "yes_no": True,
    }[shown.kind]


def planted(record: dict[str, Any], path: str, value: Any) -> None:
    """Puts a value where the path leads; `*` makes a list of one."""
    place: Any = record
    ahead = steps(path)
    for step, following in zip(ahead, [*ahead[1:], ""], strict=True):
        inner: Any = value if not following else [] if following == EVERY else {}
        if step == EVERY:
            if not place:
                place.append(inner)
            place = place[0] if following else place
        elif following:
            place = place.setdefault(step, inner)
        else:
            place[step] = value


def record_of(operation: Operation, number: int) -> dict[str, Any]:
    """A record with every declared column."""
    made: dict[str, Any] = {}
    for name, shown in operation.columns.items():
        planted(made, shown.path, value_of(name, shown, number))
    if operation.key:
        planted(made, operation.key, f"key-{number}")
    return made


def matching(lookup: LookUp, said: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A record that a look-up means."""
    made: dict[str, Any] = {}
    for path, wanted in lookup.where.items():
        one = wanted if isinstance(wanted, str) else wanted[0]
        for either in path.split(EITHER):
            planted(made, either, filled(one, {**said, "idempotency_key": key}))
    for name, shown in getattr(lookup, "lines", {}).items():
        if not any(shown.path == either for path in lookup.where for either in path.split(EITHER)):
            planted(made, shown.path, value_of(name, shown, 1))
    return made


def body_of(listing: Listing, records: list[Any]) -> Any:
    """The answer that holds these records where the file says."""
    if listing.record is not None:
        return _at(listing.record, records[0])
    path = listing.rows or ""
    if path.split(".")[-1] == EVERY:
        return _at(path.removesuffix(EVERY).removesuffix("."), {f"k{at}": one for at, one in enumerate(records)})
    return _at(path, records)


def holder(listing: Listing, body: Any) -> list[Any]:
    """The records inside a body, as a list that may be looked at."""
    from app.integrations.declared.records import records_in

    return records_in(listing, body)


def ok(body: Any, *headers: str) -> bytes:
    return answer(200, orjson.dumps(body), "Content-Type: application/json", *headers)


def page(operation: Operation, records: list[Any], following: str) -> bytes:
    """An answer that says which page comes next ("" for none)."""
    pages = operation.pages
    assert pages is not None
    body = body_of(operation, records)
    if pages.by in ("cursor", "address"):
        address = f"http://elsewhere.example/?{pages.parameter}={following}"
        planted(body, pages.field, (following if pages.by == "cursor" else address) if following else None)
        return ok(body)
    return ok(body, *_link(pages, following)) if pages.by == "link" else ok(body)


def _link(pages: Pages, following: str) -> list[str]:
    if not following:
        return []
    marks = "".join(f'; {name}="{value}"' for name, value in pages.only_if.items())
    return [f'Link: <http://elsewhere.example/?{pages.parameter}={following}>; rel="next"{marks}']


def _at(path: str, value: Any) -> Any:
    if not path:
        return value
    made: dict[str, Any] = {}
    planted(made, path, value)
    return made
