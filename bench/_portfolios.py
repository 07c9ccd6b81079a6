"""Portfolios to measure on, kept in `.sophia/bench` between runs: loading the large one takes minutes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from app.db.engine import Database
from app.db.migrate import at_head, upgrade
from app.db.statistics import refresh_statistics
from app.domain.principal import Principal, Role, UserId, WorkspaceId

WORKSPACE = WorkspaceId("T-bench")
TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
COMMUNITIES = 12  # of the demo portfolio
ADMIN = Principal(WORKSPACE, UserId("U-bench"), "Bench", frozenset({Role.ADMIN}))
KEPT_IN = Path(".sophia/bench")


@dataclass(frozen=True)
class Loaded:
    """`cpu_seconds` tells the cost where other programs share the machine; sums are the months' sums."""

    rows: int
    seconds: float
    cpu_seconds: float
    sums_seconds: float

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


async def load(db: Database, times: int) -> Loaded:
    """Fill an empty database with the demo portfolio, `times` as large."""
    from app.sandbox.portfolio.load import load_team, sum_up_months, write_rows
    from app.sandbox.portfolio.portfolio import Portfolio
    from app.sandbox.slack.seed import demo_workspace

    portfolio = Portfolio(seed=7, today=TODAY, size=COMMUNITIES * times)
    began, cpu = time.perf_counter(), time.process_time()
    rows = await write_rows(db, WORKSPACE, portfolio, as_of=NOW)
    written, cpu = time.perf_counter(), time.process_time() - cpu
    await sum_up_months(db, WORKSPACE, portfolio)
    await load_team(db, WORKSPACE, demo_workspace(), portfolio)
    await refresh_statistics(db)
    return Loaded(rows, written - began, cpu, time.perf_counter() - written)


def prepared(times: int) -> Path:
    """An SQLite file with the demo portfolio `times` as large, made when there is none of today's schema."""
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    path = KEPT_IN / f"portfolio-{times}.db"
    if not path.exists() or not asyncio.run(_is_current(path)):
        path.unlink(missing_ok=True)
        print(f"making {path} first …", flush=True)
        asyncio.run(_make(path, times))
    return path


@contextmanager
def on_postgres(times: int) -> Iterator[str]:
    """The address of a throw-away PostgreSQL that holds the demo portfolio `times` as large. Raises NoPostgres."""
    from tests.postgres import running_postgres

    with tempfile.TemporaryDirectory(prefix="sophia-pg-") as folder:
        Path(folder).chmod(0o755)
        with running_postgres(Path(folder)) as server:
            print(f"filling PostgreSQL, {times} × …", flush=True)
            asyncio.run(_fill(Database(server + "postgres"), times))
            yield server + "postgres"


async def _is_current(path: Path) -> bool:
    db = Database(f"sqlite+aiosqlite:///{path}")
    try:
        return await at_head(db)
    finally:
        await db.close()


async def _make(path: Path, times: int) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    await _fill(Database(f"sqlite+aiosqlite:///{part}"), times)
    part.rename(path)


async def _fill(db: Database, times: int) -> None:
    await upgrade(db)
    loaded = await load(db, times)
    await db.close()
    print(f"{loaded.rows:,} rows in {loaded.seconds:,.0f} s", flush=True)
