"""A large file needs no more memory than a small one, and a killed import leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from app.db.models.leasing import Lease, LedgerEntry
from tests.conftest import ROOT
from tests.imports.office import LEDGER, Office, csv_file

pytestmark = pytest.mark.slow

CHILD = """
import asyncio, json, resource, sys
from datetime import date
from pathlib import Path
from app.db.engine import Database
from app.imports.load import import_file
from app.imports.reading import Wishes
from tests.imports.office import Office

async def main(database, path):
    db = Database(database)
    office = Office(db, Path(path).parent)
    report = await import_file(office.desk, Path(path), Wishes(property="Maple Grove", as_of=date(2026, 10, 31)))
    await db.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"added": report.counts.added, "refused": report.refused, "mb": peak, "s": report.seconds}))

if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
"""


def entries(folder: Path, number: int) -> Path:
    rows = (
        ["101", "Maria Gonzalez", f"{1 + n % 10}/{1 + n % 28}/2026", "Rent", f"Entry {n}", "1.01", ""]
        for n in range(number)
    )
    return csv_file(folder / f"ledger-{number}.csv", [LEDGER[0], *rows])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def started(folder: Path, office: Office, path: Path) -> subprocess.Popen[str]:
    script = folder / "importing.py"
    script.write_text(textwrap.dedent(CHILD))
    command = [sys.executable, str(script), office.db.engine.url.render_as_string(), str(path)]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.timeout(400)
async def test_two_hundred_thousand_rows_need_the_memory_of_ten_thousand(office: Office, tmp_path: Path) -> None:
    await office.maple()
    peaks: list[int] = []
    for number in (10_000, 200_000):
        process = started(tmp_path, office, entries(tmp_path, number))
        out, _ = await asyncio.to_thread(process.communicate, timeout=300)
        said = json.loads(out.splitlines()[-1])
        assert said["refused"] == 0
        peaks.append(said["mb"])
    assert peaks[1] - peaks[0] < 60, peaks
    owed = dict(await office.rows(Lease, "id", "balance_cents"))
    assert owed["import:maple-grove/101/2026-03-01"] == 200_000 * 101


@pytest.mark.timeout(300)
async def test_an_import_that_is_killed_leaves_nothing_and_the_next_one_is_whole(
    office: Office, tmp_path: Path
) -> None:
    await office.maple()
    await office.db.close()
    path = entries(tmp_path, 60_000)
    database = str(office.db.engine.url.database)
    wal = Path(f"{database}-wal")
    for megabytes in (1, 6):  # while it writes: rows lie in the write-ahead log and are not committed
        process = started(tmp_path, office, path)
        until = time.monotonic() + 120
        while _size(wal) <= megabytes * 2**20:
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until
            await asyncio.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        with sqlite3.connect(database) as found:
            assert found.execute("SELECT count(*) FROM ledger_entries").fetchone() == (0,)
            assert found.execute("SELECT count(*) FROM sync_states WHERE id LIKE 'import:ledgers%'").fetchone() == (0,)
    process = started(tmp_path, office, path)
    out, _ = await asyncio.to_thread(process.communicate, timeout=200)
    assert json.loads(out.splitlines()[-1])["added"] == 60_000
    assert len(await office.rows(LedgerEntry, "id")) == 60_000
