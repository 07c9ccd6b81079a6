"""Documents: how fast and how rightly passages are found, with plain pgvector and Chroma beside in the same run.

Short form: 20,000 passages, 500 searches with random rights. Long form: 100,000 and 1,000,000 passages and 100,000
searches. 2 % of the passages are visible to the person who asks. How well they are found: `sophia eval retrieval`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from app.db.engine import Database
from app.db.migrate import upgrade
from app.knowledge.embedders.minilm import MiniLm
from app.knowledge.passages import Sight
from app.knowledge.search import Search
from app.knowledge.stores.embedded import EmbeddedStore
from app.knowledge.word_index import WordIndex
from bench import _chroma, _pgvector
from bench._goals import Figure, add_report_option, settled
from bench._rights import cross
from bench._shelves import TOKEN, WORKSPACE, Questions, fill, number_of, question, questions

PROSE = "The resident pays the deposit within five days, and the office writes a receipt that names unit and amount. "
SEARCHES = 60


async def measure(*, sizes: list[int], crossings: int, set_up: bool) -> dict[str, float]:
    """All figures; times in milliseconds."""
    figures: dict[str, float] = {}
    embedder = MiniLm()
    try:
        figures |= await _embedding(embedder)
        with tempfile.TemporaryDirectory(prefix="sophia-bench-") as folder:
            for size in sizes:
                figures |= await _searching(Path(folder) / f"{size}.db", size, embedder, set_up=set_up)
            db = await _opened(Path(folder) / "rights.db")
            found = await cross(db, documents=400, queries=crossings)
            await db.close()
        figures |= {"crossings": found.queries, "forbidden": found.forbidden, "recall": found.recall}
    finally:
        await embedder.close()
    return figures


async def _embedding(embedder: MiniLm) -> dict[str, float]:
    texts = [PROSE * 8 + str(number) for number in range(60)]  # 152 words each
    await embedder.passages(texts[:2])
    began = time.process_time()
    await embedder.passages(texts)
    spent = time.process_time() - began
    asked = await _timed(lambda: embedder.question("who pays when the water heater breaks?"), SEARCHES)
    return {"passages_per_core_second": len(texts) / spent, "question_p50": median(asked)}


async def _searching(path: Path, size: int, embedder: MiniLm, *, set_up: bool) -> dict[str, float]:
    db = await _opened(path)
    vectors = await fill(db, size, embedder=embedder.id, dimension=embedder.dimension)
    words = WordIndex(db)
    store = EmbeddedStore(db, words, embedder=embedder.id, dimension=embedder.dimension)
    search, sight, chance = Search(db, store, embedder, words), Sight(WORKSPACE, frozenset({TOKEN})), random.Random(3)
    began = time.perf_counter()
    await search.ranked(sight, question(chance))
    first = time.perf_counter() - began
    times = await _timed(lambda: search.ranked(sight, question(chance)), SEARCHES)
    asked = questions(vectors, SEARCHES)
    others = await _vectors_alone(store, sight, asked)
    await db.close()
    others |= await _pgvector.beside(vectors, asked)
    others |= await asyncio.to_thread(_chroma.beside, vectors, asked, set_up=set_up)
    figures = {f"search_p50_{size}": median(times), f"search_p95_{size}": _p95(times), f"first_search_{size}": first}
    return figures | {f"{name}_{size}": value for name, value in others.items()}


async def _vectors_alone(store: EmbeddedStore, sight: Sight, asked: Questions) -> dict[str, float]:
    """What is comparable with a vector database: no words, the same questions."""
    times: list[float] = []
    right = 0
    for vector, best in zip(asked.vectors, asked.best, strict=True):
        began = time.perf_counter()
        hits = await store.nearest(sight, vector.tolist(), 10)
        times.append((time.perf_counter() - began) * 1000)
        found = {number_of(hit.passage_id) for hit in hits}
        right += len(found & set(best.tolist()))
    return {"vectors_p50": median(times), "vectors_p95": _p95(times), "vectors_recall": right / asked.best.size}


async def _opened(path: Path) -> Database:
    db = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(db)
    return db


async def _timed(work: Callable[[], Awaitable[Any]], times: int) -> list[float]:
    measured: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        measured.append((time.perf_counter() - began) * 1000)
    return measured


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _against_goals(figures: dict[str, float], sizes: list[int]) -> list[Figure]:
    goals = [
        Figure("documents: passages embedded a second and core", figures["passages_per_core_second"], 20, best="high"),
        Figure("documents: a question embedded, p50", figures["question_p50"], 3, "ms"),
        Figure("documents: forbidden passages", figures["forbidden"], 0),
        Figure("documents: recall@10 beside brute force", figures["recall"], 1.0, best="high"),
    ]
    for size in sizes:
        goal = 100 if size >= 1_000_000 else 50
        goals.append(Figure(f"documents: search of {size:,}, p95", figures[f"search_p95_{size}"], goal, "ms"))
        for name, label in (("vectors", "vectors alone"), ("pgvector", "plain pgvector"), ("chroma", "Chroma")):
            if f"{name}_p95_{size}" in figures:
                goals.append(Figure(f"  {label}, {size:,}, p95", figures[f"{name}_p95_{size}"], unit="ms"))
                goals.append(Figure(f"  {label}, {size:,}, recall@10", figures[f"{name}_recall_{size}"], best="high"))
    return goals


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.knowledge", description=__doc__)
    parser.add_argument("--long", action="store_true", help="100,000 and 1,000,000 passages, 100,000 searches")
    parser.add_argument("--passages", type=int, default=0, help="another number of passages")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--peers", action="store_true", help="set Chroma up first, in a cache folder (500 MB)")
    add_report_option(parser)
    given = parser.parse_args()
    sizes = [given.passages] if given.passages else [100_000, 1_000_000] if given.long else [20_000]
    figures = asyncio.run(measure(sizes=sizes, crossings=100_000 if given.long else 500, set_up=given.peers))
    if given.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):34} {value:,.4g}")
    return settled(_against_goals(figures, sizes), given.report)


if __name__ == "__main__":
    sys.exit(main())
