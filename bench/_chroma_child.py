"""Measures Chroma with Chroma's own interpreter: `_chroma_child.py <folder> <reader>`; prints one JSON object."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median, quantiles

import chromadb  # pyright: ignore[reportMissingImports] - of the interpreter that runs this
import numpy as np

AT_ONCE = 5_000


def main(folder: Path, reader: int) -> None:
    vectors, readers, asked, best = (
        np.load(folder / f"{name}.npy") for name in ("vectors", "readers", "asked", "best")
    )
    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder / "chroma"), settings=settings)
    passages = client.create_collection("plain", metadata={"hnsw:space": "cosine"}, embedding_function=None)
    began = time.perf_counter()
    for start in range(0, len(vectors), AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, len(vectors)))
        passages.add(
            ids=[str(number) for number in numbers],
            embeddings=vectors[start : numbers.stop].astype(np.float32),
            metadatas=[{"reader": int(readers[number])} for number in numbers],
        )
    filled = time.perf_counter() - began
    times: list[float] = []
    right = 0
    for question, nearest in zip(asked, best, strict=True):
        began = time.perf_counter()
        found = passages.query(query_embeddings=[question], n_results=10, where={"reader": reader}, include=[])
        times.append((time.perf_counter() - began) * 1000)
        right += len({int(one) for one in found["ids"][0]} & set(nearest.tolist()))
    figures = {
        "p50": median(times),
        "p95": quantiles(times, n=20)[-1],
        "recall": right / best.size,
        "filled_seconds": filled,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
