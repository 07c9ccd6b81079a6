"""What a model is shown around a passage."""

from __future__ import annotations

from app.db.engine import Database
from app.knowledge.passages import EVERYONE, Passage, Sight
from app.knowledge.surroundings import around
from tests.knowledge.shelves import documents_in, library_in, page

SECTION = [Passage("d", number, 0, "", f"{number} " + "word " * 19) for number in range(30)]


def test_a_short_section_is_shown_whole() -> None:
    assert around(SECTION[1], SECTION[:3], 4_000) == "\n\n".join(one.text for one in SECTION[:3])


def test_of_a_long_section_the_passage_itself_and_its_neighbours_are_shown() -> None:
    shown = around(SECTION[20], SECTION, 500)
    assert [int(one.split()[0]) for one in shown.split("\n\n")] == [18, 19, 20, 21, 22]


def test_a_passage_that_is_longer_than_what_is_shown_is_cut() -> None:
    assert around(SECTION[0], SECTION, 10) == SECTION[0].text[:10]


async def test_what_is_found_at_the_end_of_a_long_text_is_shown(sqlite_db: Database) -> None:
    filler = "The office keeps records of everything that happens in the building for years. " * 12
    text = "\n\n".join([*(f"Part {number}. {filler}" for number in range(60)), "Ferrets cost $45 a month."])
    await library_in(sqlite_db).take_in("T1", page("rules.txt", text))
    (best, *_) = (await documents_in(sqlite_db).find(Sight("T1", frozenset({EVERYONE})), "what do ferrets cost")).found
    assert "Ferrets cost $45" in around(best.shelved.passage, best.section, 4_000)
