"""What every connector does with a vendor's pages. A connector inherits these tests with a subclass that says how its
vendor names the next page; every registered connector has one (test_every_connector.py)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import unquote_plus

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import RetryLater
from app.http.outbound import Outbound
from app.integrations.base import Page
from app.integrations.paging import Mark
from tests.http.scripted import Answer
from tests.integrations.contract.proxy import Fault
from tests.integrations.contract.suite import NOW, Tried, VendorRig, rows

UNREADABLE = "vendor_answer_unreadable"


Change = Callable[[bytes], Answer]
"""What becomes of a vendor's raw answer."""


def made(whole: bytes, *changes: Change) -> bytes:
    """A vendor's answer as the changes leave it."""
    for change in changes:
        changed = change(whole)
        assert changed is not None
        whole = changed
    return whole


def after(page: Page) -> Mark:
    """The mark that a page's cursor holds."""
    assert page.cursor
    return Mark.of(page.cursor)


class PagesContract(VendorRig):
    """places: two further pages as the vendor may name them, in order. unreadable: next pages that can't be one."""

    places: ClassVar[tuple[str, str]]
    unreadable: ClassVar[tuple[Any, ...]]

    @abstractmethod
    def naming(self, place: Any) -> Change:
        """The answer names this next page ("" for none), whatever it named before."""

    async def _first(self, tried: Tried, *changes: Change) -> tuple[Page, bytes]:
        """The first page, which names a second one, and the vendor's answer."""
        kept: list[bytes] = []

        def fault(whole: bytes) -> Answer:
            kept.append(whole)
            return made(whole, *changes, self.naming(self.places[0]))

        return await tried.read(fault), kept[0]

    async def _at(self, tried: Tried, mark: Mark, answer: Fault) -> Page:
        tried.reading = replace(self.reading, cursor=mark.cursor)
        return await tried.read(answer)

    def _empty(self, whole: bytes) -> Answer:
        return self.changed(lambda records: records.clear())(whole)

    async def test_the_next_page_is_the_one_that_was_named(self, tried: Tried) -> None:
        page, _ = await self._first(tried)
        assert after(page).place == self.places[0]

    async def test_another_process_goes_on_at_the_page_that_was_stored(self, tried: Tried) -> None:
        page, whole = await self._first(tried)
        clock = FixedClock(NOW)
        outbound = Outbound(clock, sleep=tried.patience.sleep, monotonic=tried.patience.monotonic)
        tried.connector = self.open(tried.proxy.url, outbound, clock)
        await self._at(tried, after(page), made(whole, self.naming("")))
        await outbound.close()
        asked = tried.proxy.seen[0].decode()
        assert self.places[0] in asked or self.places[0] in unquote_plus(asked)

    async def test_a_last_page_ends_its_list(self, tried: Tried) -> None:
        page, whole = await self._first(tried)
        last = await self._at(tried, after(page), made(whole, self.naming("")))
        assert not last.cursor or Mark.of(last.cursor).place == ""

    async def test_a_page_that_names_itself_is_an_error_and_not_the_end(self, tried: Tried) -> None:
        page, whole = await self._first(tried)
        with pytest.raises(RetryLater) as looped:
            await self._at(tried, after(page), made(whole, self.naming(self.places[0])))
        assert looped.value.code == UNREADABLE

    async def test_a_next_page_that_can_not_be_read_is_an_error_and_not_the_end(self, tried: Tried) -> None:
        _, whole = await self._first(tried)
        for place in self.unreadable:
            with pytest.raises(RetryLater) as failed:
                await tried.read(made(whole, self.naming(place)))
            assert failed.value.code == UNREADABLE, place

    async def test_an_empty_page_that_names_a_next_one_does_not_end_the_reading(self, tried: Tried) -> None:
        page, _ = await self._first(tried, self._empty)
        assert (rows(page), after(page).place) == ({}, self.places[0])

    async def test_empty_pages_without_end_are_an_error(self, tried: Tried) -> None:
        page, whole = await self._first(tried)
        fiftieth = replace(after(page), empty=50)
        with pytest.raises(RetryLater) as endless:
            await self._at(tried, fiftieth, made(whole, self._empty, self.naming(self.places[1])))
        assert endless.value.code == UNREADABLE

    async def test_records_that_moved_to_the_next_page_are_the_same_rows(self, tried: Tried) -> None:
        page, whole = await self._first(tried)
        assert rows(await self._at(tried, after(page), made(whole, self.naming("")))) == rows(page)


class DyingPlacesContract(PagesContract):
    """For a vendor that forgets the places it named. forgotten: what it answers then."""

    forgotten: ClassVar[bytes]

    async def test_a_place_that_is_forgotten_costs_a_new_beginning_of_its_list(self, tried: Tried) -> None:
        page, _ = await self._first(tried)
        begun_again = await self._at(tried, after(page), self.forgotten)
        assert (rows(begun_again), len(tried.proxy.seen)) == (rows(page), 2)

    async def test_places_that_are_forgotten_again_and_again_are_an_error(self, tried: Tried) -> None:
        page, _ = await self._first(tried)
        with pytest.raises(RetryLater) as failed:
            await self._at(tried, replace(after(page), restarts=3), self.forgotten)
        assert failed.value.code == UNREADABLE
