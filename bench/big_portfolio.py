"""How fast the demo portfolio is made and loaded: rows a second and memory.

Short: the demo portfolio once. Long: 100 times as large (240,000 units, some 30 million rows), several minutes and
10 GB of disk. `--keep` leaves the file for the other benchmarks (python -m bench.reads --long).
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
from pathlib import Path

from app.db.engine import Database
from app.db.migrate import upgrade
from bench._goals import Figure, add_report_option, settled
from bench._portfolios import KEPT_IN, Loaded, load

GOAL = 50_000  # rows a second


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.big_portfolio", description=__doc__)
    parser.add_argument("--long", action="store_true", help="100 times as large")
    parser.add_argument("--times", type=int, help="how many times as large as the demo portfolio")
    parser.add_argument("--url", help="an empty database to fill, e.g. postgresql+asyncpg://…")
    parser.add_argument("--keep", action="store_true", help="keep the SQLite file for other benchmarks")
    add_report_option(parser)
    options = parser.parse_args()
    times = options.times or (100 if options.long else 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.db"
        if options.keep:
            KEPT_IN.mkdir(parents=True, exist_ok=True)
            path = KEPT_IN / f"portfolio-{times}.db"
            path.unlink(missing_ok=True)
        loaded = asyncio.run(_fill(options.url or f"sqlite+aiosqlite:///{path}", times))
        size = path.stat().st_size / 1e6 if path.exists() else 0
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{times} × demo portfolio: {loaded.rows:,} rows made and written in {loaded.seconds:,.1f} s")
    print(f"{loaded.rows_a_second:,.0f} rows/s (goal {GOAL:,}); {loaded.rows / loaded.cpu_seconds:,.0f} per CPU second")
    print(f"months summed up in {loaded.sums_seconds:,.1f} s; memory {memory:,.0f} MB, file {size:,.0f} MB")
    per_cpu_second = loaded.rows / loaded.cpu_seconds
    return settled(
        [
            Figure("rows made and written a second", loaded.rows_a_second, GOAL, best="high"),
            Figure("rows made and written a CPU second", per_cpu_second, None),
        ],
        options.report,
    )


async def _fill(url: str, times: int) -> Loaded:
    db = Database(url)
    try:
        await upgrade(db)
        return await load(db, times)
    finally:
        await db.close()


if __name__ == "__main__":
    sys.exit(main())
