"""The same vectors in Chroma as most people set it up: one collection in a folder, its HNSW index, a filter beside.

Chroma is no dependency of Sophia: it lives in a cache folder of its own, and the measuring is done by its interpreter.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench._peers import peer_python
from bench._shelves import PASSAGES, READER, READERS, Questions

CHROMA = "chromadb==1.5.9"
_CHILD = Path(__file__).with_name("_chroma_child.py")


def beside(vectors: Any, asked: Questions, *, set_up: bool) -> dict[str, float]:
    """Milliseconds of a filtered search for ten passages, its recall, and the seconds to put them in; nothing where
    Chroma is not set up."""
    python = peer_python(CHROMA, set_up=set_up, how="python -m bench.knowledge --peers")
    if isinstance(python, str):
        print(f"Chroma is left out: {python}")
        return {}
    with tempfile.TemporaryDirectory(prefix="sophia-chroma-") as folder:
        at = Path(folder)
        np.save(at / "vectors.npy", vectors)
        np.save(at / "readers.npy", np.arange(len(vectors)) // PASSAGES % READERS)
        np.save(at / "asked.npy", asked.vectors)
        np.save(at / "best.npy", asked.best)
        done = subprocess.run([python, _CHILD, at, str(READER)], check=True, stdout=subprocess.PIPE, text=True)
    return {f"chroma_{name}": value for name, value in json.loads(done.stdout).items()}
