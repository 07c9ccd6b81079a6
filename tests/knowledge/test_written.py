"""Calls and notes as documents: found with speaker and time mark, by their readers alone, and forgotten when gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from app.db.engine import Database
from app.domain.errors import RetryLater
from app.domain.written import Standing, WrittenRecord
from app.knowledge.library import Library, TakenIn
from app.knowledge.passages import Sight
from app.knowledge.reading.transcript import Place, place_of
from app.knowledge.written import Kept, keep_in_step
from tests.knowledge.shelves import NOW, documents_in, library_in, page

SALES, BEN = frozenset({"role:sales"}), frozenset({"user:U1"})
TALK = """[12:03] Ben Fox: Thanks for making the time today.
[12:34] Dana Whitman: The rent guarantee is what my partners keep asking about. How many months would you cover?
[12:50] Ben Fox: We can guarantee six months of rent on the lease-up homes, capped at ninety percent of budget."""
CALL = WrittenRecord(
    "call:gong:1", "call", "Rent guarantee with Dana Whitman (Nordhaven Partners), Mar 9, 2026", TALK, NOW, SALES,
    link="https://app.gong.io/call?id=1",
)  # fmt: skip
NOTE = WrittenRecord("note:hubspot:1", "note", "Note on Dana Whitman by Ben, Mar 2, 2026", "Prefers e-mail", NOW, SALES)
QUESTION = "what did Nordhaven say about the rent guarantee"


@dataclass
class ReadModel:
    """The records there are; `loaded` are those whose texts were asked for."""

    library: Library
    records: dict[str, WrittenRecord] = field(default_factory=dict[str, WrittenRecord])
    loaded: list[str] = field(default_factory=list[str])

    async def load(self, wanted: Mapping[str, frozenset[str]]) -> Sequence[WrittenRecord]:
        self.loaded += wanted
        return [replace(self.records[one], readers=readers) for one, readers in wanted.items()]

    async def step(self, *confirmed: str) -> Kept:
        """A step after a sync that confirmed these records."""
        standing = {
            one.id: Standing(one.readers, NOW if one.id in confirmed else NOW - timedelta(days=1))
            for one in self.records.values()
        }
        self.loaded.clear()
        return await keep_in_step(self.library, "W1", ("call:", "note:"), standing, self.load, since=NOW)


@pytest.fixture
async def model(sqlite_db: Database) -> ReadModel:
    library = library_in(sqlite_db)
    await library.take_in("W1", page("pets.md", "# Pets\n\nTwo cats are allowed in each home."))
    return ReadModel(library, {CALL.id: CALL, NOTE.id: NOTE})


async def found(db: Database, tokens: frozenset[str], question: str = QUESTION) -> list[str]:
    findings = await documents_in(db).find(Sight("W1", tokens), question)
    return list(dict.fromkeys(one.shelved.document.id for one in findings.found))


async def test_a_call_is_found_with_speaker_mark_and_address(model: ReadModel, sqlite_db: Database) -> None:
    assert await model.step() == Kept(2, 0)
    findings = await documents_in(sqlite_db).find(Sight("W1", SALES), QUESTION)
    best = findings.found[0].shelved
    assert best.document.link == "https://app.gong.io/call?id=1"
    assert "[12:34] Dana Whitman: The rent guarantee is what my partners keep asking about." in (
        "\n".join(one.text for one in findings.found[0].section)
    )
    assert best.passage.anchor.startswith("#t=")
    assert await found(sqlite_db, SALES, "does Dana Whitman prefer e-mail") == [NOTE.id]


async def test_nobody_without_the_right_finds_it(model: ReadModel, sqlite_db: Database) -> None:
    await model.step()
    for tokens in (frozenset({"everyone", "role:maintenance", "property:*"}), frozenset({"user:U1"})):
        assert CALL.id not in await found(sqlite_db, tokens)


async def test_what_did_not_change_is_not_even_loaded(model: ReadModel) -> None:
    await model.step()
    assert await model.step() == Kept(0, 0)
    assert model.loaded == []
    assert await model.step(CALL.id) == Kept(0, 0)
    assert model.loaded == [CALL.id]


async def test_a_changed_call_is_replaced(model: ReadModel, sqlite_db: Database) -> None:
    await model.step()
    model.records[CALL.id] = replace(CALL, text="[00:09] Dana Whitman: Let us talk about the swimming pool heating.")
    assert await model.step(CALL.id) == Kept(1, 0)
    assert await found(sqlite_db, SALES, "swimming pool heating") == [CALL.id]


async def test_a_call_that_is_gone_is_forgotten_and_other_documents_stay(model: ReadModel, sqlite_db: Database) -> None:
    await model.step()
    del model.records[CALL.id]
    assert await model.step() == Kept(0, 1)
    assert CALL.id not in await found(sqlite_db, SALES | {"everyone"})
    assert [one.id for one in await model.library.documents("W1")] == ["file:pets.md", NOTE.id]


async def test_a_call_that_becomes_private_is_hidden_at_once(model: ReadModel, sqlite_db: Database) -> None:
    await model.step()
    model.records[CALL.id] = replace(CALL, readers=BEN)
    assert await model.step() == Kept(1, 0)
    assert CALL.id not in await found(sqlite_db, SALES)
    assert await found(sqlite_db, BEN) == [CALL.id]


async def test_it_is_hidden_even_when_nothing_can_be_taken_in(
    model: ReadModel, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await model.step()
    model.records[CALL.id] = replace(CALL, readers=BEN)

    async def fails(*_: object) -> TakenIn:
        raise RetryLater("The embedder does not answer.")

    with monkeypatch.context() as broken, pytest.raises(RetryLater):
        broken.setattr(model.library, "take_in", fails)
        await model.step()
    assert CALL.id not in await found(sqlite_db, SALES | BEN)
    assert await model.step() == Kept(1, 0)
    assert await found(sqlite_db, BEN) == [CALL.id]


def test_a_quote_is_placed_by_the_last_speaker_before_it() -> None:
    assert place_of("How many months would you cover?", TALK) == Place("12:34", "Dana Whitman")
    assert place_of("[12:50] Ben Fox: We can guarantee", TALK) == Place("12:50", "Ben Fox")
    assert place_of(TALK, TALK) == Place("12:03", "Ben Fox")
    assert place_of("How many years", TALK) is None
    assert place_of("plain words", "just plain words") is None
    assert (Place("1:02:15", "x").anchor, Place("12:34", "x").anchor) == ("#t=3735", "#t=754")
    assert Place("12:50", "Ben Fox").stripped("[12:50] Ben Fox: We can") == "We can"
    assert Place("12:50", "Ben Fox").stripped("We can") == "We can"
