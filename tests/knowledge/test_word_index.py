"""The lexical side: what is found by its words, on SQLite and on PostgreSQL alike, and that what a person may not read
has no influence on what they get."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.knowledge.passages import EVERYONE, DocumentKind, Sight
from app.knowledge.terms import analyser, packed, unpacked
from app.knowledge.word_index import WordIndex
from tests.knowledge.shelves import library_in, page

WORKSPACE = "T1"
PETS = "# Pets\n\nTwo cats or dogs are welcome. The pet deposit is $250 for each animal."
PARKING = "# Parking\n\nEvery unit has one parking space. Guests park on the street."
BONUS = "# Bonus\n\nLeasing agents get a bonus for each signed lease with a pet."


@pytest.fixture
async def shelved(db: Database) -> Database:
    library = library_in(db)
    await library.take_in(WORKSPACE, page("pets.md", PETS))
    await library.take_in(WORKSPACE, page("parking.md", PARKING))
    await library.take_in(WORKSPACE, page("bonus.md", BONUS, "role:executive"))
    await library.take_in("T2", page("pets.md", PETS))
    return db


async def found(db: Database, sight: Sight, question: str) -> list[str]:
    return [hit.document_id for hit in await WordIndex(db).matching(sight, question, 10)]


async def test_words_are_found_in_their_other_forms(shelved: Database) -> None:
    sight = Sight(WORKSPACE, frozenset({EVERYONE}))
    assert await found(shelved, sight, "are animals welcome?") == ["file:pets.md"]
    assert await found(shelved, sight, "where do I park my car") == ["file:parking.md"]


async def test_what_a_person_may_not_read_is_not_found(shelved: Database) -> None:
    everyone, executive = Sight(WORKSPACE, frozenset({EVERYONE})), Sight(WORKSPACE, frozenset({"role:executive"}))
    assert await found(shelved, everyone, "bonus") == []
    assert await found(shelved, executive, "bonus") == ["file:bonus.md"]
    assert await found(shelved, executive, "parking") == []


async def test_a_search_can_be_narrowed_to_documents_and_kinds(shelved: Database) -> None:
    tokens = frozenset({EVERYONE, "role:executive"})
    assert set(await found(shelved, Sight(WORKSPACE, tokens), "pet")) == {"file:pets.md", "file:bonus.md"}
    one = Sight(WORKSPACE, tokens, documents=frozenset({"file:bonus.md"}))
    assert await found(shelved, one, "pet") == ["file:bonus.md"]
    assert await found(shelved, Sight(WORKSPACE, tokens, documents=frozenset()), "pet") == []
    assert await found(shelved, Sight(WORKSPACE, tokens, kinds=frozenset({DocumentKind.NOTE})), "pet") == []


@pytest.mark.parametrize(
    "question", ['"', "pet* OR (", "pets NOT cats", "words:pet", "'; --", "NEAR(cat dog)", "?!", ""]
)
async def test_no_question_is_read_as_a_command(shelved: Database, question: str) -> None:
    assert set(await found(shelved, Sight(WORKSPACE, frozenset({EVERYONE})), question)) <= {"file:pets.md"}


async def test_a_text_nobody_told_them_of_changes_neither_order_nor_scores(db: Database) -> None:
    library, index = library_in(db), WordIndex(db)
    await library.take_in(WORKSPACE, page("pets.md", PETS))
    await library.take_in(WORKSPACE, page("parking.md", PARKING))
    sight = Sight(WORKSPACE, frozenset({EVERYONE}))
    before = await index.matching(sight, "deposit for a parking space or a cat", 10)
    for number in range(3):
        await library.take_in(WORKSPACE, page(f"secret-{number}.md", "# Cats\n\nCats, cats, cats.", "role:executive"))
    assert await index.matching(sight, "deposit for a parking space or a cat", 10) == before


async def test_what_was_replaced_or_forgotten_is_not_found_any_more(db: Database) -> None:
    library, index, sight = library_in(db), WordIndex(db), Sight(WORKSPACE, frozenset({EVERYONE}))
    await library.take_in(WORKSPACE, page("pets.md", PETS))
    assert len(await index.matching(sight, "dogs", 10)) == 1
    await library.take_in(WORKSPACE, page("pets.md", "# Pets\n\nNo animals."))
    assert await index.matching(sight, "dogs", 10) == []
    assert len(await index.matching(sight, "animal", 10)) == 1
    await library.forget(WORKSPACE, ["file:pets.md"])
    assert await index.matching(sight, "animal", 10) == []


async def test_the_page_about_a_topic_comes_before_one_that_mentions_it(sqlite_db: Database) -> None:
    library = library_in(sqlite_db)
    about = "# Smoking\n\n" + "\n\n".join(f"## Rule {n}\n\nSmoking is not allowed in place {n}." for n in range(6))
    await library.take_in(WORKSPACE, page("smoking.md", about))
    await library.take_in(WORKSPACE, page("moving.md", "# Moving out\n\nWalls stained by smoking are repainted."))
    assert (await found(sqlite_db, Sight(WORKSPACE, frozenset({EVERYONE})), "smoking"))[0] == "file:smoking.md"


def test_words_are_counted_by_their_stems_and_kept_in_five_bytes_each() -> None:
    one, none, two = analyser().counts(["Cats and a cat", "", "Kündigung 30 days"])
    assert sorted(one.values()) == [1, 1, 2]
    assert none == {}
    terms, times, sizes = unpacked([packed(one), packed(none), packed(two)])
    assert sizes.tolist() == [3, 0, 3]
    assert dict(zip(terms[:3].tolist(), times[:3].tolist(), strict=True)) == one


def test_a_word_that_stands_a_thousand_times_counts_as_often_as_a_byte_can_say() -> None:
    (counts,) = analyser().counts(["rent " * 1000])
    _, times, _ = unpacked([packed(counts)])
    assert times.tolist() == [255]


async def test_a_word_that_few_passages_hold_tells_more_and_hidden_passages_do_not_count(shelved: Database) -> None:
    index, words = WordIndex(shelved), ["pets", "parking", "zebra"]
    everyone = await index.rarity(Sight(WORKSPACE, frozenset({EVERYONE})), words)
    assert everyone["pets"] == everyone["parking"] < everyone["zebra"]
    with_bonus = await index.rarity(Sight(WORKSPACE, frozenset({EVERYONE, "role:executive"})), words)
    assert with_bonus["pets"] < with_bonus["parking"] < with_bonus["zebra"]
