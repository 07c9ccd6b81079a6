"""The seam of every embedder, and what a module of this package declares to be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from app.gateways.pool.pools import PooledModel, Pools

Vector = tuple[float, ...]


class Embedder(Protocol):
    """Turns text into L2-normalised vectors of `dimension` numbers. `id` names model and revision; vectors of two ids
    are never compared. `floor` is how far a passage must stand out to answer (app/knowledge/search.py), None while
    nobody has measured it: models spread their cosines differently. Raises SophiaErrors."""

    id: str
    dimension: int
    floor: float | None

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        """Vectors of passages, in order."""
        ...

    async def question(self, text: str) -> Vector:
        """The vector of a question."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, eq=False)
class Words:
    """The words (or pieces of them) of a text: the character each starts at, how telling it is (0…1, the rarer in its
    language the more), and what it means in the text, an L2-normalised row each."""

    starts: tuple[int, ...]
    telling: NDArray[np.float32]
    vectors: NDArray[np.float32]


@runtime_checkable
class WordWise(Protocol):
    """An embedder that also gives vectors of single words. Its floor is one of the support that passages give to a
    question (app/knowledge/support.py)."""

    async def words(self, texts: Sequence[str]) -> list[Words]:
        """The words of each text, in order."""
        ...


@dataclass(frozen=True)
class EmbedderSpec:
    """An embedder that EMBEDDER can name. `open` gets every set value by lower-case variable name; it is called when
    `key_variable` is set, or names none because no key is needed."""

    name: str  # "openai"
    label: str  # "OpenAI"
    key_variable: str  # "OPENAI_API_KEY"; "" when no key is needed
    open: Callable[[Mapping[str, str], Pools], Embedder]
    model: PooledModel | None = None  # None for one that works in this process
