"""What is Pinecone's own: its key, its limits, its delay and its outages."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.domain.errors import Fixable, NotAllowed, RetryLater
from app.knowledge.stores.base import Hit
from tests.knowledge.stores.cable import cable_to
from tests.knowledge.stores.conftest import PineconeStand
from tests.knowledge.stores.described import DescribedRequests
from tests.knowledge.stores.making import ASKED, made, scattered, sight


async def test_a_write_returns_when_a_search_sees_it(pinecone_stand: PineconeStand) -> None:
    pinecone_stand.server.index.lag = 6
    store = pinecone_stand.open()
    await store.replace("w", "d", [made("d")])
    assert [hit.passage_id for hit in await store.nearest(sight(), ASKED, 5)] == ["d#0"]
    assert pinecone_stand.waits
    await store.close()


async def test_an_index_that_stays_behind_says_try_later(pinecone_stand: PineconeStand) -> None:
    pinecone_stand.server.index.lag = 1000
    store = pinecone_stand.open()
    with pytest.raises(RetryLater) as behind:
        await store.replace("w", "d", [made("d")])
    assert behind.value.code == "store_behind"
    assert 10 < sum(pinecone_stand.waits) < 20
    await store.close()


async def test_a_wrong_key_is_told_and_not_repeated(pinecone_stand: PineconeStand) -> None:
    store = pinecone_stand.open(key="pcsk_wrong")
    with pytest.raises(NotAllowed) as refused:
        await store.replace("w", "d", [made("d")])
    health = await store.check()
    assert (health.state, health.sentence) == (
        "refused",
        "Pinecone does not let me read or change the documents. "
        "An administrator can check PINECONE_API_KEY, its rights and the account.",
    )
    assert "pcsk" not in repr(refused.value)
    await store.close()


async def test_an_address_without_an_index_is_told(pinecone_stand: PineconeStand) -> None:
    store = pinecone_stand.open(url=f"{pinecone_stand.url}/nowhere")
    assert (await store.check()).state == "refused"
    await store.close()


async def test_an_index_of_another_dimension_is_told_by_the_check(pinecone_stand: PineconeStand) -> None:
    store = pinecone_stand.open(dimensions=384)
    health = await store.check()
    assert (health.state, health.sentence) == (
        "refused",
        "The Pinecone index holds vectors of 8 numbers and the embedder makes 384. "
        "Make an index of dimension 384 with the metric cosine.",
    )
    await store.close()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_failure_that_passes_is_repeated_by_the_sdk(pinecone_stand: PineconeStand, status: int) -> None:
    store = pinecone_stand.open()
    pinecone_stand.server.faults.extend([status, status])
    await store.replace("w", "d", [made("d")])
    assert await store.count("w") == 1
    await store.close()


async def test_a_failure_that_stays_says_try_later(pinecone_stand: PineconeStand) -> None:
    store = pinecone_stand.open()
    pinecone_stand.server.faults.extend([503] * 10)
    with pytest.raises(RetryLater):
        await store.nearest(sight(), ASKED, 5)
    await store.close()


async def test_an_outage_says_try_later_and_ends_by_itself(pinecone_stand: PineconeStand) -> None:
    async with cable_to(urlsplit(pinecone_stand.url).port or 0) as cable:
        store = pinecone_stand.open(url=f"http://127.0.0.1:{cable.port}")
        await store.replace("w", "d", [made("d")])
        cable.pull()
        with pytest.raises(RetryLater):
            await store.replace("w", "d", [made("d", text="new")])
        assert (await store.check()).state == "unreachable"
        cable.plug()
        assert [one.passage.text for one in (await store.page("w")).passages] == [made("d").passage.text]
        await store.close()


async def test_words_are_looked_up_in_the_main_database(pinecone_stand: PineconeStand) -> None:
    store = pinecone_stand.open()
    assert await store.matching(sight("user:U1"), "pet deposit", 7) == [Hit("d#0", "d", 2.5)]
    assert pinecone_stand.words.asked == [(sight("user:U1"), "pet deposit", 7)]
    assert pinecone_stand.server.asked == []


async def test_a_passage_of_more_than_pinecone_takes_is_refused_before_anything_is_sent(
    pinecone_stand: PineconeStand,
) -> None:
    with pytest.raises(Fixable) as refused:
        await pinecone_stand.open().replace("w", "d", [made("d"), made("d", 1, text="ä" * 25_000)])
    assert (refused.value.code, pinecone_stand.server.asked) == ("passage_too_large", [])


async def test_a_name_of_more_than_pinecone_takes_is_refused(pinecone_stand: PineconeStand) -> None:
    with pytest.raises(Fixable) as refused:
        await pinecone_stand.open().replace("w", "🐈" * 120, [made("🐈" * 120)])
    assert refused.value.code == "name_too_long"


async def test_a_document_of_much_text_goes_in_several_requests(pinecone_stand: PineconeStand) -> None:
    store = pinecone_stand.open()
    await store.replace("w", "d", [made("d", number, text="租" * 9_000) for number in range(150)])
    sent = [one for one in pinecone_stand.server.asked if one.path == "/vectors/upsert"]
    assert len(sent) > 1
    assert await store.count("w") == 150
    await store.close()


async def test_requests_are_those_that_pinecone_describes(pinecone_stand: PineconeStand, shared: Path) -> None:
    described = DescribedRequests(shared / "specs/pinecone/2025-10/db_data_2025-10.oas.yaml")
    store = pinecone_stand.open()
    await store.replace("w", "d", scattered("d", 12, random.Random(1)))
    await store.replace("w", "d", [made("d", 3)])
    await store.nearest(sight(documents=["d"], kinds=[made("d").kind]), ASKED, 5)
    await store.page("w", "", 1)
    await store.count("w")
    await store.forget("w", ["d"])
    await store.close()
    asked = pinecone_stand.server.asked
    assert {one.path for one in asked} == {
        "/vectors/upsert", "/vectors/delete", "/query", "/vectors/list", "/vectors/fetch", "/describe_index_stats",
    }  # fmt: skip
    assert [(one.path, described.problems(one.method, one.path, one.query, one.body)) for one in asked] == [
        (one.path, []) for one in asked
    ]
