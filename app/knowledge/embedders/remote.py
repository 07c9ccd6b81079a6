"""What embedders behind an API share: texts in groups that the vendor takes, few groups at once, vectors checked and
normalised. A vendor's file says how one group is asked for and read; whom it is asked with which key, and who pays, is
the pool's (app/gateways/pool)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from app.gateways.account import account, of_workspace
from app.gateways.pool.job import NOBODY_WAITS, SOMEBODY_WAITS, Job, Misread, Patience, Read
from app.gateways.pool.pools import PooledModel, Pools
from app.gateways.spend import CallContext, Task
from app.gateways.terms import PLAIN_TERMS
from app.knowledge.embedders.base import Vector

OPERATION = "embed"
AT_ONCE = 4  # groups on their way at the same time; more only meets the vendor's rate limit sooner
BYTES_PER_TOKEN = 3  # English has four: an estimate should rather be too high
TERMS = replace(PLAIN_TERMS, makes_text=False)


@dataclass(frozen=True)
class Model:
    """A model of a vendor: how many texts one request takes, and how many characters of a text are sent (passages are
    far shorter; what is longer is a table without an end)."""

    name: str
    dimension: int
    texts: int
    characters: int


class Dialect(Protocol):
    """How a vendor is asked. `provider` names its file under app/gateways/roads; who is `asked_as_openais` can be asked
    through gateways, too."""

    provider: str
    label: str
    base_url: str
    model: Model
    asked_as_openais: bool

    def path(self, model: str) -> str: ...

    def body(self, model: str, texts: Sequence[str], *, question: bool) -> dict[str, Any]:
        """The request for one group. `question`: the text is searched with, not searched in."""
        ...

    def vectors(self, answer: Any) -> list[list[float]]:
        """The vectors in the order of the texts. Raises LookupError, TypeError or ValueError for another shape."""
        ...

    def tokens(self, answer: Any) -> int | None:
        """The tokens that the vendor counted; None when it does not say."""
        ...

    def dollars(self, answer: Any) -> Decimal | None:
        """What a gateway says that it cost; None when nobody says."""
        ...


def pooled(dialect: Dialect) -> PooledModel:
    """The vendor's model as a pool of keys asks it."""
    return PooledModel(
        key=f"{dialect.provider}_embeddings",
        provider=dialect.provider,
        label=dialect.label,
        name=dialect.model.name,
        address=dialect.base_url,
        path=dialect.path,
        terms=TERMS,
        asked_as_openais=dialect.asked_as_openais,
    )


class RemoteEmbedder:
    """`app.knowledge.embedders.base.Embedder` behind an API. Its floor is measured with `sophia eval floor`."""

    floor: float | None = None

    def __init__(self, pools: Pools, dialect: Dialect, values: Mapping[str, str]) -> None:
        model = dialect.model
        self.id = f"{dialect.provider}:{model.name}:{model.dimension}"
        self.dimension = model.dimension
        self._dialect = dialect
        self._workspace = pools.workspace_id
        self._pool = pools.of(pooled(dialect), values)
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        """On the workspace's account: documents are everybody's."""
        groups = _groups(texts, self._dialect.model.texts)
        on = of_workspace(self._workspace)
        try:
            async with asyncio.TaskGroup() as tasks:
                asked = [tasks.create_task(self._group(group, on)) for group in groups]
        except ExceptionGroup as failed:  # the first one ended the others
            raise failed.exceptions[0] from None
        return [vector for one in asked for vector in one.result()]

    async def question(self, text: str) -> Vector:
        """On the account of the person whose question it is."""
        return (await self._ask([text], account(self._workspace), SOMEBODY_WAITS, question=True))[0]

    async def close(self) -> None:
        """Its connections are the outbound client's."""

    async def _group(self, texts: Sequence[str], on: CallContext) -> list[Vector]:
        async with self._slots:
            return await self._ask(texts, on, NOBODY_WAITS, question=False)

    async def _ask(self, texts: Sequence[str], on: CallContext, patience: Patience, *, question: bool) -> list[Vector]:
        sent = [text[: self._dialect.model.characters].strip() or "-" for text in texts]  # empty ones are refused
        job = Job(
            operation=OPERATION,
            task=Task.EMBED,
            tokens=sum(1 + len(text.encode()) // BYTES_PER_TOKEN for text in sent),
            body=partial(self._dialect.body, texts=sent, question=question),
            read=partial(self._read, wanted=len(texts)),
        )
        return await self._pool.ask(job, on, patience)

    def _read(self, answer: Any, wanted: int) -> Read[list[Vector]]:
        found = [_normalised(one, self.dimension) for one in self._dialect.vectors(answer)]
        if len(found) != wanted:
            raise Misread(f"{len(found)} vectors for {wanted} texts")
        return Read(found, self._dialect.tokens(answer), self._dialect.dollars(answer))


def _groups(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _normalised(vector: Sequence[float], dimension: int) -> Vector:
    if len(vector) != dimension:
        raise Misread("a vector of another length")
    length = math.sqrt(sum(number * number for number in vector))
    if not math.isfinite(length) or length == 0.0:
        raise Misread("a vector without a direction")
    return tuple(number / length for number in vector)
