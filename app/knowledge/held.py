"""A workspace's passages in memory, in step with the database: what changed is read again, and nothing else.

They are held in parts. A document that changes comes into the last part, and its passages in earlier parts no longer
stand: they stay where they are, and no search sees them. The last part is read again at every change until it is large
enough to be left alone. When most of what is held does not stand any more, everything is read anew.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.db.engine import Database
from app.db.models.knowledge import KnowledgePassage
from app.knowledge import shelf
from app.knowledge.stores.base import Hit

WORKSPACES = 8
PART = 50_000  # passages that are read and built at once
ENOUGH = 5_000  # passages that changed, from which their part is left alone
MOST_PARTS = 64  # beside those that are full
STANDING = 0.5  # of what is held; with less of it standing, everything is read anew

Numbers = NDArray[np.int32]
Layer = TypeVar("Layer")
View = TypeVar("View")
_Row = tuple[str, int, bytes]


@dataclass(frozen=True)
class Roll:
    """Which passages are held: row i is number `numbers[i]` of `documents[owner[i]]`. `at` is the place of each
    document that stands."""

    documents: tuple[str, ...]
    at: Mapping[str, int]
    owner: Numbers
    numbers: Numbers

    def seen(self, visible: Iterable[str]) -> NDArray[np.bool_]:
        """Which of the documents are among the visible ones."""
        seen = np.zeros(len(self.documents), dtype=np.bool_)
        seen[[self.at[document] for document in visible if document in self.at]] = True
        return seen

    def best(self, rows: NDArray[np.integer], scores: NDArray[np.floating], limit: int) -> list[Hit]:
        """The `limit` rows of the highest scores, best first. All that tie with the last one take part, so that equal
        scores are told apart by their names, not by chance."""
        if len(rows) > limit:
            kept = scores >= np.partition(scores, -limit)[-limit]
            rows, scores = rows[kept], scores[kept]
        hits = [
            Hit(f"{(document := self.documents[self.owner[row]])}#{self.numbers[row]}", document, float(score))
            for row, score in zip(rows, scores, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]


@dataclass(frozen=True)
class _Part(Generic[Layer]):
    """Whole documents that were read together; `owner` counts among its own ones."""

    documents: tuple[str, ...]
    owner: Numbers
    numbers: Numbers
    layer: Layer


@dataclass(frozen=True)
class _Held(Generic[Layer, View]):
    """A workspace at one version. What changed after version `settled_at` is not in the settled parts."""

    version: int
    settled: tuple[_Part[Layer], ...]
    settled_at: int
    view: View


class HeldPassages(Generic[Layer, View]):
    """`build` makes a part's layer of what `column` holds for its passages; `join` makes of the roll, the layers and
    the rows at which they begin what a search works with. `fits` narrows which passages are held at all."""

    def __init__(
        self,
        db: Database,
        column: InstrumentedAttribute[bytes],
        *,
        build: Callable[[Sequence[bytes]], Layer],
        join: Callable[[Roll, Sequence[Layer], Sequence[int]], View],
        fits: ColumnElement[bool] | None = None,
    ) -> None:
        self._db = db
        self._column = column
        self._build = build
        self._join = join
        self._fits = fits
        self._held: OrderedDict[str, _Held[Layer, View]] = OrderedDict()
        self._alone: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def now(self, workspace_id: str) -> View:
        """The workspace as it is; read once however many ask at the same time."""
        async with self._alone[workspace_id], self._db.reading() as session:
            version = await shelf.version(session, workspace_id)
            held = self._held.get(workspace_id)
            if held is None or held.version != version:
                held = await self._brought_up(session, workspace_id, held, version)
            self._held[workspace_id] = held
            self._held.move_to_end(workspace_id)
            while len(self._held) > WORKSPACES:
                self._held.popitem(last=False)
            return held.view

    def clear(self) -> None:
        self._held.clear()

    async def _brought_up(
        self, session: AsyncSession, workspace_id: str, held: _Held[Layer, View] | None, version: int
    ) -> _Held[Layer, View]:
        # A change that lands between these queries is read now or at the next version, or both: reading it twice
        # brings the same document in twice, and the later one stands.
        settled, since = (held.settled, held.settled_at) if held else ((), -1)
        late = await self._read(session, workspace_id, since)
        standing = await shelf.with_passages(session, workspace_id)
        parts = (*settled, *late)
        roll = await asyncio.to_thread(_roll, parts, standing)
        rows = len(roll.owner)
        wasted = rows > ENOUGH and roll.seen(roll.at)[roll.owner].sum() < STANDING * rows
        if held is not None and (wasted or len(parts) > MOST_PARTS + rows // PART):
            return await self._brought_up(session, workspace_id, None, version)
        firsts = [0, *accumulate(len(part.owner) for part in parts)]
        view = await asyncio.to_thread(self._join, roll, [part.layer for part in parts], firsts)
        if held is None or sum(len(part.owner) for part in late) >= ENOUGH:
            settled, since = parts, version
        return _Held(version, settled, since, view)

    async def _read(self, session: AsyncSession, workspace_id: str, since: int) -> list[_Part[Layer]]:
        """What changed after a version, in parts that hold their documents whole."""
        wanted = select(KnowledgePassage.document_id, KnowledgePassage.number, self._column).where(
            KnowledgePassage.workspace_id == workspace_id, KnowledgePassage.since > since
        )
        if self._fits is not None:
            wanted = wanted.where(self._fits)
        rows = await session.stream(wanted.order_by(KnowledgePassage.document_id, KnowledgePassage.number))
        parts: list[_Part[Layer]] = []
        pending: list[_Row] = []
        async for some in rows.partitions(PART):
            pending.extend((document, number, kept) for document, number, kept in some)
            last = pending[-1][0]
            whole = next((at for at in range(len(pending) - 1, -1, -1) if pending[at][0] != last), -1) + 1
            if whole:
                parts.append(await asyncio.to_thread(self._part, pending[:whole]))
            pending = pending[whole:]
        if pending:
            parts.append(await asyncio.to_thread(self._part, pending))
        return parts

    def _part(self, rows: Sequence[_Row]) -> _Part[Layer]:
        documents = tuple(dict.fromkeys(document for document, _, _ in rows))
        at = {document: place for place, document in enumerate(documents)}
        return _Part(
            documents,
            owner=np.fromiter((at[document] for document, _, _ in rows), dtype=np.int32, count=len(rows)),
            numbers=np.fromiter((number for _, number, _ in rows), dtype=np.int32, count=len(rows)),
            layer=self._build([kept for _, _, kept in rows]),
        )


def _roll(parts: Sequence[_Part[Layer]], standing: set[str]) -> Roll:
    documents: list[str] = []
    owners: list[Numbers] = []
    at: dict[str, int] = {}
    for part in parts:
        owners.append(part.owner + np.int32(len(documents)))
        at |= {
            document: place
            for place, document in enumerate(part.documents, start=len(documents))
            if document in standing
        }
        documents += part.documents
    none = np.zeros(0, dtype=np.int32)
    return Roll(
        tuple(documents),
        at,
        owner=np.concatenate([none, *owners]),
        numbers=np.concatenate([none, *(part.numbers for part in parts)]),
    )
