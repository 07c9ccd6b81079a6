"""The seam of rerankers, and Cohere's (https://docs.cohere.com/reference/rerank, version 2).

A reranker reads question and passage together, so it tells apart what two vectors can't. It sees the best candidates
only, all of which the asking person may read. Documents leave the house for it, so it is used when RERANKER says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import orjson

from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServicePolicy
from app.http.retry import Repeat, RetryPolicy

COHERE_URL = "https://api.cohere.com"
MODEL = "rerank-v4.0-fast"
OPERATION = "rerank"
LONGEST = 4_000  # characters of a passage that are sent


class Reranker(Protocol):
    """Judges how well texts answer a question. Raises SophiaErrors."""

    async def relevance(self, question: str, texts: Sequence[str]) -> list[float]:
        """0…1 for each text, in their order."""
        ...


class CohereReranker:
    """`Reranker` by Cohere. A person is waiting, so it is asked once more at most."""

    def __init__(self, outbound: Outbound, *, api_key: str, base_url: str = "") -> None:
        url = (base_url or COHERE_URL).rstrip("/")
        policy = ServicePolicy(
            key="cohere_rerank",
            label="Cohere",
            egress=EgressPolicy.for_base_url(url, configured=bool(base_url)),
            retry=RetryPolicy(attempts=2, longest_retry_after=1.0),
            attempt_seconds=5.0,
        )
        self._client = outbound.service(policy)
        self._url = f"{url}/v2/rerank"
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}

    async def relevance(self, question: str, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        asked = {"model": MODEL, "query": question, "documents": [text[:LONGEST] or "-" for text in texts]}
        call = Call(
            operation=OPERATION,
            method="POST",
            url=self._url,
            repeat=Repeat.SAFE,
            headers=self._headers,
            body=orjson.dumps(asked),
        )
        reply = await self._client.send(call)
        try:
            return _scores(reply.json(), len(texts))
        except (LookupError, TypeError, ValueError) as wrong:
            raise self._client.failures.nonsense(OPERATION, type(wrong).__name__) from None


def _scores(answer: Any, wanted: int) -> list[float]:
    """The answer lists the texts best first, each by its place in the request."""
    scores = {int(one["index"]): float(one["relevance_score"]) for one in answer["results"]}
    return [scores[place] for place in range(wanted)]
