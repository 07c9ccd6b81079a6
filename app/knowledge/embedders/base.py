"""The seam of every embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

Vector = tuple[float, ...]


class Embedder(Protocol):
    """Turns text into L2-normalised vectors of `dimension` numbers. `id` names model and revision; vectors of two ids
    are never compared. Raises SophiaErrors."""

    id: str
    dimension: int

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        """Vectors of passages, in order."""
        ...

    async def question(self, text: str) -> Vector:
        """The vector of a question."""
        ...

    async def close(self) -> None: ...
