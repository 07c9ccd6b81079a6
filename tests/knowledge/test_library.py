"""Documents come in once, are replaced whole, and are gone when they are forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from app.db.engine import Database
from app.domain.errors import RetryLater
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.knowledge import shelf
from app.knowledge.library import Library, document_id
from app.knowledge.passages import Embedded, sight_of
from app.knowledge.stores.embedded import EmbeddedStore
from bench.ingest import crash
from tests.knowledge.shelves import documents_in, library_in, page, store_in

WORKSPACE = "T1"
LEASING = sight_of(Principal(WorkspaceId(WORKSPACE), UserId("U1"), "Lee", frozenset({Role.LEASING})))
BOSS = sight_of(Principal(WorkspaceId(WORKSPACE), UserId("U2"), "Bo", frozenset({Role.EXECUTIVE})))
PETS = "# Pet policy\n\nA household may keep up to two cats."


async def test_what_is_unchanged_costs_nothing_and_what_changed_is_replaced(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    outcomes = [
        (await library.take_in(WORKSPACE, page("pets.md", text))).outcome
        for text in (PETS, PETS, PETS.replace("two", "three"))
    ]
    assert outcomes == ["added", "unchanged", "replaced"]
    found = (await documents_in(sqlite_db).find(LEASING, "how many cats per household")).found
    assert [one.shelved.passage.text for one in found] == ["A household may keep up to three cats."]


async def test_what_is_forgotten_is_found_by_nobody_and_leaves_no_passage(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    await library.take_in(WORKSPACE, page("pets.md", PETS))
    assert await library.forget(WORKSPACE, ["file:pets.md", "file:never.md"]) == 1
    assert (await documents_in(sqlite_db).find(LEASING, "cats")).documents == 0
    assert await store_in(sqlite_db).count(WORKSPACE) == 0
    assert await library.documents(WORKSPACE) == []


async def test_new_readers_take_the_place_of_the_old_ones(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    await library.take_in(WORKSPACE, page("pay.md", "# Pay\n\nRaises come in March."))
    await library.take_in(WORKSPACE, page("pay.md", "# Pay\n\nRaises come in March.", "role:executive"))
    (document,) = await library.documents(WORKSPACE, "file:")
    assert document.readers == {"role:executive"}
    assert (await documents_in(sqlite_db).find(LEASING, "when do raises come")).found == ()


async def test_readers_who_lose_a_document_never_see_its_new_version_on_the_way(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    await library.take_in(WORKSPACE, page("pay.md", "# Pay\n\nRaises come in March."))
    seen: list[int] = []

    class Watched(type(store_in(sqlite_db))):
        async def replace(self, *given: object) -> None:
            await super().replace(*given)
            seen.append((await documents_in(sqlite_db).find(LEASING, "raises")).documents)

    store = store_in(sqlite_db)
    store.__class__ = Watched
    library._store = store
    await library.take_in(WORKSPACE, page("pay.md", "# Pay\n\nRaises are 6 %.", "role:executive"))
    assert seen == [0]


class _Meanwhile(EmbeddedStore):
    """A store beside which something else happens once: before or after a document's passages are written."""

    before: Callable[[], Awaitable[object]] | None = None
    after: Callable[[], Awaitable[object]] | None = None

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        first, self.before, then, self.after = self.before, None, self.after, None
        if first:
            await first()
        await super().replace(workspace_id, document_id, passages)
        if then:
            await then()


def _beside(db: Database) -> tuple[Library, _Meanwhile]:
    library, store = library_in(db), store_in(db)
    store.__class__ = _Meanwhile
    library._store = store
    assert isinstance(store, _Meanwhile)
    return library, store


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_is_forgotten_while_it_is_read_does_not_come_back(sqlite_db: Database, when: str) -> None:
    library, store = _beside(sqlite_db)
    setattr(store, when, lambda: library_in(sqlite_db).forget(WORKSPACE, ["file:pets.md"]))
    with pytest.raises(RetryLater) as told:
        await library.take_in(WORKSPACE, page("pets.md", PETS))
    assert told.value.code == "document_overtaken"
    assert (await documents_in(sqlite_db).find(LEASING, "cats")).documents == 0
    assert await store.count(WORKSPACE) == 0
    async with sqlite_db.reading() as session:
        assert await shelf.with_passages(session, WORKSPACE) == set()
    assert (await library.take_in(WORKSPACE, page("pets.md", PETS))).outcome == "added"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_two_who_write_one_document_never_mix_the_readers_of_one_with_the_text_of_the_other(
    sqlite_db: Database, when: str
) -> None:
    library, store = _beside(sqlite_db)
    public = page("pay.md", "# Pay\n\nRaises come in March.")
    setattr(store, when, lambda: library_in(sqlite_db).take_in(WORKSPACE, public))
    await library.take_in(WORKSPACE, page("pay.md", "# Pay\n\nRaises are 6 %.", "role:executive"))
    assert (await documents_in(sqlite_db).find(LEASING, "when do raises come")).documents == 0
    found = (await documents_in(sqlite_db).find(BOSS, "how much are raises")).found
    assert [one.shelved.passage.text for one in found] == ["Raises are 6 %."]


async def test_what_a_store_could_not_forget_is_hidden_and_stays_to_be_forgotten(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    await library.take_in(WORKSPACE, page("pets.md", PETS))
    whole = library._store

    class Away(EmbeddedStore):
        async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
            raise RetryLater("The store does not answer.", next_step="Later.")

    library._store = store_in(sqlite_db)
    library._store.__class__ = Away
    with pytest.raises(RetryLater):
        await library.forget(WORKSPACE, ["file:pets.md"])
    assert (await documents_in(sqlite_db).find(LEASING, "cats")).documents == 0
    (left,) = await library.documents(WORKSPACE)  # so that whatever compares knows it has still to go
    assert left.readers == frozenset()
    library._store = whole
    assert await library.forget(WORKSPACE, [left.id]) == 1
    assert await library.documents(WORKSPACE) == []


def test_long_names_stay_different() -> None:
    deep = "folder/" * 30
    one, other = document_id("file", f"{deep}a.md"), document_id("file", f"{deep}b.md")
    assert one != other
    assert len(one) == len(other) == 120
    assert document_id("file", "pets.md") == "file:pets.md"


@pytest.mark.slow
async def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_in_parts(tmp_path: Path) -> None:
    outcome = await crash(tmp_path, kills=3)
    assert outcome.acknowledged >= 3
    assert (outcome.lost, outcome.mixed) == (0, 0), outcome
