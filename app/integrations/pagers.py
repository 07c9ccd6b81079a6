"""How a page names the next one. A connector declares one of these for each of its lists, and app/integrations/paging
walks along it.

A next page is only ever a value of ours to send: an address in an answer is not followed, so that no answer can lead a
request elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from app.http.links import links, parameter_of, query_of

LONGEST_PLACE: Final = 4_000


class Unreadable(ValueError):
    """An answer names a next page in a way nobody can follow. To stop there would pass a part for the whole."""


@dataclass(frozen=True)
class Came:
    """One page as it came: its records, the decoded answer around them, and the answer's headers."""

    records: list[Any]
    answer: Any
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Pager(Protocol):
    """Says where a list goes on. `first` is the number of the first page where places are numbers that grow, else
    None. `blind`: the place comes from counting, not from the service, which may go on giving the same page."""

    @property
    def first(self) -> int | None: ...

    @property
    def blind(self) -> bool: ...

    def following(self, came: Came, place: str) -> str:
        """The place after this page, "" after the last one. `place` is this page's own, "" for the first. Raises
        Unreadable."""
        ...


@dataclass(frozen=True)
class OnePage:
    """A list that comes whole."""

    first = None
    blind = False

    def following(self, came: Came, place: str) -> str:
        return ""


@dataclass(frozen=True)
class ByHeader:
    """The Link header (RFC 8288) names the next page; its `parameter` is the place. `only_if` are attributes that the
    link must have, as Sentry's `results="true"`. `first` where the parameter counts pages."""

    parameter: str
    only_if: Mapping[str, str] = field(default_factory=dict[str, str])
    first: int | None = None
    blind = False

    def following(self, came: Came, place: str) -> str:
        for address, attributes in links(came.headers.get("Link", "")):
            rel_next = attributes.get("rel", "").lower() == "next"
            if rel_next and all(attributes.get(name) == value for name, value in self.only_if.items()):
                return _named(parameter_of(address, self.parameter), self.first)
        return ""


@dataclass(frozen=True)
class ByCursor:
    """A field of the answer holds the place; without the field, or empty, it was the last page."""

    find: Callable[[Any], Any]
    first = None
    blind = False

    def following(self, came: Came, place: str) -> str:
        found = self.find(came.answer)
        if found is None or found == "":
            return ""
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise Unreadable("a cursor that is no text")
        return _named(str(found))


@dataclass(frozen=True)
class ByAddress:
    """A field of the answer holds the next page's address; its `parameter` is the place, or its whole query where none
    is named. `first` where the parameter counts pages."""

    find: Callable[[Any], Any]
    parameter: str = ""
    first: int | None = None
    blind = False

    def following(self, came: Came, place: str) -> str:
        found = self.find(came.answer)
        if found is None or found == "":
            return ""
        if not isinstance(found, str):
            raise Unreadable("a next address that is no text")
        wanted = parameter_of(found, self.parameter) if self.parameter else query_of(found)
        return _named(wanted, self.first)


@dataclass(frozen=True)
class ByNumber:
    """Pages are counted from `first`. A page of less than `size` records is the last; where the service doesn't say
    how many it gives (`size` 0), an empty one is."""

    first: int = 1
    size: int = 0
    blind = True

    def following(self, came: Came, place: str) -> str:
        full = len(came.records) >= self.size if self.size else bool(came.records)
        return str(int(place or self.first) + 1) if full else ""


@dataclass(frozen=True)
class ByOffset:
    """The place is the number of records before it. A page of less than `size` records is the last."""

    size: int
    first = 0
    blind = True

    def following(self, came: Came, place: str) -> str:
        return str(int(place or 0) + len(came.records)) if len(came.records) >= self.size else ""


@dataclass(frozen=True)
class ByLastId:
    """The next page is asked for as what lies beyond this page's highest number: no page lies behind another, so a
    record that changes meanwhile is neither lost nor doubled. `more` says whether the answer promises any."""

    number: Callable[[Any], int]
    more: Callable[[Any], bool]
    first = 0
    blind = False

    def following(self, came: Came, place: str) -> str:
        if not self.more(came.answer):
            return ""
        return str(max((self.number(one) for one in came.records), default=0))


def at(*path: str) -> Callable[[Any], Any]:
    """Finds a field of an answer by its path; None where a step leads nowhere, which is how a last page looks. Raises
    Unreadable for a step into something else than an object."""

    def find(answer: Any) -> Any:
        for step in path:
            if answer is None:
                return None
            if not isinstance(answer, dict):
                raise Unreadable(f"{step} is not where it belongs")
            answer = answer.get(step)
        return answer

    return find


def _named(place: str, first: int | None = None) -> str:
    """A place that the service named. Raises Unreadable."""
    if not place or len(place) > LONGEST_PLACE or not place.isprintable():
        raise Unreadable("a next page without a place")
    if first is not None and not (place.isascii() and place.isdecimal() and len(place) < 16):
        raise Unreadable("a next page without a number")
    return place
