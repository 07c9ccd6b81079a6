"""The contract of every store: nobody finds what they may not read, and what they find comes in the right order."""

from __future__ import annotations

import random

import pytest

from app.domain.errors import Fixable, NotAllowed
from app.knowledge.passages import DocumentKind, Embedded, Sight
from app.knowledge.stores.base import PassageStore
from tests.knowledge.stores.making import ASKED, leaning, made, scattered, sight

TOKENS = (
    "everyone",
    "channel:C01",
    "role:manager",
    "property:entrata:100",
    "property:*",
    "user:U1",
    "user:Zoë, 'x' \"y\"",
)


async def _found(store: PassageStore, seen: Sight, limit: int = 100) -> list[str]:
    return [hit.document_id for hit in await store.nearest(seen, ASKED, limit)]


@pytest.mark.parametrize("token", TOKENS)
async def test_a_token_opens_its_own_documents_only(store: PassageStore, token: str) -> None:
    for number, readers in enumerate(TOKENS):
        await store.replace("w", f"d{number}", [made(f"d{number}", readers=[readers])])
    assert await _found(store, sight(token)) == [f"d{TOKENS.index(token)}"]


@pytest.mark.parametrize(
    "token", ["user:U", "user:U12", "USER:U1", "user:U1 ", "property:entrata:1", "*", "%", "user:*"]
)
async def test_a_token_that_is_only_alike_opens_nothing(store: PassageStore, token: str) -> None:
    await store.replace("w", "d", [made("d", readers=["user:U1", "property:entrata:100"])])
    assert await _found(store, sight(token)) == []


async def test_any_one_of_several_tokens_suffices(store: PassageStore) -> None:
    await store.replace("w", "a", [made("a", degrees=1, readers=["role:manager", "user:U1"])])
    await store.replace("w", "b", [made("b", degrees=2, readers=["channel:C01"])])
    await store.replace("w", "c", [made("c", degrees=3, readers=["user:U9"])])
    assert await _found(store, sight("user:U1", "channel:C01")) == ["a", "b"]


async def test_a_passage_that_nobody_may_read_is_found_by_nobody(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d", readers=[])])
    assert await _found(store, sight(*TOKENS)) == []


async def test_rights_that_were_narrowed_hold_at_once(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    await store.replace("w", "d", [made("d", readers=["role:manager"])])
    assert await _found(store, sight()) == []


@pytest.mark.parametrize(("workspace", "tokens"), [("w", frozenset[str]()), ("", frozenset({"everyone"}))])
def test_there_is_no_search_without_a_workspace_and_a_token(workspace: str, tokens: frozenset[str]) -> None:
    with pytest.raises(NotAllowed):
        Sight(workspace, tokens)


async def test_another_workspace_is_not_seen(store: PassageStore) -> None:
    await store.replace("x", "d", [made("d")])
    assert await _found(store, sight()) == []
    assert await store.count("w") == 0


@pytest.mark.parametrize("kind", list(DocumentKind))
async def test_a_search_can_be_narrowed_to_a_kind(store: PassageStore, kind: DocumentKind) -> None:
    for one in DocumentKind:
        await store.replace("w", one.value, [made(one.value, kind=one)])
    assert await _found(store, sight(kinds=[kind])) == [kind.value]


async def test_several_kinds_are_seen_together(store: PassageStore) -> None:
    for degrees, one in enumerate(DocumentKind):
        await store.replace("w", one.value, [made(one.value, kind=one, degrees=degrees)])
    assert await _found(store, sight(kinds=[DocumentKind.NOTE, DocumentKind.PAGE])) == ["page", "note"]


@pytest.mark.parametrize(
    ("documents", "found"),
    [(["a"], ["a"]), (["a", "c"], ["a", "c"]), (["gone"], []), ([], []), (None, ["a", "b", "c"])],
)
async def test_a_search_can_be_narrowed_to_documents(
    store: PassageStore, documents: list[str] | None, found: list[str]
) -> None:
    for degrees, document in enumerate("abc"):
        await store.replace("w", document, [made(document, degrees=degrees)])
    assert await _found(store, sight(documents=documents)) == found


async def test_naming_a_document_does_not_open_it(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d", readers=["user:U9"])])
    assert await _found(store, sight("user:U1", documents=["d"])) == []


async def test_thousands_of_documents_can_be_named(store: PassageStore) -> None:
    await store.replace("w", "d", [made("d")])
    assert await _found(store, sight(documents=[*(f"x{n}" for n in range(40_000)), "d"])) == ["d"]


async def test_the_nearest_comes_first_with_its_cosine(store: PassageStore) -> None:
    for degrees in (60, 0, 90, 30, 180):
        await store.replace("w", f"d{degrees}", [made(f"d{degrees}", degrees=degrees)])
    hits = await store.nearest(sight(), ASKED, 10)
    assert [hit.passage_id for hit in hits] == ["d0#0", "d30#0", "d60#0", "d90#0", "d180#0"]
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("limit", [1, 3, 5, 50])
async def test_no_more_than_asked_for_is_given(store: PassageStore, limit: int) -> None:
    await store.replace("w", "d", [made("d", n, degrees=n) for n in range(5)])
    hits = await store.nearest(sight(), ASKED, limit)
    assert [hit.passage_id for hit in hits] == [f"d#{n}" for n in range(min(5, limit))]


async def test_ties_come_in_the_order_of_their_ids(store: PassageStore) -> None:
    for document in ("b", "B", "a", "ä", "Z", "10", "9", "a b", "a-b"):
        await store.replace("w", document, [made(document)])
    found = [hit.passage_id for hit in await store.nearest(sight(), ASKED, 5)]
    assert found == sorted(f"{one}#0" for one in ("b", "B", "a", "ä", "Z", "10", "9", "a b", "a-b"))[:5]


async def test_what_may_not_be_seen_takes_no_place_among_the_best(store: PassageStore) -> None:
    await store.replace("w", "hidden", [made("hidden", n, degrees=0, readers=["user:U9"]) for n in range(300)])
    await store.replace("w", "seen", [made("seen", n, degrees=80 + n) for n in range(5)])
    assert await _found(store, sight(), 5) == ["seen"] * 5


async def test_an_empty_store_finds_nothing(store: PassageStore) -> None:
    assert await store.nearest(sight(), ASKED, 10) == []


@pytest.mark.parametrize("length", [0, 7, 9])
async def test_a_question_of_the_wrong_length_is_refused(store: PassageStore, length: int) -> None:
    with pytest.raises(Fixable) as refused:
        await store.nearest(sight(), (1.0,) * length, 10)
    assert refused.value.code == "wrong_dimension"


async def test_random_rights_never_show_what_is_forbidden_and_never_miss_what_is_allowed(store: PassageStore) -> None:
    chance = random.Random(7)
    all_tokens = [f"channel:C{n}" for n in range(12)]
    kept: dict[str, Embedded] = {}
    for number in range(60):
        readers = frozenset(chance.sample(all_tokens, chance.randint(0, 3)))
        passages = scattered(f"d{number}", 4, chance, readers)
        kept |= {one.passage.id: one for one in passages}
        await store.replace("w", f"d{number}", passages)
    for _ in range(60):
        held = sight(*chance.sample(all_tokens, chance.randint(1, 4)))
        asked = leaning(chance.uniform(0, 180))
        visible = [one for one in kept.values() if held.sees(one.readers)]
        cosines = sorted((_cosine(one, asked) for one in visible), reverse=True)[:10]
        hits = await store.nearest(held, asked, 10)
        assert {hit.passage_id for hit in hits} <= {one.passage.id for one in visible}
        # Half precision may swap neighbours that are this close, and nothing else.
        assert [_cosine(kept[hit.passage_id], asked) for hit in hits] == pytest.approx(cosines, abs=1e-3)


def _cosine(one: Embedded, asked: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(one.vector, asked, strict=True))
