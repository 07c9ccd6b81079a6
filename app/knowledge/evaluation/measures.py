"""The measures of retrieval, as trec_eval defines them (https://github.com/usnistgov/trec_eval)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """Normalised discounted cumulative gain of the first `depth` documents, 0…1; a document's gain is its grade."""
    gained = sum(grades.get(document, 0) / math.log2(place + 2) for place, document in enumerate(ranked[:depth]))
    best = sorted(grades.values(), reverse=True)[:depth]
    return gained / sum(grade / math.log2(place + 2) for place, grade in enumerate(best))


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """The part of the relevant documents that stand among the first `depth`, 0…1."""
    return sum(document in grades for document in ranked[:depth]) / len(grades)
