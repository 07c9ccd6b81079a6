"""Which tool a request asks for: a linear model over words, letter groups and the kinds of things found.

It learns from the phrases that each tool's own file holds (and the small talk, the out-of-scope and the vague
requests of the lexicon), rewritten with placeholders by the same code that rewrites real messages. It knows no
tool by name. Trained once per set of phrases and kept as plain arrays in a cache file; never pickled.
"""

import hashlib
import json
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.gateways.embedded.exemplars import Exemplar
from app.gateways.embedded.text import fold

#: Strength of the ridge, and the weight of the constant feature.
_RIDGE, _BIAS = 0.6, 0.1
#: Turns least-squares scores into odds; the value at which left-out exemplars are most likely.
_SHARPNESS = 15.0

_TOKEN = re.compile(r"[a-z0-9']+|[?!:]")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A label with its probability among all labels."""

    label: str
    probability: float


def features_of(delexical: str, flags: frozenset[str]) -> dict[str, float]:
    """Named features of one request: word 1-3-grams, letter groups, flags; each family scaled to the same weight."""
    words = [w for w in (fold(t) for t in _TOKEN.findall(delexical)) if w]
    grams: Counter[str] = Counter()
    for word in words:
        grams[f"w:{word}"] = 1
    padded = ["^", *words, "$"]
    for left, right in pairwise(padded):
        grams[f"b:{left}_{right}"] = 1
    for trio in zip(words, words[1:], words[2:], strict=False):
        grams["t:" + "_".join(trio)] = 1
    letters: Counter[str] = Counter()
    for word in words:
        if not word.endswith("x") or len(word) < 4:
            spaced = f" {word} "
            for size in (3, 4, 5):
                for at in range(len(spaced) - size + 1):
                    letters[f"c:{spaced[at : at + size]}"] = 1
    out: dict[str, float] = {}
    for family, weight in ((grams, 1.0), (letters, 0.8), (Counter(dict.fromkeys(flags, 1)), 0.7)):
        norm = float(np.sqrt(len(family))) or 1.0
        out.update(dict.fromkeys(family, weight / norm))
    return out


class Ranker:
    """The trained model. `rank` is all that the planner asks of it."""

    def __init__(self, labels: Sequence[str], vocabulary: Mapping[str, int], weights: NDArray[np.float32]) -> None:
        self.labels = tuple(labels)
        self._vocabulary = vocabulary
        self._weights = weights  # features + 1 (the bias, last) x labels

    def rank(self, delexical: str, flags: frozenset[str]) -> list[Ranked]:
        """All labels, most probable first; probabilities sum to 1."""
        columns: list[int] = []
        values: list[float] = []
        for name, value in features_of(delexical, flags).items():
            column = self._vocabulary.get(name)
            if column is not None:
                columns.append(column)
                values.append(value)
        logits = np.asarray(values, dtype=np.float32) @ self._weights[columns] + self._weights[-1]
        odds = np.exp(logits - logits.max())
        odds /= odds.sum()
        order = np.argsort(-odds)
        return [Ranked(self.labels[i], float(odds[i])) for i in order]


def train(exemplars: Sequence[Exemplar]) -> Ranker:
    """Fits the model in some seconds: ridge regression on one-hot labels, solved over the exemplars."""
    from scipy.linalg import cho_factor, cho_solve  # noqa: PLC0415 - only needed when no cache file fits

    labels = sorted({e.label for e in exemplars})
    vocabulary, matrix = _matrix(exemplars)
    weight = np.asarray([e.weight for e in exemplars], dtype=np.float32)
    wanted = np.full((len(exemplars), len(labels)), -1.0 / len(labels), dtype=np.float32)
    wanted[np.arange(len(exemplars)), [labels.index(e.label) for e in exemplars]] += 1.0
    gram = _gram(matrix)
    gram[np.diag_indices_from(gram)] += _RIDGE / weight
    dual = cho_solve(cho_factor(gram.T, overwrite_a=True, check_finite=False), wanted, check_finite=False)
    weights = np.vstack([matrix.T @ dual, dual.sum(axis=0, keepdims=True) * _BIAS])
    return Ranker(labels, vocabulary, weights.astype(np.float32) * _SHARPNESS)


def _gram(matrix: Any) -> NDArray[np.float32]:
    """Every exemplar's similarity to every other, in slices: the whole product at once would triple the memory."""
    count = matrix.shape[0]
    gram = np.empty((count, count), dtype=np.float32)
    across = matrix.T.tocsr()
    for start in range(0, count, 256):
        gram[start : start + 256] = (matrix[start : start + 256] @ across).toarray()
    gram += _BIAS
    return gram


def _matrix(exemplars: Sequence[Exemplar]) -> tuple[dict[str, int], Any]:
    """The vocabulary (features seen more than once) and the exemplars as a sparse matrix over it."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    read = [features_of(e.delexical, e.flags) for e in exemplars]
    seen: Counter[str] = Counter()
    for features in read:
        seen.update(features.keys())
    vocabulary = {name: i for i, name in enumerate(sorted(name for name, count in seen.items() if count > 1))}
    columns, values, pointers = array("i"), array("f"), array("i", [0])
    for features in read:
        for name, value in features.items():
            column = vocabulary.get(name)
            if column is not None:
                columns.append(column)
                values.append(value)
        pointers.append(len(columns))
    parts = (np.asarray(values), np.asarray(columns), np.asarray(pointers))
    return vocabulary, csr_matrix(parts, shape=(len(exemplars), len(vocabulary)))


def fingerprint(phrases: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Changes when a phrase, or the code that reads phrases, changes."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    for label, sentences in phrases:
        digest.update("\n".join([label, *sentences]).encode())
    return digest.hexdigest()[:32]


def load_or_train(key: str, exemplars: Callable[[], Sequence[Exemplar]], cache_dir: Path | None) -> Ranker:
    """The model with this fingerprint, from the cache when it is there; a broken cache file is trained over."""
    if cache_dir is None:
        return train(exemplars())
    path = cache_dir / f"planner-{key}.npz"
    if path.is_file():
        try:
            return _read(path)
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)
    ranker = train(exemplars())
    try:
        _write(path, ranker)
    except OSError:
        return ranker  # a read-only or full disk costs some seconds at the next start, nothing else
    return ranker


def _read(path: Path) -> Ranker:
    with np.load(path, allow_pickle=False) as stored:
        head = json.loads(bytes(stored["head"]).decode())
        weights = stored["weights"].astype(np.float32)
    return Ranker(head["labels"], {name: i for i, name in enumerate(head["features"])}, weights)


def _write(path: Path, ranker: Ranker) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = sorted(ranker._vocabulary, key=lambda name: ranker._vocabulary[name])  # pyright: ignore[reportPrivateUsage]
    head = json.dumps({"labels": ranker.labels, "features": names}).encode()
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        np.savez(
            file,
            head=np.frombuffer(head, dtype=np.uint8),
            weights=ranker._weights.astype(np.float16),  # pyright: ignore[reportPrivateUsage]
        )
    Path(file.name).replace(path)
