"""The embedded embedder: what it runs, that it refuses another file, and that its vectors mean something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.domain.errors import Bug
from app.knowledge.embedders import minilm
from app.knowledge.embedders.minilm import MiniLm
from app.knowledge.integer_graph import integer_graph, multiplies_exactly
from tests.knowledge.shelves import embedder

TEXTS = [
    "Two cats or dogs are welcome; the pet deposit is $250.",
    "A resident who keeps an animal pays a deposit for it.",
    "The garage door opens with the code on your key tag.",
]


async def test_texts_of_one_meaning_are_nearer_than_others() -> None:
    cats, animal, garage = np.array(await embedder().passages(TEXTS))
    assert cats @ animal > 0.5 > cats @ garage
    assert np.linalg.norm(cats) == pytest.approx(1.0, abs=1e-5)


async def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    together = await embedder().passages(TEXTS)
    assert [await embedder().question(text) for text in TEXTS] == together


async def test_whole_numbers_give_almost_the_vectors_of_the_published_file(monkeypatch: pytest.MonkeyPatch) -> None:
    published = MiniLm()
    monkeypatch.setattr(MiniLm, "_whole_numbers", False)
    floats = np.array(await published.passages(TEXTS))
    await published.close()
    monkeypatch.undo()
    assert (floats * np.array(await embedder().passages(TEXTS))).sum(axis=1).min() > 0.99


def test_a_processor_that_cuts_sums_off_is_found_out() -> None:
    class CutsOff:
        def run(self, _outputs: object, _inputs: object) -> list[np.ndarray]:
            return [np.full((1, 64), 4096.0)]

    assert not multiplies_exactly(lambda _graph: CutsOff())


@pytest.mark.parametrize("which", ["model", "tokenizer"])
async def test_another_file_than_the_reviewed_one_is_never_run(which: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"{}")
    changed = MiniLm(model=other) if which == "model" else MiniLm(tokenizer=other)
    with pytest.raises(Bug, match="SHA-256"):
        await changed.question("pets")
    await changed.close()


def test_another_graph_is_refused() -> None:
    import onnx

    with pytest.raises(ValueError, match="reviewed"):
        integer_graph(onnx.ModelProto().SerializeToString())
    assert minilm.TOKENIZER.is_file()
