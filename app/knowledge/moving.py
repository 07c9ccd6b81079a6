"""Moving every passage of a workspace from one store to another.

It may be broken off and run again: a document that is already there as it should be is passed over, and one that the
source no longer holds is forgotten, so a second run after the switch brings what changed meanwhile.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC

from app.knowledge.passages import Embedded
from app.knowledge.stores.base import PassageStore

OnProgress = Callable[[int, int], None]
"""Called with the passages that were looked at and how many there are."""


@dataclass(frozen=True)
class Moved:
    """What a move did. `left` are documents whose passages were not all there; they are read again by an ingest."""

    written: int
    unchanged: int
    forgotten: int
    left: tuple[str, ...]
    source_passages: int
    target_passages: int

    @property
    def complete(self) -> bool:
        return not self.left and self.source_passages == self.target_passages


async def move(
    source: PassageStore, target: PassageStore, workspace_id: str, sizes: Mapping[str, int], progress: OnProgress
) -> Moved:
    """`sizes` says how many passages each document has. Raises what the stores raise; what was written stays."""
    there = await _digests(target, workspace_id)
    total = await source.count(workspace_id)
    arriving: dict[str, list[Embedded]] = defaultdict(list)
    moved: set[str] = set()
    looked_at = written = 0
    cursor = ""
    while True:
        page = await source.page(workspace_id, cursor)
        for one in page.passages:
            document_id = one.passage.document_id
            arriving[document_id].append(one)
            if len(arriving[document_id]) == sizes.get(document_id):
                passages = arriving.pop(document_id)
                moved.add(document_id)
                if {_digest(one) for one in passages} != there.get(document_id):
                    passages.sort(key=lambda one: one.passage.number)
                    await target.replace(workspace_id, document_id, passages)
                    written += 1
        looked_at += len(page.passages)
        progress(looked_at, max(total, looked_at))
        cursor = page.cursor
        if not cursor:
            break
    gone = sorted(set(there) - moved)
    await target.forget(workspace_id, gone)
    return Moved(
        written=written,
        unchanged=len(moved) - written,
        forgotten=len(gone),
        left=tuple(sorted(set(sizes) - moved)),
        source_passages=sum(sizes[one] for one in moved),
        target_passages=await target.count(workspace_id),
    )


async def _digests(store: PassageStore, workspace_id: str) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = defaultdict(set)
    cursor = ""
    while True:
        page = await store.page(workspace_id, cursor)
        for one in page.passages:
            found[one.passage.document_id].add(_digest(one))
        cursor = page.cursor
        if not cursor:
            return found


def _digest(one: Embedded) -> bytes:
    """Equal for the same passage in two stores. Its vector follows from its text; stores keep it in other precision."""
    told = repr((one.passage, sorted(one.readers), one.kind.value, one.dated.astimezone(UTC)))
    return hashlib.sha256(told.encode()).digest()[:16]
