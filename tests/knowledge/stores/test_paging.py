"""The contract of every store: everything it holds can be read in pages, for counts and for a move."""

from __future__ import annotations

import pytest

from app.knowledge.stores.base import PassageStore
from tests.knowledge.stores.making import made


async def _all(store: PassageStore, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor = ""
    while True:
        page = await store.page("w", cursor, limit)
        pages.append([one.passage.id for one in page.passages])
        cursor = page.cursor
        if not cursor:
            return pages


@pytest.mark.parametrize(("held", "limit"), [(0, 5), (1, 5), (4, 5), (5, 5), (6, 5), (10, 5), (23, 1), (23, 200)])
async def test_pages_hold_everything_once(store: PassageStore, held: int, limit: int) -> None:
    await store.replace("w", "d", [made("d", number) for number in range(held)])
    found = [one for page in await _all(store, limit) for one in page]
    assert sorted(found) == sorted(f"d#{number}" for number in range(held))


async def test_pages_come_in_the_same_order_each_time(store: PassageStore) -> None:
    for document in ("b", "Ä", "a", "B"):
        await store.replace("w", document, [made(document, number) for number in range(3)])
    assert await _all(store, 5) == await _all(store, 5)


async def test_what_is_there_throughout_is_paged_once_while_others_come_and_go(store: PassageStore) -> None:
    for number in range(20):
        await store.replace("w", f"m{number}", [made(f"m{number}")])
    seen: list[str] = []
    cursor = ""
    for turn in range(50):
        page = await store.page("w", cursor, 3)
        seen += [one.passage.id for one in page.passages]
        await store.replace("w", f"a{turn}", [made(f"a{turn}")])
        await store.forget("w", [f"a{turn - 1}"])
        cursor = page.cursor
        if not cursor:
            break
    stayed = [one for one in seen if one.startswith("m")]
    assert sorted(stayed) == sorted(f"m{number}#0" for number in range(20))


async def test_a_cursor_outlives_the_passage_it_stopped_at(store: PassageStore) -> None:
    for document in "abcd":
        await store.replace("w", document, [made(document)])
    first = await store.page("w", "", 2)
    await store.forget("w", [first.passages[-1].passage.document_id])
    rest = await store.page("w", first.cursor, 10)
    assert len(rest.passages) == 2


async def test_pages_and_counts_hold_what_only_some_may_read(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d", readers=[]), made("d", 1, readers=["user:U1"])])
    assert (await store.count("w"), await _all(store, 10)) == (2, [["d#0", "d#1"]])


async def test_pages_and_counts_are_of_one_workspace(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    await store.replace("x", "e", [made("e"), made("e", 1)])
    assert (await store.count("w"), await store.count("x"), await _all(store, 10)) == (1, 2, [["d#0"]])


async def test_a_workspace_nobody_knows_holds_nothing(store: PassageStore) -> None:
    assert (await store.count("w"), await _all(store, 10)) == (0, [[]])


async def test_a_store_that_works_says_so(store: PassageStore) -> None:
    assert (await store.check()).state == "ok"
