"""Passages for the tests of stores: small vectors whose order by similarity can be seen."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from datetime import UTC, datetime

from app.knowledge.passages import EVERYONE, DocumentKind, Embedded, Passage, Sight

DIMENSIONS = 8
DATED = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
ASKED = (1.0,) + (0.0,) * (DIMENSIONS - 1)
"""The vector that `made` measures its distances from."""


def leaning(degrees: float) -> tuple[float, ...]:
    """A unit vector at this angle to `ASKED`."""
    angle = math.radians(degrees)
    return (math.cos(angle), math.sin(angle)) + (0.0,) * (DIMENSIONS - 2)


def made(
    document_id: str,
    number: int = 0,
    *,
    degrees: float = 10,
    readers: Iterable[str] = (EVERYONE,),
    kind: DocumentKind = DocumentKind.FILE,
    text: str = "Cats and dogs are welcome.",
) -> Embedded:
    """A passage of a document, `degrees` away from what is asked."""
    passage = Passage(document_id, number, section=0, header="Pet policy", text=text, page=1, anchor="#page=1")
    return Embedded(passage, leaning(degrees), frozenset(readers), kind, DATED)


def scattered(
    document_id: str, count: int, chance: random.Random, readers: Iterable[str] = (EVERYONE,)
) -> list[Embedded]:
    """Passages of a document at any angles."""
    return [made(document_id, number, degrees=chance.uniform(0, 180), readers=readers) for number in range(count)]


def sight(
    *tokens: str, workspace: str = "w", documents: Iterable[str] | None = None, kinds: Iterable[DocumentKind] = ()
) -> Sight:
    """What someone with these tokens sees; what everyone may read when none is given."""
    narrowed = None if documents is None else frozenset(documents)
    return Sight(workspace, frozenset(tokens or (EVERYONE,)), narrowed, frozenset(kinds))
