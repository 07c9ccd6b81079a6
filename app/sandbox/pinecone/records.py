"""The records of an index, in namespaces, with real cosines; a write may be seen some reads late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from app.sandbox.pinecone.filters import fits
from app.sandbox.pinecone.refusal import MISSING, Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Record:
    id: str
    values: NDArray[np.float32]
    metadata: Mapping[str, Any]


Records = dict[str, dict[str, Record]]
"""By namespace, then by id."""


@dataclass
class Index:
    """`lag` is how many reads miss a write before it is seen."""

    dimension: int
    lag: int = 0
    _seen: Records = field(default_factory=dict[str, dict[str, Record]])
    _known: set[str] = field(default_factory=set[str])
    _waiting: list[tuple[int, Callable[[Records], None]]] = field(
        default_factory=list[tuple[int, Callable[[Records], None]]]
    )
    _reads: int = 0

    def upsert(self, namespace: str, records: list[Record]) -> None:
        self._known.add(namespace)
        self._write(lambda seen: seen.setdefault(namespace, {}).update({one.id: one for one in records}))

    def delete(self, namespace: str, goes: Callable[[Record], bool]) -> None:
        """Raises Refused for a namespace that never held anything."""
        if namespace not in self._known:
            raise Refused("Namespace not found", code=MISSING, status=404)

        def apply(seen: Records) -> None:
            held = seen.get(namespace, {})
            seen[namespace] = {id_: one for id_, one in held.items() if not goes(one)}

        self._write(apply)

    def nearest(
        self, namespace: str, vector: list[float], limit: int, condition: Mapping[str, Any] | None
    ) -> list[tuple[Record, float]]:
        """The best records by cosine, best first; equal ones in no order that a client could count on."""
        found = [one for one in self.read(namespace).values() if condition is None or fits(condition, one.metadata)]
        if not found:
            return []
        rows = np.stack([one.values for one in found])
        asked = np.asarray(vector, dtype=np.float32)
        scores = (rows @ asked) / (np.linalg.norm(rows, axis=1) * np.linalg.norm(asked))
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(found[at], float(scores[at])) for at in best]

    def read(self, namespace: str) -> dict[str, Record]:
        """What a read sees of a namespace now."""
        return self.read_all().get(namespace, {})

    def read_all(self) -> Records:
        """What a read sees of every namespace now."""
        self._reads += 1
        while self._waiting and self._waiting[0][0] < self._reads:
            self._waiting.pop(0)[1](self._seen)
        return self._seen

    def _write(self, apply: Callable[[Records], None]) -> None:
        self._waiting.append((self._reads + self.lag, apply))
