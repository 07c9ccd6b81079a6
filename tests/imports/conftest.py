from __future__ import annotations

from pathlib import Path

import pytest

from app.db.engine import Database
from tests.imports.office import Office


@pytest.fixture
def office(sqlite_db: Database, tmp_path: Path) -> Office:
    return Office(sqlite_db, tmp_path)


@pytest.fixture
def both(db: Database, tmp_path: Path) -> Office:
    """The same on each database."""
    return Office(db, tmp_path)


@pytest.fixture(autouse=True)
def read_here(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Files are looked at in the test's own process, which takes less than starting another for each; tests marked
    `slow` keep the real one."""
    if request.node.get_closest_marker("slow"):
        return
    from typing import Any

    from app.knowledge.reading.base import Unreadable
    from app.knowledge.reading.isolated import OwnProcess, Wrong

    async def run(self: OwnProcess, name: str, work: Any, *given: object) -> Any:
        found = work(*given)
        if isinstance(found, Wrong):
            raise Unreadable(found.sentence, next_step=found.next_step, code=found.code)
        return found

    monkeypatch.setattr(OwnProcess, "run", run)
