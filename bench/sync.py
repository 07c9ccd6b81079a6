"""How fast a source is read into an empty database, end to end: wire, parsing, mapping, storing, derived sums.

The source is Entrata's stand-in in a process of its own, so wire and storing share two cores as they would elsewhere.
Short: the demo portfolio (12 communities). Long: also four times as large, and on PostgreSQL. Beside it, when it is set
up (`--peers`), dlt loads the same ledgers from the same stand-in into the same kind of database: without mapping,
tombstones, balances or monthly sums, which Sophia's rate includes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench._crashes import free_port
from bench._goals import Figure, add_report_option, settled
from bench._peers import peer_python

DLT = ("dlt[postgres,sqlalchemy]==1.31.0",)
GOALS = {"SQLite": 5_000_000, "PostgreSQL": 10_000_000}  # records an hour
MEMORY_MB = 500
CONSTANT = 1.3  # seconds per row, large to small
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """One load. `ledger` are rows and seconds of the ledgers alone."""

    rows: int
    seconds: float
    megabytes: float
    ledger: tuple[int, float]

    @property
    def an_hour(self) -> float:
        return self.rows / self.seconds * 3600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.sync", description=__doc__)
    parser.add_argument("--long", action="store_true", help="also four times as large, and on PostgreSQL")
    parser.add_argument("--peers", action="store_true", help="set dlt up first, in a cache folder (200 MB)")
    add_report_option(parser)
    options = parser.parse_args()
    sizes = [2, 12, 48] if options.long else [2, 12]
    python = peer_python(*DLT, set_up=options.peers, how="python -m bench.sync --peers")
    if isinstance(python, str):
        print(f"dlt is left out: {python}")
    figures: list[Figure] = []
    for where in ["SQLite", "PostgreSQL"] if options.long else ["SQLite"]:
        runs = [measured(where, size, python if size == 12 else "", figures) for size in sizes]
        small, large = runs[0], runs[-1]
        cost = (large.seconds / large.rows) / (small.seconds / small.rows)
        figures.append(Figure(f"cost per row, {large.rows:,} to {small.rows:,} rows, {where}", cost, CONSTANT, "×"))
    return settled(figures, options.report)


def measured(where: str, size: int, python: Path | str, figures: list[Figure]) -> Run:
    """One first sync of `size` communities, and dlt beside it."""
    with source(size) as url:
        with database(where) as address:
            run = sophia(url, address)
        print(
            f"{where}, {size} communities: {run.rows:,} rows in {run.seconds:,.1f} s, {run.an_hour / 1e6:,.1f} million "
            f"an hour, {run.megabytes:,.0f} MB; ledgers {run.ledger[0] / run.ledger[1]:,.0f}/s",
            flush=True,
        )
        if size > 2:
            figures.append(
                Figure(f"records an hour, {run.rows:,} rows, {where}", run.an_hour, GOALS[where], best="high")
            )
            figures.append(Figure(f"memory at {run.rows:,} rows, {where}", run.megabytes, MEMORY_MB, "MB"))
        if isinstance(python, Path):
            with database(where) as address:
                rows, seconds = dlt(python, url, address)
            ours = run.ledger[0] / run.ledger[1]
            print(f"  dlt: {rows:,} ledger entries in {seconds:,.1f} s, {rows / seconds:,.0f}/s", flush=True)
            figures.append(
                Figure(f"ledgers, rows a second to dlt's, {where}", ours / (rows / seconds), 1.0, "×", "high")
            )
    return run


def sophia(url: str, address: str) -> Run:
    told = _told([sys.executable, "-m", "bench._sync_child", url, address])
    return Run(told["rows"], told["seconds"], told["megabytes"], (told["ledger_rows"], told["ledger_seconds"]))


def dlt(python: Path, url: str, address: str) -> tuple[int, float]:
    """Ledger entries loaded, and seconds."""
    told = _told([python, HERE / "_sync_dlt.py", url, address])
    return told["rows"], told["seconds"]


def _told(command: list[Any]) -> dict[str, Any]:
    quiet = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=quiet)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def source(size: int) -> Iterator[str]:
    """The address of a stand-in that has made its communities already."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="sophia-source-") as folder:
        command = [sys.executable, "-m", "bench._sync_source", str(port), folder, str(size)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            try:
                assert running.stdout is not None
                running.stdout.readline()  # it says when it is ready
                yield f"http://127.0.0.1:{port}"
            finally:
                running.terminate()


@contextmanager
def database(where: str) -> Iterator[str]:
    """An empty database's SQLAlchemy address."""
    if where == "SQLite":
        with tempfile.TemporaryDirectory(prefix="sophia-sync-") as folder:
            yield f"sqlite+aiosqlite:///{folder}/sync.db"
        return
    from tests.postgres import running_postgres

    with tempfile.TemporaryDirectory(prefix="sophia-pg-") as folder:
        Path(folder).chmod(0o755)
        with running_postgres(Path(folder)) as server:
            yield server + "postgres"


if __name__ == "__main__":
    sys.exit(main())
