"""The lexical side: what is found by its words, on SQLite and on PostgreSQL, and that nothing unseen is found."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.knowledge import lexicon
from app.knowledge.passages import EVERYONE, DocumentKind, Sight
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
    async with db.reading() as session:
        return [hit.document_id for hit in await lexicon.matching(session, sight, question, 10)]


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
