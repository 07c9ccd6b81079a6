"""Ingest under kill -9: a process that takes documents in is killed at any moment, again and again.

After each kill every acknowledged document must be there whole, in the version that was acknowledged or the one that
was being written, and no document in parts. `--long` kills 100 times.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models.knowledge import KnowledgeDocument, KnowledgePassage
from bench._goals import Figure, add_report_option, settled
from bench._ingest_child import SECTIONS, WORKSPACE

LONGEST_LIFE = 0.6  # seconds after the first acknowledgement


@dataclass
class Outcome:
    """What the kills left behind. `lost`: acknowledged documents that are missing or older; `mixed`: documents whose
    passages are not all of one version and complete."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    mixed: int = 0
    latest: dict[int, int] = field(default_factory=dict[int, int])


async def crash(folder: Path, kills: int, seed: int = 1) -> Outcome:
    chance, outcome = random.Random(seed), Outcome()
    url = f"sqlite+aiosqlite:///{folder / 'crash.db'}"
    db = Database(url)
    try:
        await upgrade(db)
        for _ in range(kills):
            version = max(outcome.latest.values(), default=0) + 1
            for number, written in _killed(url, version, chance.uniform(0, LONGEST_LIFE)):
                outcome.latest[number] = written
                outcome.acknowledged += 1
            outcome.kills += 1
            await _look(db, outcome)
    finally:
        await db.close()
    return outcome


def _killed(url: str, version: int, seconds: float) -> list[tuple[int, int]]:
    """Lets a process take documents in for a moment, kills it, and returns what it had acknowledged."""
    command = [sys.executable, "-m", "bench._ingest_child", url, str(version)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            return []
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        lines = [first, *process.stdout.read().splitlines(keepends=True)]
    whole = (line.split() for line in lines if line.endswith("\n"))
    return [(int(number), int(written)) for number, written in whole]


async def _look(db: Database, outcome: Outcome) -> None:
    async with db.reading() as session:
        documents = {row.id: row for row in await session.scalars(select(KnowledgeDocument))}
        passages: dict[str, list[str]] = {}
        rows = await session.execute(
            select(KnowledgePassage.document_id, KnowledgePassage.text).where(
                KnowledgePassage.workspace_id == WORKSPACE
            )
        )
        for document_id, text in rows:
            passages.setdefault(document_id, []).append(text)
    for document_id, texts in passages.items():
        versions = {text.split(" version ")[1].split()[0] for text in texts}
        expected = documents[document_id].passages if document_id in documents else SECTIONS
        outcome.mixed += len(versions) != 1 or len(texts) != expected
    for number, version in outcome.latest.items():
        texts = passages.get(f"crash:{number}", [])
        found = {int(text.split(" version ")[1].split()[0]) for text in texts}
        outcome.lost += f"crash:{number}" not in documents or not found or min(found) < version


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--long", action="store_true", help="100 kills")
    add_report_option(parser)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sophia-ingest-") as folder:
        outcome = asyncio.run(crash(Path(folder), 100 if chosen.long else 5))
    print(f"{outcome.kills} kills, {outcome.acknowledged} documents acknowledged")
    figures = [
        Figure("acknowledged documents lost", outcome.lost, 0),
        Figure("documents in parts", outcome.mixed, 0),
    ]
    for figure in figures:
        print(f"{figure.what}: {figure.measured}")
    return settled(figures, chosen.report)


if __name__ == "__main__":
    sys.exit(main())
