"""Embedders and the reranker behind APIs, over real sockets: what is sent, how answers are read, what failures mean."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.domain.clock import SystemClock
from app.domain.errors import Fixable, NotAllowed, RetryLater
from app.gateways.pool.pools import Pools
from app.http.outbound import Outbound
from app.knowledge.embedders.base import Embedder
from app.knowledge.embedders.registry import discover, open_embedder
from app.knowledge.reranking import CohereReranker
from tests.gateways.standins import Hand
from tests.http.scripted import Scripted, answer, scripted

WIDTHS = {"openai": 1536, "cohere": 1024, "huggingface": 768}
Answering = Callable[[Sequence[Sequence[float]]], Any]
ANSWERS: Mapping[str, Answering] = {
    "openai": lambda vectors: {
        "object": "list",
        "model": "text-embedding-3-small",
        # OpenAI names the place of each; it need not keep the order.
        "data": [
            {"object": "embedding", "index": place, "embedding": vector}
            for place, vector in reversed(list(enumerate(vectors)))
        ],
        "usage": {"prompt_tokens": 2, "total_tokens": 2},
    },
    "cohere": lambda vectors: {"id": "x", "embeddings": {"float": vectors}, "texts": [], "meta": {}},
    "huggingface": lambda vectors: vectors,
}


@pytest.fixture
async def pools() -> AsyncIterator[Pools]:
    hand = Hand()

    async def pause(seconds: float) -> None:
        hand.at += seconds

    outbound = Outbound(SystemClock(), sleep=pause, monotonic=hand)
    yield Pools(outbound, "T1")
    await outbound.close()


def vector(name: str, first: float) -> list[float]:
    """A vector of the model's length that points mostly along its first number."""
    return [first, 4.0, *[0.0] * (WIDTHS[name] - 2)]


def answering(name: str, *firsts: float) -> bytes:
    return answer(200, json.dumps(ANSWERS[name]([vector(name, first) for first in firsts])).encode())


def opened(name: str, pools: Pools, server: Scripted) -> Embedder:
    return open_embedder(name, {f"{name}_api_key": "sk-test", f"{name}_base_url": server.url}, pools)


def request(raw: bytes) -> tuple[str, dict[str, Any]]:
    head, _, body = raw.partition(b"\r\n\r\n")
    return head.split(b" ")[1].decode(), json.loads(body)


@pytest.mark.parametrize("name", WIDTHS)
async def test_vectors_come_back_in_order_and_of_length_one(name: str, pools: Pools) -> None:
    async with scripted(answering(name, 3.0, -3.0)) as server:
        embedder = opened(name, pools, server)
        first, second = await embedder.passages(["pets", "parking"])
    assert embedder.dimension == len(first) == WIDTHS[name]
    assert first[:2] == pytest.approx((0.6, 0.8))
    assert second[:2] == pytest.approx((-0.6, 0.8))


async def test_each_vendor_is_asked_in_its_own_words(pools: Pools) -> None:
    asked: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in WIDTHS:
        async with scripted(answering(name, 1.0)) as server:
            await opened(name, pools, server).question("may I keep a cat?")
            asked[name] = request(server.seen[0])
            assert b"Bearer sk-test" in server.seen[0]
    assert asked == {
        "openai": (
            "/embeddings",
            {"model": "text-embedding-3-small", "input": ["may I keep a cat?"], "encoding_format": "float"},
        ),
        "cohere": (
            "/v2/embed",
            {
                "model": "embed-v4.0",
                "texts": ["may I keep a cat?"],
                "input_type": "search_query",
                "embedding_types": ["float"],
                "output_dimension": 1024,
                "truncate": "END",
            },
        ),
        "huggingface": (
            "/models/BAAI/bge-base-en-v1.5/pipeline/feature-extraction",
            {
                "inputs": ["Represent this sentence for searching relevant passages: may I keep a cat?"],
                "normalize": True,
                "truncate": True,
            },
        ),
    }


async def test_openai_requests_fit_its_specification(pools: Pools, shared: Path) -> None:
    spec = json.loads((shared / "specs" / "openai" / "openai.trimmed.json").read_text())
    schema = spec["components"]["schemas"]["CreateEmbeddingRequest"]
    async with scripted(answering("openai", 1.0)) as server:
        await opened("openai", pools, server).passages(["pets"])
        _, sent = request(server.seen[0])
    assert set(schema["required"]) <= set(sent) <= set(schema["properties"])
    assert sent["encoding_format"] in schema["properties"]["encoding_format"]["enum"]


async def test_many_passages_go_in_groups_that_the_vendor_takes(pools: Pools) -> None:
    # Cohere takes 96 texts; each of the three answers carries as many vectors as its group had texts.
    sizes = [96, 96, 8]
    async with scripted(*[answering("cohere", *[1.0] * size) for size in sizes]) as server:
        embedder = opened("cohere", pools, server)
        vectors = []
        for start in (0, 96, 192):  # one after another, so that the script's order is the requests' order
            vectors += await embedder.passages([f"passage {n}" for n in range(start, min(start + 96, 200))])
    assert len(vectors) == 200
    assert [len(request(raw)[1]["texts"]) for raw in server.seen] == sizes


async def test_groups_that_travel_at_the_same_time_all_come_back(pools: Pools) -> None:
    async with scripted(answering("huggingface", *[1.0] * 32)) as server:
        vectors = await opened("huggingface", pools, server).passages(["text"] * 320)
    assert len(vectors) == 320
    assert len(server.seen) == 10


async def test_an_empty_passage_is_sent_as_something_the_vendor_accepts(pools: Pools) -> None:
    async with scripted(answering("openai", 1.0, 1.0)) as server:
        await opened("openai", pools, server).passages(["", "x" * 20_000])
        _, sent = request(server.seen[0])
    assert [len(text) for text in sent["input"]] == [1, 8_000]


async def test_a_rate_limit_is_waited_for(pools: Pools) -> None:
    async with scripted(answer(429, b"{}", "Retry-After: 20"), answering("openai", 1.0)) as server:
        assert len(await opened("openai", pools, server).passages(["pets"])) == 1
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (answer(401), NotAllowed),
        (answer(400), Fixable),
        (answer(503), RetryLater),
        (answer(200, b"not json"), RetryLater),
        (answer(200, b'{"data": []}'), RetryLater),
        (answer(200, b'{"data": [{"index": 0, "embedding": [1.0, 2.0]}]}'), RetryLater),
        (answer(200, json.dumps({"data": [{"index": 0, "embedding": [0.0] * 1536}]}).encode()), RetryLater),
    ],
)
async def test_what_goes_wrong_is_named_by_its_consequence(
    reply: bytes, expected: type[Exception], pools: Pools
) -> None:
    async with scripted(reply) as server:
        with pytest.raises(expected) as caught:
            await opened("openai", pools, server).passages(["pets"])
    assert "sk-test" not in str(caught.value)


async def test_the_first_failing_group_ends_the_others(pools: Pools) -> None:
    async with scripted(answer(401)) as server:
        with pytest.raises(NotAllowed):
            await opened("huggingface", pools, server).passages(["text"] * 3200)
    assert len(server.seen) < 100


def test_two_models_never_share_an_id(pools: Pools) -> None:
    ids = {open_embedder(name, {f"{name}_api_key": "k"}, pools).id for name in WIDTHS}
    assert ids == {
        "openai:text-embedding-3-small:1536",
        "cohere:embed-v4.0:1024",
        "huggingface:BAAI/bge-base-en-v1.5:768",
    }


async def test_an_embedder_without_its_key_stops_the_start_instead_of_another_taking_its_place() -> None:
    outbound = Outbound(SystemClock())
    with pytest.raises(Fixable, match="OPENAI_API_KEY"):
        open_embedder("openai", {}, Pools(outbound, "T1"))
    with pytest.raises(Fixable, match="'word2vec'"):
        open_embedder("word2vec", {}, Pools(outbound, "T1"))
    await outbound.close()


def test_every_embedder_is_found_by_its_file() -> None:
    assert {"openai", "cohere", "huggingface"} <= set(discover())


async def test_cohere_judges_passages_in_the_order_they_were_given(pools: Pools) -> None:
    results = [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.2}]
    async with scripted(answer(200, json.dumps({"results": results}).encode())) as server:
        reranker = CohereReranker(pools, {"cohere_api_key": "k", "cohere_base_url": server.url})
        assert await reranker.relevance("cats?", ["parking", "pets"]) == [0.2, 0.9]
        path, sent = request(server.seen[0])
    assert (path, sent["query"], sent["documents"]) == ("/v2/rerank", "cats?", ["parking", "pets"])


@pytest.mark.parametrize("body", [b"[]", b'{"results": [{"index": 0, "relevance_score": 1}]}', b"<html>"])
async def test_a_judgement_that_does_not_cover_every_passage_is_not_believed(body: bytes, pools: Pools) -> None:
    async with scripted(answer(200, body)) as server:
        with pytest.raises(RetryLater):
            await CohereReranker(pools, {"cohere_api_key": "k", "cohere_base_url": server.url}).relevance(
                "cats?", ["a", "b"]
            )
