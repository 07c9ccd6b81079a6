"""The contract of every store: what is written is there, once, and what is forgotten is gone."""

from __future__ import annotations

import asyncio
import random

import pytest

from app.domain.errors import Fixable
from app.knowledge.passages import DocumentKind
from app.knowledge.stores.base import PassageStore
from tests.knowledge.stores.conftest import Opening
from tests.knowledge.stores.making import ASKED, made, scattered, sight


async def _found(store: PassageStore, workspace: str = "w") -> list[str]:
    return [hit.passage_id for hit in await store.nearest(sight(workspace=workspace), ASKED, 100)]


async def test_a_written_passage_is_found_at_once(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    assert await _found(store) == ["d#0"]


async def test_a_passage_comes_back_whole(store: PassageStore) -> None:
    written = made("d", 3, readers={"everyone", "role:manager"}, kind=DocumentKind.TRANSCRIPT)
    await store.replace("w", "d", [written])
    (back,) = (await store.page("w")).passages
    assert (back.passage, back.readers, back.kind, back.dated) == (
        written.passage,
        written.readers,
        written.kind,
        written.dated,
    )
    assert back.vector == pytest.approx(written.vector, abs=5e-4)  # half precision is enough


async def test_a_passage_without_a_page_keeps_none(store: PassageStore) -> None:
    written = made("d")
    bare = type(written.passage)("d", 0, 0, "", "Text")
    await store.replace("w", "d", [type(written)(bare, written.vector, written.readers, written.kind, written.dated)])
    assert (await store.page("w")).passages[0].passage == bare


@pytest.mark.parametrize(("before", "after"), [(3, 1), (1, 3), (3, 3), (2, 0), (0, 2), (0, 0)])
async def test_a_document_that_changed_has_only_its_new_passages(store: PassageStore, before: int, after: int) -> None:
    await store.replace("w", "d", [made("d", n) for n in range(before)])
    await store.replace("w", "d", [made("d", n, text="new") for n in range(after)])
    left = (await store.page("w")).passages
    assert [(one.passage.id, one.passage.text) for one in left] == [(f"d#{n}", "new") for n in range(after)]


async def test_writing_the_same_twice_changes_nothing(store: PassageStore) -> None:
    for _ in range(2):
        await store.replace("w", "d", [made("d", 0), made("d", 1)])
    assert await store.count("w") == 2


async def test_replacing_one_document_leaves_those_whose_ids_begin_alike(store: PassageStore) -> None:
    for document in ("d", "d2", "d#0", "d/x", "D", "d%", "d_"):
        await store.replace("w", document, [made(document)])
    await store.replace("w", "d", [])
    assert sorted(await _found(store)) == sorted(["d2#0", "d#0#0", "d/x#0", "D#0", "d%#0", "d_#0"])


async def test_a_forgotten_document_is_not_found(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    await store.replace("w", "e", [made("e")])
    await store.forget("w", ["d"])
    assert await _found(store) == ["e#0"]


async def test_many_documents_are_forgotten_at_once(store: PassageStore) -> None:
    for number in range(30):
        await store.replace("w", f"d{number}", [made(f"d{number}")])
    await store.forget("w", [f"d{number}" for number in range(29)])
    assert await _found(store) == ["d29#0"]


@pytest.mark.parametrize("documents", [[], ["never seen"], ["never seen", "nor this"]])
async def test_forgetting_what_is_not_there_is_no_error(store: PassageStore, documents: list[str]) -> None:
    await store.replace("w", "d", [made("d")])
    await store.forget("w", documents)
    assert await store.count("w") == 1


async def test_forgetting_twice_is_no_error(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    for _ in range(2):
        await store.forget("w", ["d"])
    assert await store.count("w") == 0


async def test_a_workspace_does_not_overwrite_the_same_document_of_another(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d", text="ours")])
    await store.replace("x", "d", [made("d", text="theirs")])
    assert (await store.page("w")).passages[0].passage.text == "ours"


async def test_a_workspace_does_not_forget_for_another(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    await store.forget("x", ["d"])
    assert await _found(store) == ["d#0"]


async def test_a_large_document_is_written_whole(store: PassageStore) -> None:
    await store.replace("w", "d", scattered("d", 2500, random.Random(1)))
    assert await store.count("w") == 2500


@pytest.mark.parametrize(
    "text",
    [
        "Ä, ß and ñ",
        "租约 · 宠物",
        "🐈‍⬛ allowed",
        "e\u0301 is not é",
        "عقد الإيجار",
        "'; DROP TABLE x; --",
        "line\nline\ttab",
    ],
)
async def test_any_script_comes_back_as_it_was(store: PassageStore, text: str) -> None:
    await store.replace("w", f"file:{text}", [made(f"file:{text}", text=text)])
    (back,) = (await store.page("w")).passages
    assert (back.passage.document_id, back.passage.text) == (f"file:{text}", text)


async def test_writers_of_different_documents_do_not_disturb_each_other(store: PassageStore) -> None:
    await asyncio.gather(*(store.replace("w", f"d{n}", [made(f"d{n}", m) for m in range(5)]) for n in range(12)))
    assert await store.count("w") == 60


async def test_writers_of_one_document_leave_one_version_whole(store: PassageStore) -> None:
    await asyncio.gather(
        *(store.replace("w", "d", [made("d", n, text=f"by {who}") for n in range(6)]) for who in range(8))
    )
    left = [one.passage.text for one in (await store.page("w")).passages]
    assert len(left) == 6
    assert len(set(left)) == 1


async def test_a_reader_never_finds_a_document_gone_while_it_is_replaced(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d", n) for n in range(4)])

    async def write() -> None:
        for _ in range(10):
            await store.replace("w", "d", [made("d", n) for n in range(4)])

    writing = asyncio.create_task(write())
    seen: list[int] = []
    while not writing.done():
        seen.append(len(await _found(store)))
    await writing
    assert set(seen) == {4}


async def test_what_was_written_is_there_after_a_restart(opening: Opening) -> None:
    first = opening()
    await first.replace("w", "d", [made("d")])
    await first.close()
    assert await _found(opening()) == ["d#0"]


@pytest.mark.parametrize("length", [0, 7, 9, 384])
async def test_a_vector_of_the_wrong_length_is_refused_and_nothing_changes(store: PassageStore, length: int) -> None:
    await store.replace("w", "d", [made("d")])
    good = made("d", text="new")
    wrong = type(good)(good.passage, (0.5,) * length, good.readers, good.kind, good.dated)
    with pytest.raises(Fixable) as refused:
        await store.replace("w", "d", [good, wrong])
    assert refused.value.code == "wrong_dimension"
    assert (await store.page("w")).passages[0].passage.text != "new"


async def test_vectors_of_another_embedder_are_neither_found_nor_counted(opening: Opening) -> None:
    ours, other = opening(), opening(embedder="other")
    await ours.replace("w", "d", [made("d")])
    assert (await _found(other), await other.count("w"), (await other.page("w")).passages) == ([], 0, ())


async def test_forgetting_under_one_embedder_leaves_the_other(opening: Opening) -> None:
    ours, other = opening(), opening(embedder="other")
    if ours.name == "embedded":
        pytest.skip("the main database holds a document under one embedder only")
    for one in (ours, other):
        await one.replace("w", "d", [made("d")])
    await other.forget("w", ["d"])
    assert (await ours.count("w"), await other.count("w")) == (1, 0)
