"""The same vectors in PostgreSQL with pgvector as most people set it up: one table, an HNSW index, a filter beside."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import numpy as np

from bench._shelves import PASSAGES, READER, READERS, Questions

_SEARCH = f"SELECT id FROM plain WHERE reader = {READER} ORDER BY vector <=> $1::text::vector LIMIT 10"


async def beside(vectors: Any, asked: Questions) -> dict[str, float]:
    """Milliseconds of a filtered search for ten passages, and its recall; nothing where no PostgreSQL can run."""
    from tests.postgres import NoPostgres, running_postgres

    with tempfile.TemporaryDirectory(prefix="sophia-pg-") as folder:
        await asyncio.to_thread(Path(folder).chmod, 0o755)  # the server runs as another user where root runs this
        try:
            with running_postgres(Path(folder)) as server:
                address = server.replace("+asyncpg", "") + "postgres"
                connection = await asyncpg.connect(address)
                try:
                    return await _measured(connection, vectors, asked)
                finally:
                    await connection.close()
        except NoPostgres as missing:
            print(f"pgvector is left out: {missing}")
            return {}


async def _measured(connection: Any, vectors: Any, asked: Questions) -> dict[str, float]:
    await connection.execute("CREATE EXTENSION vector")
    await connection.execute(f"CREATE TABLE plain (id int PRIMARY KEY, reader int, vector vector({vectors.shape[1]}))")
    rows = [
        (number, number // PASSAGES % READERS, str(vector.astype(np.float32).tolist()))
        for number, vector in enumerate(vectors)
    ]
    await connection.executemany("INSERT INTO plain VALUES ($1, $2, $3::text::vector)", rows)
    await connection.execute("CREATE INDEX ON plain USING hnsw (vector vector_cosine_ops)")
    await connection.execute("ANALYZE plain")
    await connection.execute("SET hnsw.iterative_scan = strict_order")
    times: list[float] = []
    right = 0
    for question, best in zip(asked.vectors, asked.best, strict=True):
        began = time.perf_counter()
        found = await connection.fetch(_SEARCH, str(question.tolist()))
        times.append((time.perf_counter() - began) * 1000)
        right += len({row["id"] for row in found} & set(best.tolist()))
    return {
        "pgvector_p50": median(times),
        "pgvector_p95": quantiles(times, n=20)[-1],
        "pgvector_recall": right / asked.best.size,
    }
