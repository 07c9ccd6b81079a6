"""The seam of every passage store.

The main database is the truth about documents and their text (app/db/models/knowledge.py); a store finds passages, by
vector and by words, among those a `Sight` may see. The filter is applied before scoring, never after: what a person
may not read has no influence on what they get. The same contract suite runs on every store
(tests/knowledge/stores/).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from app.knowledge.passages import Embedded, Sight


@dataclass(frozen=True)
class Hit:
    """A passage that was found. `score` is comparable within one result list only, larger is better."""

    passage_id: str
    document_id: str
    score: float


@dataclass(frozen=True)
class StorePage:
    """A page of everything a store holds, for moves and counts. `cursor` is empty on the last page."""

    passages: tuple[Embedded, ...]
    cursor: str = ""


@dataclass(frozen=True)
class StoreHealth:
    state: Literal["ok", "unreachable", "refused"]
    sentence: str  # for people


class PassageStore(Protocol):
    """Passages of all workspaces under one embedder. Never mixes vectors of two: the embedder's id is part of the
    store's name for its data (table, index, namespace or collection).

    All methods raise RetryLater when the store can't be reached, NotAllowed when it refuses our key, Fixable for a
    vector of the wrong length. After a call that wrote has returned, a following read on this object sees it (stores
    that are eventually consistent wait until it does, within a bound, else raise RetryLater).
    """

    name: str

    async def replace(self, workspace_id: str, document_id: str, passages: Sequence[Embedded]) -> None:
        """The passages become the document's only ones. Safe to repeat; a reader never sees half of both versions
        mixed for longer than the store's own consistency allows, and never none of either."""
        ...

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        """Removes all passages of these documents. Unknown ones are passed over."""
        ...

    async def nearest(self, sight: Sight, vector: Sequence[float], limit: int) -> list[Hit]:
        """The `limit` visible passages with the highest cosine similarity, best first; ties by passage id."""
        ...

    async def matching(self, sight: Sight, text: str, limit: int) -> list[Hit]:
        """The `limit` visible passages with the highest BM25 score for the words of `text`, best first."""
        ...

    async def page(self, workspace_id: str, cursor: str = "", limit: int = 200) -> StorePage:
        """Everything of one workspace in a stable order, for moving to another store."""
        ...

    async def count(self, workspace_id: str) -> int: ...

    async def check(self) -> StoreHealth:
        """Asks the store for the cheapest thing; never raises for expected failures."""
        ...

    async def close(self) -> None: ...
