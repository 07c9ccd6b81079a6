"""One stretch of message read against every tool: ranked by words, then by how well each tool's arguments fill."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.gateways.embedded.arguments import Shape
from app.gateways.embedded.entities import Entities, find_entities
from app.gateways.embedded.filling import Filled, fill, wasted
from app.gateways.embedded.lexicon.out_of_scope import is_unsupported
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.ranking import Ranker

CHITCHAT, DECLINE, VAGUE = "~chitchat", "~decline", "~clarify"

#: How many labels are filled and weighed; the right one is among the first three in 97 % of requests.
_CONSIDERED = 8
_MISSING, _MISSING_TEXT, _WASTED, _MISMATCH = 1.1, 0.6, 0.9, 0.8


@dataclass(frozen=True)
class Candidate:
    """A label with its final probability; `filled` is None for small talk, out-of-scope and vague."""

    label: str
    probability: float
    filled: Filled | None = None


@dataclass(frozen=True)
class Reading:
    """What a stretch of message may ask for, most probable first."""

    text: str
    found: Entities
    candidates: tuple[Candidate, ...]
    unsupported: bool

    @property
    def best(self) -> Candidate:
        """The most probable candidate."""
        return self.candidates[0]

    def tools(self) -> list[Candidate]:
        """The candidates that are tools."""
        return [c for c in self.candidates if c.filled is not None]


class Reader:
    """Reads stretches of message; holds what does not change between messages."""

    def __init__(self, shapes: Mapping[str, Shape], ranker: Ranker) -> None:
        self.shapes = shapes
        self._ranker = ranker

    def limited(self, allowed: frozenset[str]) -> "Reader":
        """The same reader for fewer tools: those of the others are out of its reach."""
        return Reader({name: shape for name, shape in self.shapes.items() if name in allowed}, self._ranker)

    def read(self, text: str, index: NameIndex, now: datetime) -> Reading:
        """Ranks every tool for the text and fills the likeliest."""
        found = find_entities(text, index, now)
        ranked = self._ranker.rank(found.delexical, found.flags)
        scored: list[tuple[float, str, Filled | None]] = []
        for place, item in enumerate(r for r in ranked if r.label in self.shapes or r.label[0] == "~"):
            score = math.log(item.probability + 1e-9)
            filled = None
            shape = self.shapes.get(item.label)
            if shape is not None and place < _CONSIDERED:
                filled = fill(shape, found)
                score -= penalty(filled)
            elif shape is not None:
                score -= 2.0
            scored.append((score, item.label, filled))
        scored.sort(key=lambda s: -s[0])
        top = scored[0][0]
        total = sum(math.exp(score - top) for score, _, _ in scored)
        candidates = tuple(
            Candidate(label, math.exp(score - top) / total, filled)
            for score, label, filled in scored
            if filled is not None or label not in self.shapes
        )
        return Reading(text, found, candidates, is_unsupported(text))


def penalty(filled: Filled) -> float:
    """What speaks against a tool once its arguments are filled."""
    missing = sum(
        _MISSING_TEXT if (a := filled.shape.named(name)) is not None and a.kind == "text" else _MISSING
        for name in filled.missing
    )
    return missing + _WASTED * wasted(filled) + _MISMATCH * filled.mismatched
