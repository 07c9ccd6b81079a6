"""The walk along a list, with every way of naming the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.errors import RetryLater
from app.http.failures import Failures
from app.http.links import links, parameter_of
from app.integrations.pagers import (
    ByAddress,
    ByCursor,
    ByHeader,
    ByLastId,
    ByNumber,
    ByOffset,
    Came,
    OnePage,
    Pager,
    at,
)
from app.integrations.paging import GoesInCircles, Listing, Mark, PlaceForgotten, Trail


@dataclass
class Service:
    """Gives what the script says, one answer after the other; the last one stays. `asked` are the places."""

    pager: Pager
    script: Sequence[Came | type[PlaceForgotten]]
    asked: list[str] = field(default_factory=list[str])

    async def ask(self, place: str) -> Came:
        came = self.script[min(len(self.asked), len(self.script) - 1)]
        self.asked.append(place)
        if not isinstance(came, Came):
            raise came
        return came

    @property
    def listing(self) -> Listing:
        return Listing("things", self.pager, self.ask, Failures("Acme"))


def page(*ids: int, following: Any = None) -> Came:
    header = {"Link": f'<https://acme.example/?page={following}>; rel="next"'} if following else {}
    address = f"https://acme.example/things?page={following}&x=1" if following else None
    return Came([{"id": one} for one in ids], {"next": following, "address": address, "more": bool(following)}, header)


PAGERS: dict[str, tuple[Pager, list[str]]] = {
    "header": (ByHeader("page", first=1), ["", "2", "3"]),
    "cursor": (ByCursor(at("next")), ["", "2", "3"]),
    "address": (ByAddress(at("address"), "page"), ["", "2", "3"]),
    "query": (ByAddress(at("address")), ["", "page=2&x=1", "page=3&x=1"]),
    "number": (ByNumber(size=2), ["", "2", "3"]),
    "offset": (ByOffset(2), ["", "2", "4"]),
    "last id": (ByLastId(lambda one: one["id"], at("more")), ["", "2", "4"]),
}


@pytest.mark.parametrize("kind", PAGERS)
async def test_a_list_is_read_to_its_last_page(kind: str) -> None:
    pager, places = PAGERS[kind]
    service = Service(pager, [page(1, 2, following=2), page(3, 4, following=3), page(5)])
    assert [one["id"] for one in await service.listing.whole()] == [1, 2, 3, 4, 5]
    assert service.asked == places


async def test_a_list_that_comes_whole_is_asked_for_once() -> None:
    service = Service(OnePage(), [page(1, 2, following=2)])
    assert (len(await service.listing.whole()), service.asked) == (2, [""])


@pytest.mark.parametrize("kind", PAGERS)
async def test_the_same_answer_for_ever_is_an_error_and_not_a_whole_list(kind: str) -> None:
    service = Service(PAGERS[kind][0], [page(1, 2, following=2)])
    with pytest.raises(RetryLater) as looped:
        await service.listing.whole()
    assert looped.value.code == "vendor_answer_unreadable"
    assert len(service.asked) <= 2


async def test_a_longer_circle_is_noticed() -> None:
    service = Service(ByCursor(at("next")), [page(1, following=one) for one in ("a", "b", "c", "a")])
    with pytest.raises(RetryLater):
        await service.listing.whole()
    assert service.asked == ["", "a", "b", "c"]


async def test_empty_pages_go_on_for_a_while_and_not_for_ever() -> None:
    some = [page(following=one) for one in range(2, 40)]
    assert len(await Service(ByCursor(at("next")), [*some, page(1)]).listing.whole()) == 1
    endless = Service(ByCursor(at("next")), [page(following=one) for one in range(2, 400)])
    with pytest.raises(RetryLater):
        await endless.listing.whole()
    assert len(endless.asked) == 51


async def test_a_forgotten_place_begins_the_list_again_and_brings_nothing_twice() -> None:
    forgotten = PlaceForgotten
    script = [page(1, following=2), forgotten, page(1, following=7), page(2)]
    service = Service(ByCursor(at("next")), script)
    assert [one["id"] for one in await service.listing.whole()] == [1, 2]
    assert service.asked == ["", "2", "", "7"]


async def test_a_list_whose_first_page_is_forgotten_is_an_error() -> None:
    with pytest.raises(RetryLater):
        await Service(OnePage(), [PlaceForgotten]).listing.whole()


@pytest.mark.parametrize("answer", [{"a": 7}, {"a": {"b": [1]}}, {"a": {"b": False}}, {"a": {"b": "x\ny"}}], ids=str)
async def test_a_cursor_that_is_none_is_an_error_and_not_the_end(answer: Any) -> None:
    with pytest.raises(RetryLater):
        await Service(ByCursor(at("a", "b")), [Came([{"id": 1}], answer)]).listing.whole()


@pytest.mark.parametrize("answer", [{}, {"a": None}, {"a": {}}, {"a": {"b": None}}, {"a": {"b": ""}}], ids=str)
async def test_no_cursor_is_the_end(answer: Any) -> None:
    assert len(await Service(ByCursor(at("a", "b")), [Came([{"id": 1}], answer)]).listing.whole()) == 1


async def test_ids_that_do_not_grow_are_an_error() -> None:
    with pytest.raises(RetryLater):
        await Service(ByLastId(lambda one: 0, at("more")), [page(1, following=2)]).listing.whole()


async def test_a_header_link_without_its_marks_is_no_next_page() -> None:
    header = {"Link": '<https://a.example/?c=1>; rel="previous"; results="true", <https://a.example/?c=2>; rel="next"'}
    service = Service(ByHeader("c", {"results": "true"}), [Came([{"id": 1}], [], header)])
    assert len(await service.listing.whole()) == 1


def test_a_mark_survives_its_cursor_and_anything_else_is_the_beginning() -> None:
    mark = Mark("2026-01-01", "page=2&x=\u00e9", 1, 2, "ab")
    assert Mark.of(mark.cursor, "first") == mark
    for cursor in ("", "c:3", "7", "[1]", '{"part": "x"}', "null"):
        assert Mark.of(cursor, "first") == Mark("first")


def test_the_next_part_begins_where_the_last_page_was() -> None:
    assert Mark.of(Mark("a", "9", 1, 1, "x").then("b")) == Mark("b")
    assert Mark("a").then(None) == ""


def test_a_trail_ends_at_a_place_it_knows_and_at_its_length() -> None:
    trail = Trail("a", most=3)
    trail.on("b")
    with pytest.raises(GoesInCircles):
        trail.on("a")
    trail.on("c")
    with pytest.raises(GoesInCircles):
        trail.on("d")


def test_addresses_that_are_none_hold_no_parameters() -> None:
    assert parameter_of("http://[::1", "page") == ""
    assert parameter_of("nonsense", "page") == ""
    assert links('<a>; rel=next; x="y", junk, <b>') == [("a", {"rel": "next", "x": "y"}), ("b", {})]
