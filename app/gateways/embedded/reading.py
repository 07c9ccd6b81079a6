"""One stretch of message read against every tool: ranked by words, then by how well each tool's arguments fill."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.gateways.embedded.arguments import Shape
from app.gateways.embedded.entities import Entities, find_entities
from app.gateways.embedded.filling import Filled, fill, telling_values, wasted
from app.gateways.embedded.lexicon.out_of_scope import act_of, is_unsupported
from app.gateways.embedded.names import NameIndex
from app.gateways.embedded.plan import Call
from app.gateways.embedded.ranking import Ranked, Ranker
from app.gateways.embedded.sharing import share

CHITCHAT, DECLINE, VAGUE = "~chitchat", "~decline", "~clarify"

#: How many labels are filled and weighed; the right one is among the first three in 97 % of requests.
_CONSIDERED = 8
_CLEAR, _PIECE = 0.4, 0.8
#: How sure a tool must be that offers what no other does (terminating a machine).
_OFFERED = 0.6
_MISSING, _MISSING_TEXT, _WASTED, _MISMATCH, _POINTED = 1.4, 1.0, 0.9, 0.8, 6.0
_MISSING_MOST, _SPREAD, _TELLING = 2.4, 0.7, 0.4


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
    #: What the words alone say, by label, before any argument was filled.
    by_words: Mapping[str, float]

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

    def _known(self, label: str) -> bool:
        return label in self.shapes or label in {CHITCHAT, DECLINE, VAGUE}

    def limited(self, allowed: frozenset[str]) -> "Reader":
        """The same reader for fewer tools: those of the others are out of its reach."""
        return Reader({name: shape for name, shape in self.shapes.items() if name in allowed}, self._ranker)

    def read(
        self, text: str, index: NameIndex, now: datetime, earlier: Sequence[Call] = (), parts: Sequence["Reading"] = ()
    ) -> Reading:
        """Ranks every tool for the text and fills the likeliest.

        Pronouns are filled from `earlier` calls. `parts` are readings of pieces of the same text: what a piece says
        clearly is not drowned by the chatter around it.
        """
        found = find_entities(text, index, now)
        ranked = [r for r in self._ranker.rank(found.delexical, found.flags) if self._known(r.label)]
        raw = _raised(ranked, parts)
        ranked.sort(key=lambda r: -raw[r.label])
        scored: list[tuple[float, str, Filled | None]] = []
        pointed = False
        for place, item in enumerate(ranked):
            shape = self.shapes.get(item.label)
            if shape is None or place >= _CONSIDERED + bool(earlier) * 4:
                continue
            filled = fill(shape, found)
            pointed = (share(filled, text, earlier) and not filled.missing) or pointed
            scored.append((math.log(raw[item.label] + 1e-9) - penalty(filled), item.label, filled))
        for item in ranked:
            if item.label not in self.shapes:
                against = _against_silence(item.label, found) + (_POINTED if pointed else 0.0)
                scored.append((math.log(raw[item.label] + 1e-9) - against, item.label, None))
        scored.sort(key=lambda s: -s[0])
        top = scored[0][0]
        total = sum(math.exp(score - top) for score, _, _ in scored)
        candidates = tuple(Candidate(label, math.exp(score - top) / total, filled) for score, label, filled in scored)
        unsupported = is_unsupported(text) and not _offered(text, candidates[0])
        return Reading(text, found, candidates, unsupported, raw)


def _offered(text: str, best: Candidate) -> bool:
    """True when the tool that is clearly meant says in its own phrases that it does such an act, and lacks nothing."""
    act = act_of(text)
    if not act or best.filled is None or best.filled.missing or best.probability < _OFFERED:
        return False
    spec = best.filled.shape.spec
    return best.filled.shape.changes and any(act_of(phrase) == act for phrase in (*spec.phrases, *spec.examples))


def _raised(ranked: Sequence[Ranked], parts: Sequence[Reading]) -> dict[str, float]:
    """Word probabilities, a tool's lifted to most of what its clearest piece says."""
    raw = {r.label: r.probability for r in ranked}
    for part in parts:
        for label, probability in part.by_words.items():
            if probability >= _CLEAR and label not in {CHITCHAT, DECLINE, VAGUE}:
                raw[label] = max(raw.get(label, 0.0), _PIECE * probability)
    return raw


def _against_silence(label: str, found: Entities) -> float:
    """Named people, places and tickets speak against small talk and vagueness, not against being out of scope."""
    if label == DECLINE:
        return 0.0
    named = sum(1 for m in found.names if not m.weak) + sum(1 for i in found.ids if i.sure)
    return min(1.8, 0.9 * named)


def penalty(filled: Filled) -> float:
    """What speaks against a tool once its arguments are filled."""
    missing = sum(
        _MISSING_TEXT if (a := filled.shape.named(name)) is not None and a.kind == "text" else _MISSING
        for name in filled.missing
    )
    spread = _SPREAD if "property" in filled.further else 0.0
    against = min(missing, _MISSING_MOST) + _WASTED * wasted(filled) + _MISMATCH * filled.mismatched + spread
    return against - _TELLING * telling_values(filled)
