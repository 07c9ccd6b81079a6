"""What is Weaviate's own: its key, its two protocols, its limits, its late index and its outages."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import grpc
import pytest
from weaviate.proto.v1 import base_pb2

from app.domain.errors import NotAllowed, RetryLater
from app.knowledge.stores.base import Hit
from app.knowledge.stores.weaviate_cluster import ClusterAddress
from tests.knowledge.stores.cable import cable_to
from tests.knowledge.stores.conftest import WeaviateStand
from tests.knowledge.stores.described import DescribedMessages, SwaggerRequests
from tests.knowledge.stores.making import ASKED, made, scattered, sight

SHARDING = ("virtualPerPhysical", "desiredCount", "actualCount", "desiredVirtualCount", "actualVirtualCount")
"""What Weaviate shows of a collection without tenants."""


def _port(url: str) -> int:
    return urlsplit(url).port or 0


async def test_a_write_returns_when_a_search_sees_it(weaviate_stand: WeaviateStand) -> None:
    weaviate_stand.server.cluster.lag = 4
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d")])
    assert [hit.passage_id for hit in await store.nearest(sight(), ASKED, 5)] == ["d#0"]
    assert len(weaviate_stand.waits) == 4
    await store.close()


async def test_an_index_that_stays_behind_says_try_later(weaviate_stand: WeaviateStand) -> None:
    weaviate_stand.server.cluster.lag = 1000
    store = weaviate_stand.open()
    with pytest.raises(RetryLater) as behind:
        await store.replace("w", "d", [made("d")])
    assert behind.value.code == "store_behind"
    assert 10 < sum(weaviate_stand.waits) < 20
    await store.close()


async def test_a_wrong_key_is_told(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open(key="weaviate_wrong")
    with pytest.raises(NotAllowed) as refused:
        await store.replace("w", "d", [made("d")])
    health = await store.check()
    assert (health.state, health.sentence) == (
        "refused",
        "Weaviate does not let me read or change the documents. "
        "An administrator can check WEAVIATE_API_KEY and its rights.",
    )
    assert "weaviate_wrong" not in repr(refused.value)
    await store.close()


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED])
async def test_a_key_without_the_right_is_told(weaviate_stand: WeaviateStand, code: grpc.StatusCode) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d")])
    for ask in (
        lambda: store.nearest(sight(), ASKED, 5),
        lambda: store.count("w"),
        lambda: store.page("w"),
        lambda: store.forget("w", ["d"]),
        lambda: store.replace("w", "d", [made("d", text="new")]),
    ):
        weaviate_stand.server.rpc_faults.append(code)
        with pytest.raises(NotAllowed):
            await ask()
    weaviate_stand.server.rpc_faults.append(code)
    assert (await store.check()).state == "refused"
    await store.close()


async def test_an_address_without_a_weaviate_is_told(weaviate_stand: WeaviateStand) -> None:
    weaviate_stand.server.faults.append(404)
    store = weaviate_stand.open()
    health = await store.check()
    assert (health.state, health.sentence.split(".")[0]) == ("refused", "There is no Weaviate at that address")
    await store.close()


async def test_a_grpc_address_that_leads_nowhere_is_told_by_the_check(weaviate_stand: WeaviateStand) -> None:
    async with cable_to(0) as cable:
        cable.pull()
        address = ClusterAddress(weaviate_stand.address.url, f"http://127.0.0.1:{cable.port}")
        store = weaviate_stand.open(address=address, seconds=0.5)
        assert (await store.check()).state == "unreachable"
        await store.close()


@pytest.mark.parametrize("version", ["1.26.4", "1.28.9"])
async def test_a_weaviate_that_is_too_old_is_told(weaviate_stand: WeaviateStand, version: str) -> None:
    weaviate_stand.server.version = version
    store = weaviate_stand.open()
    health = await store.check()
    assert (health.state, health.sentence) == (
        "refused",
        "This Weaviate is too old. Passages need Weaviate 1.29 or later.",
    )
    await store.close()


async def test_a_check_works_before_and_after_the_first_passage(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    before = await store.check()
    await store.replace("w", "d", [made("d")])
    assert [before.state, (await store.check()).state] == ["ok", "ok"]
    await store.close()


async def test_a_collection_with_another_index_is_told_by_the_check(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d")])
    (collection,) = weaviate_stand.server.cluster.collections.values()
    index = collection.described["vectorConfig"]["default"]["vectorIndexConfig"]
    index["distance"] = "dot"
    assert "no flat index of cosines" in (await store.check()).sentence
    collection.described["multiTenancyConfig"]["enabled"] = False
    collection.described["shardingConfig"] = dict.fromkeys(SHARDING, 1) | {"function": "", "key": "", "strategy": ""}
    assert "has no tenants" in (await store.check()).sentence
    await store.close()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_schema_that_does_not_answer_says_try_later(weaviate_stand: WeaviateStand, status: int) -> None:
    weaviate_stand.server.faults.append(status)
    store = weaviate_stand.open()
    with pytest.raises(RetryLater):
        await store.replace("w", "d", [made("d")])
    await store.replace("w", "d", [made("d")])
    assert await store.count("w") == 1
    await store.close()


async def test_a_call_that_finds_no_way_is_repeated_by_the_sdk(
    weaviate_stand: WeaviateStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("weaviate.retry.asyncio", SimpleNamespace(sleep=pause))
    store = weaviate_stand.open()
    weaviate_stand.server.rpc_faults.extend([grpc.StatusCode.UNAVAILABLE] * 2)
    await store.replace("w", "d", [made("d")])
    assert (await store.count("w"), pauses) == (1, [1, 2])
    weaviate_stand.server.rpc_faults.extend([grpc.StatusCode.UNAVAILABLE] * 20)
    with pytest.raises(RetryLater):
        await store.nearest(sight(), ASKED, 5)
    await store.close()


@pytest.mark.parametrize("code", [grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL])
async def test_a_call_that_fails_says_try_later(weaviate_stand: WeaviateStand, code: grpc.StatusCode) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d")])
    weaviate_stand.server.rpc_faults.append(code)
    with pytest.raises(RetryLater):
        await store.nearest(sight(), ASKED, 5)
    await store.close()


async def test_an_outage_says_try_later_and_ends_by_itself(
    weaviate_stand: WeaviateStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def shorter(seconds: float) -> None:
        await asyncio.sleep(seconds / 5)

    monkeypatch.setattr("weaviate.retry.asyncio", SimpleNamespace(sleep=shorter))
    address = weaviate_stand.address
    async with cable_to(_port(address.url)) as rest, cable_to(_port(address.grpc)) as calls:
        through = ClusterAddress(f"http://127.0.0.1:{rest.port}", f"http://127.0.0.1:{calls.port}")
        store = weaviate_stand.open(address=through, seconds=1.5)
        await store.replace("w", "d", [made("d")])
        for cable in (rest, calls):
            cable.pull()
        with pytest.raises(RetryLater):
            await store.replace("w", "d", [made("d", text="new")])
        assert (await store.check()).state == "unreachable"
        for cable in (rest, calls):
            cable.plug()
        assert [one.passage.text for one in (await store.page("w")).passages] == [made("d").passage.text]
        assert (await store.check()).state == "ok"
        await store.close()


async def test_objects_that_were_not_taken_are_told_and_not_logged(
    weaviate_stand: WeaviateStand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = weaviate_stand.open()
    for refuses in ({1}, {0, 1}):
        weaviate_stand.server.refuses = refuses
        with pytest.raises(RetryLater):
            await store.replace("w", "d", [made("d", text="A secret."), made("d", 1, text="Another secret.")])
    assert "secret" not in caplog.text
    weaviate_stand.server.refuses = set()
    await store.replace("w", "d", [made("d"), made("d", 1)])
    assert await store.count("w") == 2
    await store.close()


async def test_words_are_looked_up_in_the_main_database(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    assert await store.matching(sight("user:U1"), "pet deposit", 7) == [Hit("d#0", "d", 2.5)]
    assert weaviate_stand.words.asked == [(sight("user:U1"), "pet deposit", 7)]
    assert weaviate_stand.server.asked == []


async def test_what_is_only_looked_for_is_not_made(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    assert await store.nearest(sight(), ASKED, 5) == []
    await store.forget("w", ["d"])
    await store.replace("w", "d", [])
    assert weaviate_stand.server.cluster.collections == {}
    await store.close()


async def test_workspaces_are_tenants_of_one_collection(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    for workspace in ("w", "x"):
        await store.replace(workspace, "d", [made("d")])
    ((name, tenants),) = weaviate_stand.server.cluster.tenants.items()
    assert name.startswith("Sophia_")
    assert [len(one) for one in tenants.values()] == [1, 1]
    await store.close()


async def test_every_search_carries_the_readers_and_every_call_its_tenant(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d")])
    weaviate_stand.server.asked.clear()
    await store.nearest(sight("user:U1", "role:manager"), ASKED, 5)
    (search,) = [one.body for one in weaviate_stand.server.asked]
    assert search.tenant.startswith("workspace-")
    assert search.filters.operator == base_pb2.Filters.OPERATOR_CONTAINS_ANY
    assert search.filters.target.property == "readers"
    assert list(search.filters.value_text_array.values) == ["role%3Amanager", "user%3AU1"]
    await store.close()


async def test_every_replica_takes_a_write_and_one_answers_a_search(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d")])
    await store.page("w")
    levels = {(one.what, one.body.consistency_level) for one in weaviate_stand.server.asked if one.how == "rpc"}
    assert levels == {
        ("BatchObjects", base_pb2.CONSISTENCY_LEVEL_ALL),
        ("BatchDelete", base_pb2.CONSISTENCY_LEVEL_ALL),
        ("Search", base_pb2.CONSISTENCY_LEVEL_ONE),
    }
    await store.close()


async def test_a_document_of_more_than_one_search_may_give_is_written_and_forgotten_whole(
    weaviate_stand: WeaviateStand,
) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", scattered("d", 10_050, random.Random(1)))
    assert await store.count("w") == 10_050
    await store.forget("w", ["d"])
    assert await store.count("w") == 0
    await store.close()


async def test_a_document_of_much_text_goes_in_several_requests(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d", number, text="租" * 30_000) for number in range(100)])
    sent = [one for one in weaviate_stand.server.asked if one.what == "BatchObjects"]
    assert [one.body.ByteSize() < 10_000_000 for one in sent] == [True, True]
    assert await store.count("w") == 100
    await store.close()


async def test_numbers_with_gaps_leave_nothing_of_the_old_version(weaviate_stand: WeaviateStand) -> None:
    store = weaviate_stand.open()
    await store.replace("w", "d", [made("d", number) for number in range(8)])
    await store.replace("w", "d", [made("d", number, text="new") for number in (1, 2, 5)])
    assert [one.passage.number for one in (await store.page("w")).passages] == [1, 2, 5]
    await store.close()


@pytest.mark.parametrize(
    ("url", "given", "grpc_url"),
    [
        ("https://x.c0.europe-west3.gcp.weaviate.cloud", "", "https://grpc-x.c0.europe-west3.gcp.weaviate.cloud"),
        ("http://weaviate:8080", "", "http://weaviate:50051"),
        ("https://weaviate.example.com", "", "https://weaviate.example.com:50051"),
        ("http://[::1]:8080", "", "http://[::1]:50051"),
        ("https://weaviate.example.com", "https://calls.example.com", "https://calls.example.com"),
    ],
)
def test_the_grpc_address_follows_from_the_other(url: str, given: str, grpc_url: str) -> None:
    assert ClusterAddress(url, given).grpc == grpc_url


async def test_requests_are_those_that_weaviate_describes(weaviate_stand: WeaviateStand, shared: Path) -> None:
    specs = shared / "specs/weaviate"
    rest, messages = SwaggerRequests(specs / "schema.json"), DescribedMessages(specs / "proto/v1")
    store = weaviate_stand.open()
    await store.replace("w", "d", scattered("d", 12, random.Random(1)))
    await store.replace("w", "d", [made("d", 3, readers=[])])
    await store.nearest(sight(documents=["d"], kinds=[made("d").kind]), ASKED, 5)
    await store.page("w", "", 1)
    await store.count("w")
    await store.check()
    await store.forget("w", ["d"])
    await store.close()
    asked = weaviate_stand.server.asked
    assert {one.what for one in asked if one.how == "rpc"} == {
        "Search", "BatchObjects", "BatchDelete", "TenantsGet", "Aggregate",
    }  # fmt: skip
    problems = [
        (one.what, messages.problems(one.body) if one.how == "rpc" else rest.problems(one.how, one.what, one.body))
        for one in asked
    ]
    assert problems == [(one.what, []) for one in asked]
