"""What embedders behind an API share: texts in groups that the vendor takes, few groups at once, vectors checked and
normalised. A vendor's file says how one group is asked for and read."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServicePolicy
from app.http.retry import Repeat, RetryPolicy
from app.knowledge.embedders.base import Vector

OPERATION = "embed"
AT_ONCE = 4  # groups on their way at the same time; more only meets the vendor's rate limit sooner
# Taking in a folder meets a limit per minute sooner or later: waiting for it is better than giving up half way.
PATIENT = RetryPolicy(attempts=6, longest_retry_after=60.0)


@dataclass(frozen=True)
class Model:
    """A model of a vendor: how many texts one request takes, and how many characters of a text are sent (passages are
    far shorter; what is longer is a table without an end)."""

    name: str
    dimension: int
    texts: int
    characters: int


class Dialect(Protocol):
    """How a vendor is asked."""

    label: str
    base_url: str
    model: Model

    def path(self) -> str: ...

    def body(self, texts: Sequence[str], *, question: bool) -> dict[str, Any]:
        """The request for one group. `question`: the text is searched with, not searched in."""
        ...

    def vectors(self, answer: Any) -> list[list[float]]:
        """The vectors in the order of the texts. Raises LookupError, TypeError or ValueError for another shape."""
        ...


class RemoteEmbedder:
    """`app.knowledge.embedders.base.Embedder` behind an API. Its floor is measured with `sophia eval floor`."""

    floor: float | None = None

    def __init__(self, outbound: Outbound, dialect: Dialect, *, name: str, api_key: str, base_url: str = "") -> None:
        self.id = f"{name}:{dialect.model.name}:{dialect.model.dimension}"
        self.dimension = dialect.model.dimension
        self._dialect = dialect
        url = (base_url or dialect.base_url).rstrip("/")
        policy = ServicePolicy(
            key=f"{name}_embeddings",
            label=dialect.label,
            egress=EgressPolicy.for_base_url(url, configured=bool(base_url)),
            retry=PATIENT,
            connections=AT_ONCE,
        )
        self._client = outbound.service(policy)
        self._url = url + dialect.path()
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        groups = _groups(texts, self._dialect.model.texts)
        try:
            async with asyncio.TaskGroup() as tasks:
                asked = [tasks.create_task(self._ask(group, question=False)) for group in groups]
        except ExceptionGroup as failed:  # the first one ended the others
            raise failed.exceptions[0] from None
        return [vector for one in asked for vector in one.result()]

    async def question(self, text: str) -> Vector:
        return (await self._ask([text], question=True))[0]

    async def close(self) -> None:
        await self._client.close()

    async def _ask(self, texts: Sequence[str], *, question: bool) -> list[Vector]:
        sent = [text[: self._dialect.model.characters].strip() or "-" for text in texts]  # empty ones are refused
        call = Call(
            operation=OPERATION,
            method="POST",
            url=self._url,
            repeat=Repeat.SAFE,
            headers=self._headers,
            body=orjson.dumps(self._dialect.body(sent, question=question)),
        )
        async with self._slots:
            reply = await self._client.send(call)
        try:
            found = [_normalised(one, self.dimension) for one in self._dialect.vectors(reply.json())]
        except (LookupError, TypeError, ValueError) as wrong:
            raise self._client.failures.nonsense(OPERATION, type(wrong).__name__) from None
        if len(found) != len(texts):
            raise self._client.failures.nonsense(OPERATION, f"{len(found)} vectors for {len(texts)} texts")
        return found


def _groups(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _normalised(vector: Sequence[float], dimension: int) -> Vector:
    if len(vector) != dimension:
        raise ValueError("wrong length")
    length = math.sqrt(sum(number * number for number in vector))
    if not math.isfinite(length) or length == 0.0:
        raise ValueError("no direction")
    return tuple(number / length for number in vector)
