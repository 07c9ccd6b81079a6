"""The seam of rerankers, and Cohere's (https://docs.cohere.com/reference/rerank, version 2).

A reranker reads question and passage together, so it tells apart what two vectors can't. It sees the best candidates
only, all of which the asking person may read. Documents leave the house for it, so it is used when RERANKER says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

from app.gateways.account import account
from app.gateways.pool.job import SOMEBODY_WAITS, Job, Read
from app.gateways.pool.pools import PooledModel, Pools
from app.gateways.spend import OwnPrice, Task
from app.gateways.terms import PLAIN_TERMS
from app.knowledge.embedders.cohere import billed

OPERATION = "rerank"
LONGEST = 4_000  # characters of a passage that are sent
PIECE = 1_500  # bytes of a text that surely are no more than 500 tokens
COHERE = PooledModel(
    key="cohere_rerank",
    provider="cohere",
    label="Cohere",
    name="rerank-v4.0-fast",
    address="https://api.cohere.com",
    path=lambda model: "/v2/rerank",
    # Billed by searches, at $2 a thousand (https://cohere.com/pricing); they are counted where others have tokens.
    terms=replace(PLAIN_TERMS, makes_text=False, listed=OwnPrice(input=Decimal(2_000), output=Decimal(0))),
)


class Reranker(Protocol):
    """Judges how well texts answer a question. Raises SophiaErrors."""

    async def relevance(self, question: str, texts: Sequence[str]) -> list[float]:
        """0…1 for each text, in their order."""
        ...


class CohereReranker:
    """`Reranker` by Cohere, on the account of the person who asks. A person is waiting: twice at most."""

    def __init__(self, pools: Pools, values: Mapping[str, str]) -> None:
        self._workspace = pools.workspace_id
        self._pool = pools.of(COHERE, values)

    async def relevance(self, question: str, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        documents = [text[:LONGEST] or "-" for text in texts]
        job = Job(
            operation=OPERATION,
            task=Task.RERANK,
            tokens=_searches(question, documents),
            body=lambda model: {"model": model, "query": question, "documents": documents},
            read=lambda answer: Read(_scores(answer, len(texts)), billed(answer, "search_units")),
        )
        return await self._pool.ask(job, account(self._workspace), SOMEBODY_WAITS)


def _searches(question: str, documents: Sequence[str]) -> int:
    """How many searches Cohere may count for a request: one for a hundred pieces of 500 tokens, each with the question.
    https://docs.cohere.com/docs/rerank-overview"""
    asked = len(question.encode())
    room = max(PIECE - asked, PIECE // 4)
    pieces = sum(-(-len(text.encode()) // room) for text in documents)
    return -(-pieces // 100)


def _scores(answer: Any, wanted: int) -> list[float]:
    """The answer lists the texts best first, each by its place in the request."""
    scores = {int(one["index"]): float(one["relevance_score"]) for one in answer["results"]}
    return [scores[place] for place in range(wanted)]
