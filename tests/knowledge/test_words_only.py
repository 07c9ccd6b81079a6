"""When the embedder or the store of the vectors is out of reach, the words still find, and she says how she looked."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.db.engine import Database
from app.domain.errors import RetryLater
from app.knowledge.embedders.base import Vector
from app.knowledge.passages import EVERYONE, Sight
from app.knowledge.search import Search
from app.knowledge.stores.base import Hit
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex
from app.tools.search_knowledge import WORDS_ONLY, Args, Result, present
from tests.knowledge.shelves import embedder, library_in, page

SIGHT = Sight("T1", frozenset({EVERYONE}))
PETS = "# Pets\n\nA household may keep two cats. The monthly pet fee is $35."
PARKING = "# Parking\n\nGuests park in marked spaces for two nights."


@dataclass
class Unreachable:
    """An embedder whose service is down for questions."""

    id: str
    dimension: int
    floor: float | None = None

    async def passages(self, texts: list[str]) -> list[Vector]:
        raise RetryLater("The embedder is down.", code="down")

    async def question(self, text: str) -> Vector:
        raise RetryLater("The embedder is down.", code="down")

    async def close(self) -> None: ...


class Vectorless(EmbeddedStore):
    """A store that is out of reach for vectors; the words stand in the database."""

    async def nearest(self, sight: Sight, vector: Vector, limit: int) -> list[Hit]:
        raise RetryLater("The store is down.", code="down")


@pytest.mark.parametrize("broken", ["embedder", "store"])
async def test_what_holds_the_words_is_found_and_nothing_else(sqlite_db: Database, broken: str) -> None:
    library = library_in(sqlite_db)
    await library.take_in("T1", page("pets.md", PETS))
    await library.take_in("T1", page("parking.md", PARKING))
    real, words = embedder(), WordIndex(sqlite_db)
    made = Vectorless if broken == "store" else EmbeddedStore
    store = made(sqlite_db, words, embedder=real.id, dimension=real.dimension)
    search = Search(sqlite_db, store, real if broken == "store" else Unreachable(real.id, real.dimension), words)
    found = await search.find(SIGHT, "what is the monthly pet fee")
    assert [one.shelved.document.title for one in found.found] == ["Pets"]
    assert found.words_only == f"The {broken} is down."
    nothing = await search.find(SIGHT, "may we fly a drone")
    assert (nothing.found, nothing.words_only) == ((), f"The {broken} is down.")


def test_she_says_that_she_looked_for_words_only() -> None:
    shown = present(Args(query="pets"), Result(query="pets", documents=2, words_only="OpenAI isn't answering."))
    assert shown.text.endswith(f"{WORDS_ONLY} OpenAI isn't answering. Your manager may know.")
