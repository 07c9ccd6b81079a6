"""The objects of one tenant, with real cosines; a vector may be indexed some searches late (ASYNC_INDEXING)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from app.sandbox.weaviate.filters import Fits
from app.sandbox.weaviate.refusal import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Held:
    """An object. `number` is the one under which the index of vectors knows it, new with each write."""

    id: UUID
    number: int
    properties: Mapping[str, Any]
    vector: NDArray[np.float32]


@dataclass
class Tenant:
    """`lag` is how many searches miss a written vector before it is indexed."""

    lag: int = 0
    _objects: dict[UUID, Held] = field(default_factory=dict[UUID, Held])
    _numbers: count[int] = field(default_factory=count)
    _waiting: dict[int, int] = field(default_factory=dict[int, int])  # number of an object: searches that still miss it

    def __len__(self) -> int:
        return len(self._objects)

    def put(self, id_: UUID, properties: Mapping[str, Any], vector: NDArray[np.float32]) -> None:
        """Writes an object over the one with its id. Raises Refused for a vector of another length than the rest."""
        held = next(iter(self._objects.values()), None)
        if held is not None and len(held.vector) != len(vector):
            raise Refused(
                f"Validate vector index for {id_}: new node has a vector with length {len(vector)}. "
                f"Existing nodes have vectors with length {len(held.vector)}: "
                "vector dimensions do not match the index dimensions"
            )
        number = next(self._numbers)
        if self.lag:
            self._waiting[number] = self.lag
        self._objects[id_] = Held(id_, number, properties, vector)

    def delete(self, fits: Fits, most: int) -> int:
        """Removes at most so many objects; how many they were."""
        goes = [one.id for one in self._objects.values() if fits(one.properties)][:most]
        for id_ in goes:
            del self._objects[id_]
        return len(goes)

    def nearest(self, vector: NDArray[np.float32], limit: int, fits: Fits | None) -> list[tuple[Held, float]]:
        """The objects with the smallest distance (1 - cosine), smallest first. Raises Refused as `put`."""
        found = [one for one in self._objects.values() if one.number not in self._waiting]
        self._waiting = {number: left - 1 for number, left in self._waiting.items() if left > 1}
        if found and len(found[0].vector) != len(vector):
            raise Refused(f"vector search: vector lengths don't match: {len(found[0].vector)} vs {len(vector)}")
        found = [one for one in found if fits is None or fits(one.properties)]
        if not found:
            return []
        rows = np.stack([one.vector for one in found])
        distances = 1 - (rows @ vector) / (np.linalg.norm(rows, axis=1) * np.linalg.norm(vector))
        best = np.argsort(distances, kind="stable")[:limit]
        return [(found[at], float(distances[at])) for at in best]

    def after(self, cursor: UUID | None, limit: int) -> list[Held]:
        """Objects in the order of their ids, behind the cursor, which need not be there any more."""
        ids = sorted(id_ for id_ in self._objects if cursor is None or id_.bytes > cursor.bytes)
        return [self._objects[id_] for id_ in ids[:limit]]
